//! The broken page is asked for a second time, which nobody wanted.
//!
//! Must fail: each-page-once
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
            match get_page(client.clone(), url.clone()).await {
                Ok(status) => Ok(status),
                Err(_) => get_page(client, url).await,
            }
        }));
    }
    let mut result = Ok(());
    for (page, task) in lesson.pages().zip(tasks) {
        match task.await {
            Ok(status) => println!("Page: {page} Status: {status}"),
            Err(why) => result = result.and(Err(why.on_page(page))),
        }
    }
    result
}
