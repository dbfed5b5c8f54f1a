//! Homework 13. All pages in flight at once, and then the details pages of their first cars, all at once: the sum of the
//! prices, the least and the greatest. After each details page a line says the sum so far.
//!
//!     Page: 3 Status: 200
//!     Sum: 41200 of 4                        the fourth price is in the sum
//!     Total: 123456 Min: 3100 Max: 39900
//!
//! The whole task is in this lesson's README. To try your program, and to have it judged:
//!
//!     cargo run -p lesson13 --bin homework13
//!     cargo homework check 13

// #region answer
use std::sync::{Arc, Mutex};

use reqwest::Client;
use tokio::task::JoinSet;
// #endregion answer

use shared::Lesson;

#[tokio::main]
async fn main() -> shared::Result {
    let lesson = shared::start()?;
    answer(&lesson).await?;
    lesson.finish()
}

// #region answer
/// Asks for a page, and gives its status and HTML.
async fn get(client: Client, url: String) -> shared::Result<(u16, String)> {
    let response = client.get(url).send().await?;
    let status = response.status().as_u16();
    Ok((status, response.text().await?))
}

/// Asks for a details page, adds its price, and says the sum.
async fn add_price(client: Client, url: String, prices: Arc<Mutex<Vec<u32>>>) -> shared::Result {
    let (_, html) = get(client, url).await?;
    let price = shared::first_price(&html).ok_or("a details page shows no price")?;
    let mut prices = prices.lock().unwrap();
    prices.push(price);
    // Printed while it is locked: a line with more prices can't get ahead of this one.
    println!("Sum: {} of {}", prices.iter().sum::<u32>(), prices.len());
    Ok(())
}
// #endregion answer

async fn answer(lesson: &Lesson) -> shared::Result {
    // #region answer: get all pages at once, then all details pages at once, and keep one sum for all of them
    let client = Client::new();
    let mut pages = JoinSet::new();
    for page in lesson.pages() {
        let got = get(client.clone(), lesson.url(page));
        pages.spawn(async move { got.await.map(|(status, html)| (page, status, html)) });
    }
    let prices = Arc::new(Mutex::new(Vec::new()));
    let mut details = JoinSet::new();
    while let Some(got) = pages.join_next().await {
        let (page, status, html) = got??;
        println!("Page: {page} Status: {status}");
        if let Some(url) = lesson.details_url(&html) {
            details.spawn(add_price(client.clone(), url, Arc::clone(&prices)));
        }
    }
    while let Some(added) = details.join_next().await {
        added??;
    }
    let prices = prices.lock().unwrap();
    if let (Some(least), Some(greatest)) = (prices.iter().min(), prices.iter().max()) {
        println!("Total: {} Min: {least} Max: {greatest}", prices.iter().sum::<u32>());
    }
    Ok(())
    // #endregion answer
}
