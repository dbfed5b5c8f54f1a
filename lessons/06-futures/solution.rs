//! Homework 06. All pages in flight at once, and each page's line printed the moment its answer is there.
//!
//! While nothing arrives the program sleeps: it does not ask again and again whether something has.
//!
//!     Page: 7 Status: 200 Price: 9050     the price of the first car: see `shared::first_price`
//!     Page: 2 Status: 404                 a page without cars has no price
//!
//! The whole task is in this lesson's README. To try your program, and to have it judged:
//!
//!     cargo run -p lesson06 --bin homework06 -- --fault 3:404
//!     cargo homework check 6

// #region answer
use futures::stream::{FuturesUnordered, TryStreamExt};
use reqwest::Client;
// #endregion answer
use shared::Lesson;

#[tokio::main]
async fn main() -> shared::Result {
    let lesson = shared::start()?;
    answer(&lesson).await?;
    lesson.finish()
}

// #region answer
async fn get_page(client: &Client, page: u32, url: String) -> shared::Result<(u32, u16, Option<u32>)> {
    let response = client.get(url).send().await?;
    let status = response.status().as_u16();
    let html = response.text().await?;
    Ok((page, status, shared::first_price(&html)))
}
// #endregion answer

async fn answer(lesson: &Lesson) -> shared::Result {
    // #region answer: gather the pages' futures in a form that hands them out as they become ready, and print each
    let client = Client::new();
    let mut answers: FuturesUnordered<_> =
        lesson.pages().map(|page| get_page(&client, page, lesson.url(page))).collect();
    while let Some((page, status, price)) = answers.try_next().await? {
        match price {
            Some(price) => println!("Page: {page} Status: {status} Price: {price}"),
            None => println!("Page: {page} Status: {status}"),
        }
    }
    Ok(())
    // #endregion answer
}
