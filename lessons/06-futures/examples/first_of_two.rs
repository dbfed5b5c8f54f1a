//! Waiting for the first of two: with a timeout for each page, and with `select!` for page 1 beside page 2.
//!
//!     cargo run -p lesson06 --example first_of_two

use std::time::Duration;

use reqwest::{Client, Result, StatusCode};
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_millis(200);

#[tokio::main]
async fn main() -> shared::Result {
    let lesson = shared::start()?;
    let client = Client::new();

    for page in lesson.pages() {
        match timeout(PATIENCE, get_page(&client, lesson.url(page))).await {
            Ok(status) => println!("Page: {page} Status: {}", status?.as_u16()),
            Err(_) => println!("Page: {page} given up"),
        }
    }

    tokio::select! {
        status = get_page(&client, lesson.url(1)) => println!("Page 1 was first: {}", status?),
        status = get_page(&client, lesson.url(2)) => println!("Page 2 was first: {}", status?),
    }

    lesson.finish()
}

async fn get_page(client: &Client, url: String) -> Result<StatusCode> {
    let response = client.get(url).send().await?;
    let status = response.status();
    response.bytes().await?;
    Ok(status)
}
