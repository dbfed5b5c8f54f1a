//! The count and the sum are two atomics: a details page is counted when it is asked for, and its price added when it has
//! come.
//!
//! Must fail: progress
//! Shows first: progress

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use reqwest::Client;
use shared::Lesson;

use crate::{add_all, get_pages, get_price};

struct Prices {
    count: AtomicU32,
    sum: AtomicU32,
    least: AtomicU32,
    greatest: AtomicU32,
}

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    let details = get_pages(lesson, &client).await?;
    let [count, sum, greatest] = Default::default();
    let prices = Arc::new(Prices { count, sum, least: AtomicU32::new(u32::MAX), greatest });
    add_all(&client, details, |client, url| {
        let prices = Arc::clone(&prices);
        async move {
            let count = prices.count.fetch_add(1, Ordering::Relaxed) + 1;
            let price = get_price(client, url).await?;
            let sum = prices.sum.fetch_add(price, Ordering::Relaxed) + price;
            prices.least.fetch_min(price, Ordering::Relaxed);
            prices.greatest.fetch_max(price, Ordering::Relaxed);
            println!("Sum: {sum} of {count}");
            Ok(())
        }
    })
    .await?;
    let value = |atomic: &AtomicU32| atomic.load(Ordering::Relaxed);
    let Prices { sum, least, greatest, .. } = &*prices;
    println!("Total: {} Min: {} Max: {}", value(sum), value(least), value(greatest));
    Ok(())
}
