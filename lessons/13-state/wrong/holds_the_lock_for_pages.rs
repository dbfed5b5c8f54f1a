//! What the pages lead to is collected under tokio's mutex, which is locked before a page is asked for.
//!
//! Must fail: in-flight
//! May fail: details-in-flight
//! Shows first: in-flight

use std::sync::Arc;

use reqwest::Client;
use shared::Lesson;
use tokio::sync::Mutex;
use tokio::task::JoinSet;

use crate::{add_prices, get};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    let listings = Arc::new(Mutex::new(Vec::new()));
    let mut tasks: JoinSet<shared::Result> = JoinSet::new();
    for page in lesson.pages() {
        let (client, url, listings) = (client.clone(), lesson.url(page), Arc::clone(&listings));
        tasks.spawn(async move {
            let mut listings = listings.lock().await;
            let (status, html) = get(client, url).await?;
            println!("Page: {page} Status: {status}");
            listings.push(html);
            Ok(())
        });
    }
    while let Some(got) = tasks.join_next().await {
        got??;
    }
    let details = listings.lock().await.iter().filter_map(|html| lesson.details_url(html)).collect();
    add_prices(&client, details).await
}
