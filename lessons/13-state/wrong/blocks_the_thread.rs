//! All details pages are awaited in one task, which is not asked to be `Send`, with the standard mutex locked meanwhile:
//! the second one blocks the thread on which the first would go on.
//!
//! Must fail: details-in-flight, each-page-once, exit
//! Shows first: each-page-once
//! Says: blocks its thread

use std::sync::Mutex;

use futures::future::try_join_all;
use reqwest::Client;
use shared::Lesson;

use crate::{get_pages, get_price, print_sum, print_total};

#[expect(clippy::await_holding_lock, reason = "the mistake")]
pub async fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    let details = get_pages(lesson, &client).await?;
    let prices = Mutex::new(Vec::new());
    let add = |url| {
        let (client, prices) = (client.clone(), &prices);
        async move {
            let mut prices = prices.lock().unwrap();
            prices.push(get_price(client, url).await?);
            print_sum(&prices);
            shared::Result::Ok(())
        }
    };
    try_join_all(details.into_iter().map(add)).await?;
    print_total(&prices.lock().unwrap());
    Ok(())
}
