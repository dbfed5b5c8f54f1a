//! One request to see whether the details page is there, and another one for its text.
//!
//! Must fail: each-page-once
//! Shows first: each-page-once

use reqwest::Client;
use shared::Lesson;

use crate::{finish, get_details, get_page, pipeline};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    let get = async |page| get_page(&client, page, lesson.url(page)).await;
    pipeline(lesson, 4, 2, get, async |page| {
        get_details(lesson, &client, &page.2).await?;
        finish(lesson, &client, page).await
    })
    .await
}
