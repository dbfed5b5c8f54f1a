//! It looks asynchronous, but each request is awaited before the next one is made.
//!
//! Must fail: in-flight

use reqwest::Client;
use shared::Lesson;

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    for page in lesson.pages() {
        match get_page(client.clone(), lesson.url(page)).await? {
            (status, Some(price)) => println!("Page: {page} Status: {status} Price: {price}"),
            (status, None) => println!("Page: {page} Status: {status}"),
        }
    }
    Ok(())
}

async fn get_page(client: Client, url: String) -> shared::Result<(u16, Option<u32>)> {
    let response = client.get(url).send().await?;
    let status = response.status().as_u16();
    let html = response.text().await?;
    Ok((status, shared::first_price(&html)))
}
