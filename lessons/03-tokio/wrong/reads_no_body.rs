//! The status is there before the page is: nobody reads on, so there is no price.
//!
//! Must fail: lines
//! Shows first: lines
//! Says: what was served makes it

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
    Ok(client.get(url).send().await?.status().as_u16())
}
