//! `fail-fast-join-set`: tasks instead of futures. The set aborts those that still run when it is dropped.

use reqwest::Client;
use shared::Lesson;
use tokio::task::JoinSet;

use crate::get_page::get_page;

pub async fn run(lesson: &Lesson, client: &Client) -> shared::Result {
    // #region fail_fast_join_set
    let mut tasks = JoinSet::new();
    for page in lesson.pages() {
        let (client, url) = (client.clone(), lesson.url(page));
        tasks.spawn(async move { get_page(&client, page, url).await });
    }
    while let Some(answer) = tasks.join_next().await {
        // The first `?` is for a task that panicked, the second for a page.
        let (page, status) = answer??;
        println!("Page: {page} Status: {status}");
    }
    // #endregion fail_fast_join_set
    Ok(())
}
