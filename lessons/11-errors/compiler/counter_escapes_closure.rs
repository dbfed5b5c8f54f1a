//! A closure that returns a future may not lend it what it owns or borrows mutably: an async closure may.

use reqwest::{Client, StatusCode};

#[tokio::main]
async fn main() -> shared::Result {
    let lesson = shared::start()?;
    let client = Client::new();
    for page in lesson.pages() {
        let mut attempts = 0;
        #[cfg(not(feature = "cured"))]
        let status = retry(|| async {
            attempts += 1;
            Ok(client.get(lesson.url(page)).send().await?.status())
        });
        #[cfg(feature = "cured")]
        let status = retry(async || {
            attempts += 1;
            Ok(client.get(lesson.url(page)).send().await?.status())
        });
        let status = status.await?.as_u16();
        println!("Page: {page} Status: {status} Attempts: {attempts}");
    }
    lesson.finish()
}

#[cfg(not(feature = "cured"))]
async fn retry<Answer>(mut attempt: impl FnMut() -> Answer) -> reqwest::Result<StatusCode>
where
    Answer: Future<Output = reqwest::Result<StatusCode>>,
{
    match attempt().await {
        Err(_) => attempt().await,
        answer => answer,
    }
}

#[cfg(feature = "cured")]
async fn retry(mut attempt: impl AsyncFnMut() -> reqwest::Result<StatusCode>) -> reqwest::Result<StatusCode> {
    match attempt().await {
        Err(_) => attempt().await,
        answer => answer,
    }
}
