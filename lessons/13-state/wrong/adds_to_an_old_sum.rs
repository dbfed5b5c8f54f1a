//! The sum is read before the details page is asked for, and what is stored after it knows nothing of the others.
//!
//! Must fail: progress, total
//! Shows first: progress

use std::sync::{Arc, Mutex};

use reqwest::Client;
use shared::Lesson;

use crate::{add_all, get_pages, get_price, print_sum, print_total};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    let details = get_pages(lesson, &client).await?;
    let prices = Arc::new(Mutex::new(Vec::new()));
    add_all(&client, details, |client, url| {
        let shared = Arc::clone(&prices);
        async move {
            let mut prices = shared.lock().unwrap().clone();
            prices.push(get_price(client, url).await?);
            print_sum(&prices);
            *shared.lock().unwrap() = prices;
            Ok(())
        }
    })
    .await?;
    print_total(&prices.lock().unwrap());
    Ok(())
}
