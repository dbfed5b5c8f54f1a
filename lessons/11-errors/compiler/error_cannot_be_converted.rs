//! `?` converts an error with `From`: an error type of one's own has to say from what it can be made.

use reqwest::Client;
use thiserror::Error;
use tokio::time::error::Elapsed;
use tokio::time::{Duration, timeout};

#[derive(Debug, Error)]
enum PageError {
    #[error("connection broken")]
    Broken(#[from] reqwest::Error),
    #[cfg(not(feature = "cured"))]
    #[error("timeout")]
    Timeout(Elapsed),
    #[cfg(feature = "cured")]
    #[error("timeout")]
    Timeout(#[from] Elapsed),
}

#[tokio::main]
async fn main() -> shared::Result {
    let lesson = shared::start()?;
    let client = Client::new();
    for page in lesson.pages() {
        match get_page(&client, lesson.url(page)).await {
            Ok(status) => println!("Page: {page} Status: {status}"),
            Err(PageError::Timeout(_)) => println!("Page: {page} Error: timeout"),
            Err(why) => return Err(why.into()),
        }
    }
    lesson.finish()
}

async fn get_page(client: &Client, url: String) -> Result<u16, PageError> {
    let response = timeout(Duration::from_secs(2), client.get(url).send()).await??;
    Ok(response.status().as_u16())
}
