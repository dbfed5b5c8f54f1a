//! The pages are asked for in a loop, which awaits each of them; the details pages then are in flight at once.
//!
//! Must fail: in-flight
//! May fail: details-in-flight
//! Shows first: in-flight

use reqwest::Client;
use shared::Lesson;

use crate::{add_prices, get};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    let mut details = Vec::new();
    for page in lesson.pages() {
        let (status, html) = get(client.clone(), lesson.url(page)).await?;
        println!("Page: {page} Status: {status}");
        details.extend(lesson.details_url(&html));
    }
    add_prices(&client, details).await
}
