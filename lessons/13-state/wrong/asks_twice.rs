//! Each details page is asked for to see whether it is there, and then again to read its price.
//!
//! Must fail: each-page-once
//! May fail: progress, total
//! Shows first: each-page-once

use std::sync::Arc;

use reqwest::Client;
use shared::Lesson;

use crate::{Prices, add, add_all, get, get_pages, get_price, print_total};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    let details = get_pages(lesson, &client).await?;
    let prices = Prices::default();
    add_all(&client, details, |client, url| {
        let prices = Arc::clone(&prices);
        async move {
            let (status, _) = get(client.clone(), url.clone()).await?;
            if status == 200 {
                add(&prices, get_price(client, url).await?);
            }
            Ok(())
        }
    })
    .await?;
    print_total(&prices.lock().unwrap());
    Ok(())
}
