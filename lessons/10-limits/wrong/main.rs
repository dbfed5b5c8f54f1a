//! Lesson 10's wrong programs: mistakes that people make there, which `cargo homework check 10` must catch.
//! Each says which expectations of `homework.toml` it can't meet.
//!
//!     cargo run -p lesson10 --example wrong10 -- unbounded-queue

mod asks_for_details_twice;
mod awaits_in_the_loop;
mod batches_of_four;
mod client_for_each_request;
mod details_all_at_once;
mod details_in_each_worker;
mod ends_as_an_error;
mod five_workers;
mod long_queue;
mod pages_first;
mod permit_dropped_at_once;
mod permit_given_back_early;
mod price_of_the_listing;
mod prints_no_price;
mod three_workers;
mod unbounded_queue;

use std::cell::RefCell;

use futures::future::try_join_all;
use reqwest::Client;
use shared::Lesson;
use tokio::sync::mpsc;

testing::wrong!(
    block_on:
    asks_for_details_twice,
    awaits_in_the_loop,
    batches_of_four,
    client_for_each_request,
    details_all_at_once,
    details_in_each_worker,
    ends_as_an_error,
    five_workers,
    long_queue,
    pages_first,
    permit_dropped_at_once,
    permit_given_back_early,
    price_of_the_listing,
    prints_no_price,
    three_workers,
    unbounded_queue,
);

#[tokio::main(flavor = "current_thread")]
async fn block_on(answer: impl Future<Output = shared::Result>) -> shared::Result {
    answer.await
}

/// A page's number, status and HTML.
type Page = (u32, u16, String);

async fn get_page(client: &Client, page: u32, url: String) -> shared::Result<Page> {
    let response = client.get(url).send().await?;
    let status = response.status().as_u16();
    Ok((page, status, response.text().await?))
}

/// The HTML of the details page of a page's first car.
async fn get_details(lesson: &Lesson, client: &Client, html: &str) -> shared::Result<String> {
    let url = lesson.details_url(html).ok_or("a page without a car")?;
    Ok(client.get(url).send().await?.text().await?)
}

/// Asks for the details page of a page's first car, and prints the page's line.
async fn finish(lesson: &Lesson, client: &Client, (page, status, html): Page) -> shared::Result {
    let details = get_details(lesson, client, &html).await?;
    print(page, status, &details)
}

/// Prints a page's line with the price that some HTML shows.
fn print(page: u32, status: u16, html: &str) -> shared::Result {
    let price = shared::first_price(html).ok_or("no price")?;
    println!("Page: {page} Status: {status} Price: {price}");
    Ok(())
}

/// Has so many workers ask for pages by `get`, and a consumer handle each by `handle`, with a queue for so many between.
async fn pipeline(
    lesson: &Lesson,
    workers: usize,
    queue: usize,
    get: impl AsyncFn(u32) -> shared::Result<Page>,
    mut handle: impl AsyncFnMut(Page) -> shared::Result,
) -> shared::Result {
    let pages = RefCell::new(lesson.pages());
    let next = || pages.borrow_mut().next();
    let (to_consumer, mut from_workers) = mpsc::channel(queue);
    let work = async |to_consumer: mpsc::Sender<Page>| -> shared::Result {
        while let Some(page) = next() {
            to_consumer.send(get(page).await?).await?;
        }
        Ok(())
    };
    let workers = try_join_all((0..workers).map(|_| work(to_consumer.clone())));
    drop(to_consumer);
    let consumer = async {
        while let Some(page) = from_workers.recv().await {
            handle(page).await?;
        }
        Ok(())
    };
    tokio::try_join!(workers, consumer)?;
    Ok(())
}

/// The right program, but for the number of workers and the length of the queue.
async fn with(lesson: &Lesson, workers: usize, queue: usize) -> shared::Result {
    let client = Client::new();
    let get = async |page| get_page(&client, page, lesson.url(page)).await;
    pipeline(lesson, workers, queue, get, async |page| finish(lesson, &client, page).await).await
}
