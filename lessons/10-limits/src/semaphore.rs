//! `semaphore`: a permit, and then a task. No more tasks exist than may have a page in flight.

use std::sync::Arc;

use reqwest::Client;
use shared::Lesson;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::get::{get_status, tasks};

pub async fn run(lesson: &Lesson, client: &Client, at_once: usize) -> shared::Result {
    let mut most = 0;
    // #region semaphore
    let semaphore = Arc::new(Semaphore::new(at_once));
    let mut set = JoinSet::new();
    for page in lesson.pages() {
        // The loop waits here, and makes a task when that may begin.
        let permit = semaphore.clone().acquire_owned().await?;
        let (client, url) = (client.clone(), lesson.url(page));
        set.spawn(async move {
            // Owned by the task, it is given back however that ends.
            let _permit = permit;
            Ok::<_, shared::Error>((page, get_status(&client, url).await?))
        });
        // #endregion semaphore
        most = most.max(tasks());
        // What has ended is taken out, or the set would grow as long as the loop runs.
        while let Some(ended) = set.try_join_next() {
            print(ended?)?;
        }
    }
    while let Some(ended) = set.join_next().await {
        print(ended?)?;
    }
    eprintln!("{most} tasks at most, reqwest's own included");
    Ok(())
}

fn print(ended: shared::Result<(u32, u16)>) -> shared::Result {
    let (page, status) = ended?;
    println!("Page: {page} Status: {status}");
    Ok(())
}
