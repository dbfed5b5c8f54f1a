//! `JoinSet`: tasks instead of futures, each answer as it arrives.

use reqwest::Client;
use shared::Lesson;
use tokio::task::JoinSet;

use crate::get_page::get_page;

pub async fn run(lesson: &Lesson, client: &Client) -> shared::Result {
    // #region join_set
    let mut tasks = JoinSet::new();
    for page in lesson.pages() {
        let (client, url) = (client.clone(), lesson.url(page));
        tasks.spawn(async move { get_page(&client, page, url).await });
    }
    // Dropped by the first error, the set aborts the tasks that still run.
    while let Some(answer) = tasks.join_next().await {
        let (page, status) = answer??;
        println!("Page: {page} Status: {status}");
    }
    // #endregion join_set
    Ok(())
}
