//! The end is not awaited: a loop looks whether all prices are there, as often as it can.
//!
//! Must fail: idle-while-waiting
//! Shows first: idle-while-waiting

use std::sync::Arc;

use reqwest::Client;
use shared::Lesson;

use crate::{Prices, add, get_pages, get_price, print_total};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    let prices = Prices::default();
    let details = get_pages(lesson, &client).await?;
    let count = details.len();
    for url in details {
        let (client, prices) = (client.clone(), Arc::clone(&prices));
        tokio::spawn(async move {
            let price = get_price(client, url).await?;
            add(&prices, price);
            shared::Result::Ok(())
        });
    }
    while prices.lock().unwrap().len() < count {
        tokio::task::yield_now().await;
    }
    print_total(&prices.lock().unwrap());
    Ok(())
}
