//! The function that gets a page prints its line, and gets details pages, too.
//!
//! Must fail: lines
//! Shows first: lines

use std::sync::Arc;

use reqwest::Client;
use shared::Lesson;
use tokio::task::JoinSet;

use crate::{Prices, add, get, price, print_total};

async fn get_and_print(client: Client, page: u32, url: String) -> shared::Result<String> {
    let (status, html) = get(client, url).await?;
    println!("Page: {page} Status: {status}");
    Ok(html)
}

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    let mut pages = JoinSet::new();
    for page in lesson.pages() {
        let got = get_and_print(client.clone(), page, lesson.url(page));
        pages.spawn(async move { (page, got.await) });
    }
    let prices = Prices::default();
    let mut details: JoinSet<shared::Result> = JoinSet::new();
    while let Some(got) = pages.join_next().await {
        let (page, html) = got?;
        let Some(url) = lesson.details_url(&html?) else { continue };
        let (client, prices) = (client.clone(), Arc::clone(&prices));
        details.spawn(async move {
            let html = get_and_print(client, page, url).await?;
            add(&prices, price(&html)?);
            Ok(())
        });
    }
    while let Some(added) = details.join_next().await {
        added??;
    }
    print_total(&prices.lock().unwrap());
    Ok(())
}
