//! A `Vec` of futures is no `Vec` of tasks: each of them begins only when it is awaited.
//!
//! Must fail: in-flight
//! Shows first: in-flight

use reqwest::Client;
use shared::Lesson;

use crate::{get_page, line};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    let futures: Vec<_> = lesson.pages().map(|page| get_page(client.clone(), lesson.url(page))).collect();
    for (page, future) in lesson.pages().zip(futures) {
        println!("{}", line(page, future.await?));
    }
    Ok(())
}
