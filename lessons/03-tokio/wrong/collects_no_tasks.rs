//! An iterator is as lazy as a future: without `collect` each task is spawned when the loop comes to it.
//!
//! Must fail: in-flight
//! Shows first: in-flight
//! Says: without `collect`

use reqwest::Client;
use shared::Lesson;

use crate::{get_page, line};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    let tasks = lesson.pages().map(|page| tokio::spawn(get_page(client.clone(), lesson.url(page))));
    for (page, task) in lesson.pages().zip(tasks) {
        println!("{}", line(page, task.await??));
    }
    Ok(())
}
