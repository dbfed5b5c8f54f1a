//! `guard`: the mistake. tokio's mutex stays locked while a page is awaited, so the next page has to wait for it.

use std::sync::Arc;

use console::say;
use reqwest::Client;
use shared::{Lesson, first_price};
use tokio::sync::Mutex;
use tokio::task::JoinSet;

use crate::common::{all_done, get_page};
use crate::prices::Prices;

pub async fn run(lesson: &Lesson, client: &Client) -> shared::Result {
    let prices = Arc::new(Mutex::new(Prices::default()));
    let mut tasks = JoinSet::new();
    for page in lesson.pages() {
        let (client, url, prices) = (client.clone(), lesson.url(page), Arc::clone(&prices));
        // #region guard
        tasks.spawn(async move {
            let mut prices = prices.lock().await;
            let (status, html) = get_page(&client, url).await?;
            if let Some(price) = first_price(&html) {
                prices.add(price);
            }
            println!("Page: {page} Status: {status}");
            Ok(())
        });
        // #endregion guard
    }
    all_done(tasks).await?;
    say(format_args!("{}\n", prices.lock().await));
    Ok(())
}
