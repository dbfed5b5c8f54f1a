//! The page whose connection broke gets a line too, with a status that nobody sent.
//!
//! Must fail: lines
//! Shows first: lines

use async_std::task;
use shared::Lesson;
use surf::{Client, Config};

use crate::get_page;

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let all_at_once = lesson.pages().count();
    let client: Client = Config::new().set_max_connections_per_host(all_at_once).try_into()?;
    let mut tasks = Vec::new();
    for page in lesson.pages() {
        tasks.push(task::spawn(get_page(client.clone(), lesson.url(page))));
    }
    let mut result = Ok(());
    for (page, task) in lesson.pages().zip(tasks) {
        let status = task.await.unwrap_or_else(|why| {
            result = Err(why.on_page(page));
            500
        });
        println!("Page: {page} Status: {status}");
    }
    result
}
