//! One request for the status, and another one for the price.
//!
//! Must fail: each-page-once
//! Shows first: each-page-once

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
        println!("{}", line(page, task.await??));
    }
    Ok(())
}

async fn get_page(client: Client, url: String) -> shared::Result<(u16, Option<u32>)> {
    let response = client.get(&url).send().await?;
    let status = response.status().as_u16();
    response.bytes().await?;
    let html = client.get(&url).send().await?.text().await?;
    Ok((status, shared::first_price(&html)))
}
