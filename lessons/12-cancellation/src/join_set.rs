//! `join-set`: all tasks of a set are aborted, and waited for.

use std::time::Duration;

use console::say;
use reqwest::Client;
use shared::Lesson;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

use crate::get_page::get_page;

pub async fn run(lesson: &Lesson, client: &Client, patience: Duration) -> shared::Result {
    let deadline = Instant::now() + patience;
    let mut tasks = JoinSet::new();
    for page in lesson.pages() {
        let (client, url) = (client.clone(), lesson.url(page));
        tasks.spawn(async move { get_page(&client, page, url).await });
    }
    while let Ok(Some(answer)) = timeout_at(deadline, tasks.join_next()).await {
        let (page, status) = answer??;
        println!("Page: {page} Status: {status}");
    }
    // #region join_set
    tasks.abort_all();
    let mut aborted = 0;
    while let Some(ended) = tasks.join_next().await {
        match ended {
            Err(why) if why.is_cancelled() => aborted += 1,
            // It was quicker than `abort_all`.
            answer => {
                let (page, status) = answer??;
                println!("Page: {page} Status: {status}");
            }
        }
    }
    say(format_args!("{aborted} tasks were aborted, and are gone\n"));
    // #endregion join_set
    Ok(())
}
