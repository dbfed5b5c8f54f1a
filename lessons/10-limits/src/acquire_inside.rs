//! `acquire-inside`: a task for every page, and a permit in it. As few pages are in flight, but all the tasks exist.

use std::sync::Arc;

use reqwest::Client;
use shared::Lesson;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::get::{get_status, tasks};

pub async fn run(lesson: &Lesson, client: &Client, at_once: usize) -> shared::Result {
    // #region acquire-inside
    let semaphore = Arc::new(Semaphore::new(at_once));
    let mut set = JoinSet::new();
    for page in lesson.pages() {
        let (semaphore, client) = (semaphore.clone(), client.clone());
        let url = lesson.url(page);
        set.spawn(async move {
            let _permit = semaphore.acquire().await?;
            Ok::<_, shared::Error>((page, get_status(&client, url).await?))
        });
    }
    // #endregion acquire-inside
    let most = tasks();
    while let Some(ended) = set.join_next().await {
        let (page, status) = ended??;
        println!("Page: {page} Status: {status}");
    }
    eprintln!("{most} tasks at most");
    Ok(())
}
