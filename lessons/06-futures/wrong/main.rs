//! Lesson 06's wrong programs: mistakes that people make there, which `cargo homework check 6` must catch.
//! Each says which expectations of `homework.toml` it can't meet.
//!
//!     cargo run -p lesson06 --example wrong06 -- asks-whether-it-is-ready

mod asks_twice;
mod asks_whether_it_is_ready;
mod awaits_in_page_order;
mod collects_before_printing;
mod joins_all;
mod looks_every_five_milliseconds;
mod looks_every_ten_milliseconds;
mod never_flushes;
mod prints_the_reason_phrase;
mod reads_no_body;
mod spins_after_the_first_answer;
mod takes_404_for_an_error;
mod three_at_a_time;

use reqwest::Client;

testing::wrong!(
    block_on:
    asks_twice,
    asks_whether_it_is_ready,
    awaits_in_page_order,
    collects_before_printing,
    joins_all,
    looks_every_five_milliseconds,
    looks_every_ten_milliseconds,
    never_flushes,
    prints_the_reason_phrase,
    reads_no_body,
    spins_after_the_first_answer,
    takes_404_for_an_error,
    three_at_a_time,
);

#[tokio::main]
async fn block_on(answer: impl Future<Output = shared::Result>) -> shared::Result {
    answer.await
}

/// A page, its status, and the price of its first car.
type Answer = (u32, u16, Option<u32>);

/// Reads a page whole.
async fn get_page(client: &Client, page: u32, url: String) -> shared::Result<Answer> {
    let response = client.get(url).send().await?;
    let status = response.status().as_u16();
    let html = response.text().await?;
    Ok((page, status, shared::first_price(&html)))
}

/// A page's line, as it must be.
fn line((page, status, price): Answer) -> String {
    match price {
        Some(price) => format!("Page: {page} Status: {status} Price: {price}"),
        None => format!("Page: {page} Status: {status}"),
    }
}
