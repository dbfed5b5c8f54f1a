//! `panic`: a task that panicked and one that was aborted both end in a `JoinError`. All other tasks run on.

use std::collections::HashMap;
use std::time::Duration;

use console::say;
use reqwest::Client;
use shared::Lesson;
use tokio::task::{JoinError, JoinSet};
use tokio::time::{Instant, timeout_at};

pub async fn run(lesson: &Lesson, client: &Client, limit: Duration) -> shared::Result {
    let mut tasks = JoinSet::new();
    let mut page_of = HashMap::new();
    for page in lesson.pages() {
        let (client, url) = (client.clone(), lesson.url(page));
        let task = tasks.spawn(async move { first_car(&client, page, url).await });
        page_of.insert(task.id(), page);
    }
    // #region panic
    let deadline = Instant::now() + limit;
    let mut result = Ok(());
    loop {
        let ended = match timeout_at(deadline, tasks.join_next()).await {
            Ok(ended) => ended,
            Err(_) => {
                tasks.abort_all();
                tasks.join_next().await
            }
        };
        match ended {
            None => return result,
            Some(Ok(answer)) => answer?,
            Some(Err(why)) => result = result.and(Err(report(page_of[&why.id()], why))),
        }
    }
    // #endregion panic
}

// #region report
fn report(page: u32, why: JoinError) -> shared::Error {
    let what = if why.is_cancelled() { "cancelled" } else { "panicked" };
    println!("Page: {page} Error: {what}");
    if let Ok(payload) = why.try_into_panic() {
        let words = payload.downcast_ref::<&str>().unwrap_or(&"no words");
        say(format_args!("page {page}: its panic's words are: {words}\n"));
    }
    shared::Error::from(format!("the task was {what}")).on_page(page)
}
// #endregion report

// #region first_car
/// Prints a page's line, if there is a car on it.
async fn first_car(client: &Client, page: u32, url: String) -> shared::Result {
    let response = client.get(url).send().await?;
    let status = response.status().as_u16();
    let html = response.text().await?;
    // The mistake: a page of the site's can be without cars.
    shared::first_price(&html).expect("a page has cars");
    println!("Page: {page} Status: {status}");
    Ok(())
}
// #endregion first_car
