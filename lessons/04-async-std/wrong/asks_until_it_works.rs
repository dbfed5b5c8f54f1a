//! The broken page is asked for again and again, without an end.
//!
//! Must fail: each-page-once
//! May fail: lines, exit
//! Shows first: each-page-once

use async_std::task;
use shared::Lesson;
use surf::{Client, Config};

use crate::get_page;

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let all_at_once = lesson.pages().count();
    let client: Client = Config::new().set_max_connections_per_host(all_at_once).try_into()?;
    let mut tasks = Vec::new();
    for page in lesson.pages() {
        let (client, url) = (client.clone(), lesson.url(page));
        tasks.push(task::spawn(async move {
            loop {
                if let Ok(status) = get_page(client.clone(), url.clone()).await {
                    return status;
                }
            }
        }));
    }
    for (page, task) in lesson.pages().zip(tasks) {
        println!("Page: {page} Status: {}", task.await);
    }
    Ok(())
}
