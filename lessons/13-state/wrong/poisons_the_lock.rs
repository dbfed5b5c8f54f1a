//! Before the first price there is no least one: that task panics while it has the lock, which is poisoned for all others.
//!
//! Must fail: exit, progress
//! Shows first: exit
//! Says: called `Option::unwrap()`

use std::sync::{Arc, Mutex};

use reqwest::Client;
use shared::Lesson;

use crate::{add_all, get_pages, get_price, print_sum};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    let details = get_pages(lesson, &client).await?;
    let prices = Arc::new(Mutex::new(Vec::new()));
    add_all(&client, details, |client, url| {
        let prices = Arc::clone(&prices);
        async move {
            let price = get_price(client, url).await?;
            let mut prices = prices.lock().unwrap();
            let least = price.min(prices.iter().min().copied().unwrap());
            // Sorted, so that the least is the first.
            prices.insert(usize::from(price > least), price);
            print_sum(&prices);
            Ok(())
        }
    })
    .await
}
