//! Homework 10. Each page, and then the details page of its first car, which is slow. Four pages are in flight as long as
//! there is room for them, and one details page; two pages wait in a queue, and nobody runs ahead of that.
//!
//!     Page: 3 Status: 200 Price: 9050     printed when the details page, which shows the price, has come
//!
//! The whole task is in this lesson's README. To try your program, and to have it judged:
//!
//!     cargo run -p lesson10 --bin homework10 -- --pages 30
//!     cargo homework check 10

// #region answer
use std::cell::RefCell;

use futures::future::try_join_all;
use reqwest::Client;
use tokio::sync::mpsc::{self, Receiver, Sender};
// #endregion answer

use shared::Lesson;

#[tokio::main(flavor = "current_thread")]
async fn main() -> shared::Result {
    let lesson = shared::start()?;
    answer(&lesson).await?;
    lesson.finish()
}

// #region answer
/// A page's number, status and HTML.
type Page = (u32, u16, String);

/// Asks for one page after another, and puts each into the queue: when that is full, it waits there.
async fn work(lesson: &Lesson, client: &Client, next: impl Fn() -> Option<u32>, queue: Sender<Page>) -> shared::Result {
    while let Some(page) = next() {
        let response = client.get(lesson.url(page)).send().await?;
        let status = response.status().as_u16();
        queue.send((page, status, response.text().await?)).await?;
    }
    Ok(())
}

/// Takes pages out of the queue, and asks for the details page of each.
async fn consume(lesson: &Lesson, client: &Client, mut queue: Receiver<Page>) -> shared::Result {
    while let Some((page, status, html)) = queue.recv().await {
        let url = lesson.details_url(&html).ok_or("a page without a car")?;
        let details = client.get(url).send().await?.text().await?;
        let price = shared::first_price(&details).ok_or("a details page without a price")?;
        println!("Page: {page} Status: {status} Price: {price}");
    }
    Ok(())
}
// #endregion answer

async fn answer(lesson: &Lesson) -> shared::Result {
    // #region answer(lesson): four workers, a queue of two, and one consumer
    let client = Client::new();
    let pages = RefCell::new(lesson.pages());
    let (to_consumer, from_workers) = mpsc::channel(2);
    let next = || pages.borrow_mut().next();
    let workers = try_join_all((0..4).map(|_| work(lesson, &client, next, to_consumer.clone())));
    // The consumer ends when nobody can send any more.
    drop(to_consumer);
    tokio::try_join!(workers, consume(lesson, &client, from_workers))?;
    Ok(())
    // #endregion answer
}
