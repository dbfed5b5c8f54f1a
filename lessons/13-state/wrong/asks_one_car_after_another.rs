//! The details pages are asked for in a loop, which awaits each of them.
//!
//! Must fail: details-in-flight
//! Shows first: details-in-flight

use reqwest::Client;
use shared::Lesson;

use crate::{Prices, add, get_pages, get_price, print_total};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    let prices = Prices::default();
    for url in get_pages(lesson, &client).await? {
        add(&prices, get_price(client.clone(), url).await?);
    }
    print_total(&prices.lock().unwrap());
    Ok(())
}
