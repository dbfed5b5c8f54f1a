//! The consumer starts a details page, and takes the next page without waiting: so the queue is never full.
//!
//! Must fail: details-in-flight, ahead
//! Shows first: details-in-flight

use std::cell::RefCell;

use reqwest::Client;
use shared::Lesson;

use crate::{get_page, pipeline, print};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    let get = async |page| get_page(&client, page, lesson.url(page)).await;
    let started = RefCell::new(Vec::new());
    pipeline(lesson, 4, 2, get, async |page| {
        let (lesson_url, client) = (lesson.details_url(&page.2), client.clone());
        started.borrow_mut().push(tokio::spawn(async move {
            let details = client.get(lesson_url.unwrap_or_default()).send().await?.text().await?;
            print(page.0, page.1, &details)
        }));
        Ok(())
    })
    .await?;
    for task in started.into_inner() {
        task.await??;
    }
    Ok(())
}
