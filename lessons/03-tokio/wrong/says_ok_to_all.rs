//! That there was an answer is taken for success: 200 is printed, whatever the status was.
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
        match task.await?? {
            Some(price) => println!("Page: {page} Status: 200 Price: {price}"),
            None => println!("Page: {page} Status: 200"),
        }
    }
    Ok(())
}

async fn get_page(client: Client, url: String) -> shared::Result<Option<u32>> {
    let html = client.get(url).send().await?.text().await?;
    Ok(shared::first_price(&html))
}
