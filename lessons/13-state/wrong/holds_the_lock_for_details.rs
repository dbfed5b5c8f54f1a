//! tokio's mutex is locked before the details page is asked for: the other tasks wait for the lock, and have not asked.
//!
//! Must fail: details-in-flight
//! Shows first: details-in-flight

use std::sync::Arc;

use reqwest::Client;
use shared::Lesson;
use tokio::sync::Mutex;

use crate::{add_all, get_pages, get_price, print_sum, print_total};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    let details = get_pages(lesson, &client).await?;
    let prices = Arc::new(Mutex::new(Vec::new()));
    add_all(&client, details, |client, url| {
        let prices = Arc::clone(&prices);
        async move {
            let mut prices = prices.lock().await;
            prices.push(get_price(client, url).await?);
            print_sum(&prices);
            Ok(())
        }
    })
    .await?;
    print_total(&prices.lock().await);
    Ok(())
}
