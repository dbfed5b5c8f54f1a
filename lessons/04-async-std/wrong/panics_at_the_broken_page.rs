//! `unwrap` makes a panic of the broken page: that is no way to end with an error.
//!
//! Must fail: exit
//! May fail: lines
//! Shows first: exit
//! Says: panic

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
    for (page, task) in lesson.pages().zip(tasks) {
        let status = task.await.unwrap();
        println!("Page: {page} Status: {status}");
    }
    Ok(())
}
