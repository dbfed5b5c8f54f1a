//! A task asserts that its page answered well, and the `JoinError` that tells of its panic is ignored.
//!
//! Must fail: lines
//! Shows first: lines

use reqwest::Client;
use shared::Lesson;

use crate::line;

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    let mut tasks = Vec::new();
    for page in lesson.pages() {
        tasks.push(tokio::spawn(get_page(client.clone(), lesson.url(page))));
    }
    for (page, task) in lesson.pages().zip(tasks) {
        if let Ok(answer) = task.await {
            println!("{}", line(page, answer?));
        }
    }
    Ok(())
}

async fn get_page(client: Client, url: String) -> shared::Result<(u16, Option<u32>)> {
    let response = client.get(url).send().await?;
    let status = response.status();
    assert!(status.is_success(), "{status}");
    let html = response.text().await?;
    Ok((status.as_u16(), shared::first_price(&html)))
}
