//! It asks the tasks every 5 ms whether one has finished: little processor time, but the processor never comes to rest.
//!
//! Must fail: idle-while-waiting
//! Shows first: idle-while-waiting

use std::time::Duration;

use reqwest::Client;
use shared::Lesson;
use tokio::task::JoinHandle;
use tokio::time::sleep;

use crate::{get_page, line};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    let mut tasks = Vec::new();
    for page in lesson.pages() {
        let (client, url) = (client.clone(), lesson.url(page));
        tasks.push(tokio::spawn(async move { get_page(&client, page, url).await }));
    }
    while !tasks.is_empty() {
        match tasks.iter().position(JoinHandle::is_finished) {
            Some(finished) => println!("{}", line(tasks.swap_remove(finished).await??)),
            None => sleep(Duration::from_millis(5)).await,
        }
    }
    Ok(())
}
