//! Every page has a task, but the tasks are awaited in page order: a page that answered waits for those before it.
//!
//! Must fail: line-at-once

use reqwest::Client;
use shared::Lesson;

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    let mut tasks = Vec::new();
    for page in lesson.pages() {
        tasks.push(tokio::spawn(get_page(client.clone(), lesson.url(page))));
    }
    for (page, task) in lesson.pages().zip(tasks) {
        let status = task.await??;
        println!("Page: {page} Status: {status}");
    }
    Ok(())
}

async fn get_page(client: Client, url: String) -> shared::Result<u16> {
    let response = client.get(url).send().await?;
    let status = response.status().as_u16();
    response.bytes().await?;
    Ok(status)
}
