//! The least price begins at 0, and no price is less than that.
//!
//! Must fail: total
//! Shows first: total

use std::sync::{Arc, Mutex};

use reqwest::Client;
use shared::Lesson;

use crate::{add_all, get_pages, get_price};

#[derive(Default)]
struct Prices {
    count: u32,
    sum: u32,
    least: u32,
    greatest: u32,
}

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    let details = get_pages(lesson, &client).await?;
    let prices = Arc::new(Mutex::new(Prices::default()));
    add_all(&client, details, |client, url| {
        let prices = Arc::clone(&prices);
        async move {
            let price = get_price(client, url).await?;
            let mut prices = prices.lock().unwrap();
            prices.count += 1;
            prices.sum += price;
            prices.least = prices.least.min(price);
            prices.greatest = prices.greatest.max(price);
            println!("Sum: {} of {}", prices.sum, prices.count);
            Ok(())
        }
    })
    .await?;
    let Prices { sum, least, greatest, .. } = &*prices.lock().unwrap();
    println!("Total: {sum} Min: {least} Max: {greatest}");
    Ok(())
}
