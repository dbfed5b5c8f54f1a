//! The listing shows the price, too, so no details page is asked for.
//!
//! Must fail: each-page-once, kept-full
//! May fail: details-in-flight, ahead, connections
//! Shows first: each-page-once

use reqwest::Client;
use shared::Lesson;

use crate::{get_page, pipeline, print};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    let get = async |page| get_page(&client, page, lesson.url(page)).await;
    pipeline(lesson, 4, 2, get, async |(page, status, html)| print(page, status, &html)).await
}
