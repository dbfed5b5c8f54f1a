//! The status comes before the body, and is taken for the page: that a body breaks off is not noticed.
//!
//! Must fail: attempts, lines
//! Shows first: lines

use reqwest::{Client, StatusCode};
use shared::Lesson;
use tokio::time::timeout;

use crate::{Attempt, LIMIT, all_pages, next, retry_after};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    let attempt = async |url: &str| match timeout(LIMIT, client.get(url).send()).await {
        Err(_) => Attempt::Timeout,
        Ok(Err(_)) => Attempt::Broken,
        Ok(Ok(response)) if response.status() == StatusCode::SERVICE_UNAVAILABLE => {
            Attempt::Unavailable(retry_after(&response))
        }
        Ok(Ok(response)) => Attempt::Status(response.status().as_u16()),
    };
    all_pages(lesson, attempt, next).await
}
