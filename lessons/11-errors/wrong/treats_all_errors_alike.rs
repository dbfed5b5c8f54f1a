//! `error_for_status`, the client's timeout, and three attempts after any error: 404 and the page that does not answer get
//! three as well, and nobody looks at Retry-After.
//!
//! Must fail: each-page-once, attempts, lines
//! Shows first: each-page-once

use reqwest::Client;
use shared::Lesson;

use crate::{Attempt, LIMIT, PAUSE, all_pages, next};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::builder().timeout(LIMIT).build()?;
    let get = async |url: &str| -> reqwest::Result<u16> {
        let response = client.get(url).send().await?.error_for_status()?;
        let status = response.status().as_u16();
        response.bytes().await?;
        Ok(status)
    };
    let attempt = async |url: &str| get(url).await.map_or(Attempt::Broken, Attempt::Status);
    all_pages(lesson, attempt, |attempt| next(attempt).map_err(|_| (3, PAUSE, "timeout"))).await
}
