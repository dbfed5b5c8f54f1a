//! Every page has a task, but the tasks are awaited in page order: a page that answered waits for those before it.
//!
//! Must fail: line-at-once
//! May fail: lines
//! Shows first: lines
//! Says: in page order

use reqwest::Client;
use shared::Lesson;

use crate::{get_page, line};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    let mut tasks = Vec::new();
    for page in lesson.pages() {
        let (client, url) = (client.clone(), lesson.url(page));
        tasks.push(tokio::spawn(async move { get_page(&client, page, url).await }));
    }
    for task in tasks {
        println!("{}", line(task.await??));
    }
    Ok(())
}
