//! `workers`: a few tasks ask for pages, and a bounded channel leads to the loop that handles them. When that can't keep
//! up, the channel is full, and the workers wait.

use std::sync::{Arc, Mutex};

use reqwest::Client;
use shared::Lesson;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::get::{get_details, get_page};

pub async fn run(lesson: &Lesson, client: &Client, at_once: usize, queue: usize) -> shared::Result {
    let urls: Vec<(u32, String)> = lesson.pages().map(|page| (page, lesson.url(page))).collect();
    // #region workers
    let urls = Arc::new(Mutex::new(urls.into_iter()));
    let next = move || urls.lock().ok()?.next();
    let (to_loop, mut from_workers) = mpsc::channel(queue);
    let mut workers = JoinSet::new();
    for _ in 0..at_once {
        let (next, to_loop, client) = (next.clone(), to_loop.clone(), client.clone());
        workers.spawn(async move {
            while let Some((page, url)) = next() {
                let answer = get_page(&client, page, url).await;
                // Waits while the queue is full. An error: the loop has ended.
                if to_loop.send(answer).await.is_err() {
                    break;
                }
            }
        });
    }
    // The loop ends when no worker can send any more.
    drop(to_loop);
    while let Some(answer) = from_workers.recv().await {
        let (page, status, html) = answer?;
        get_details(lesson, client, &html).await?;
        println!("Page: {page} Status: {status}");
    }
    // #endregion workers
    Ok(())
}
