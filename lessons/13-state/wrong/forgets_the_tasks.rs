//! The tasks that get the details pages are started, and nobody waits for them: the total is printed at once, and then
//! the program ends, and the tasks with it.
//!
//! Must fail: total
//! May fail: each-page-once, details-in-flight, progress
//! Shows first: each-page-once, progress, total

use std::sync::Arc;

use reqwest::Client;
use shared::Lesson;

use crate::{Prices, add, get_pages, get_price, print_total};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    let prices = Prices::default();
    for url in get_pages(lesson, &client).await? {
        let (client, prices) = (client.clone(), Arc::clone(&prices));
        tokio::spawn(async move {
            let price = get_price(client, url).await?;
            add(&prices, price);
            shared::Result::Ok(())
        });
    }
    print_total(&prices.lock().unwrap());
    Ok(())
}
