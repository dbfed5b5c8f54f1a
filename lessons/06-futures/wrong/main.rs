//! Lesson 06's wrong programs: mistakes that people make there, which `cargo homework check 6` must catch.
//! Each says which expectations of `homework.toml` it can't meet.
//!
//!     cargo run -p lesson06 --example wrong06 -- asks-whether-it-is-ready

mod asks_whether_it_is_ready;
mod awaits_in_page_order;
mod collects_before_printing;
mod joins_all;
mod never_flushes;
mod three_at_a_time;

use reqwest::Client;

testing::wrong!(
    block_on:
    asks_whether_it_is_ready,
    awaits_in_page_order,
    collects_before_printing,
    joins_all,
    never_flushes,
    three_at_a_time,
);

#[tokio::main]
async fn block_on(answer: impl Future<Output = shared::Result>) -> shared::Result {
    answer.await
}

/// Reads a page whole.
async fn get_page(client: &Client, page: u32, url: String) -> shared::Result<(u32, u16)> {
    let response = client.get(url).send().await?;
    let status = response.status().as_u16();
    response.bytes().await?;
    Ok((page, status))
}
