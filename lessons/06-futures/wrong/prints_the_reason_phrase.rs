//! A `StatusCode` is printed with its name: `200 OK`.
//!
//! Must fail: lines
//! May fail: line-at-once
//! Shows first: lines
//! Says: what was served makes it

use futures::future::try_join_all;
use reqwest::Client;
use shared::Lesson;

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    try_join_all(lesson.pages().map(|page| print_page(&client, page, lesson.url(page)))).await?;
    Ok(())
}

async fn print_page(client: &Client, page: u32, url: String) -> shared::Result {
    let response = client.get(url).send().await?;
    let status = response.status();
    match shared::first_price(&response.text().await?) {
        Some(price) => println!("Page: {page} Status: {status} Price: {price}"),
        None => println!("Page: {page} Status: {status}"),
    }
    Ok(())
}
