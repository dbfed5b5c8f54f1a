//! The line is the one of the first lessons, without the price.
//!
//! Must fail: lines
//! Shows first: lines

use reqwest::Client;
use shared::Lesson;

use crate::{get_details, get_page, pipeline};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    let get = async |page| get_page(&client, page, lesson.url(page)).await;
    pipeline(lesson, 4, 2, get, async |(page, status, html)| {
        get_details(lesson, &client, &html).await?;
        println!("Page: {page} Status: {status}");
        Ok(())
    })
    .await
}
