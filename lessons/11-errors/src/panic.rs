//! `panic`: a task that panicked and one that was aborted both end in a `JoinError`. All other tasks run on.

use std::collections::HashMap;
use std::time::Duration;

use reqwest::Client;
use shared::Lesson;
use tokio::task::{JoinError, JoinSet};
use tokio::time::{Instant, timeout_at};

pub async fn run(lesson: &Lesson, client: &Client, limit: Duration) -> shared::Result {
    let mut tasks = JoinSet::new();
    let mut page_of = HashMap::new();
    for page in lesson.pages() {
        let (client, url) = (client.clone(), lesson.url(page));
        let task = tasks.spawn(async move {
            let printed = first_car(&client, page, url).await;
            printed.map_err(|why| why.on_page(page))
        });
        page_of.insert(task.id(), page);
    }
    let deadline = Instant::now() + limit;
    let mut result = Ok(());
    let report = |why: JoinError| report(page_of[&why.id()], why);
    // #region panic
    while let Ok(Some(end)) = timeout_at(deadline, tasks.join_next()).await {
        result = result.and(end.unwrap_or_else(report));
    }
    tasks.abort_all();
    while let Some(end) = tasks.join_next().await {
        result = result.and(end.unwrap_or_else(report));
    }
    // #endregion panic
    result
}

// #region report
fn report(page: u32, why: JoinError) -> shared::Result {
    let what = if why.is_panic() { "panicked" } else { "cancelled" };
    println!("Page: {page} Error: {what}");
    // It says which, and with which words a task panicked.
    Err(shared::Error::from(why).on_page(page))
}
// #endregion report

/// Prints a page's line, if there is a car on it.
async fn first_car(client: &Client, page: u32, url: String) -> shared::Result {
    // #region first_car
    let response = client.get(url).send().await?;
    let status = response.status().as_u16();
    let html = response.text().await?;
    // The mistake: a page can be without cars.
    shared::first_price(&html).expect("a page has cars");
    println!("Page: {page} Status: {status}");
    // #endregion first_car
    Ok(())
}
