//! Lesson 03's wrong programs: mistakes that people make there, which `cargo homework check 3` must catch.
//! Each says which expectations of `homework.toml` it can't meet.
//!
//!     cargo run -p lesson03 --example wrong03 -- asks-nobody

mod asks_nobody;
mod asks_twice;
mod awaits_in_the_loop;
mod awaits_nothing;
mod blocks_the_thread;
mod collects_no_tasks;
mod fails_without_a_price;
mod leaves_out_spaces;
mod leaves_the_price_empty;
mod panics_on_a_blocking_client;
mod panics_without_a_price;
mod prints_as_they_arrive;
mod reads_no_body;
mod says_ok_to_all;
mod spawns_and_awaits;
mod spawns_nothing;
mod swallows_a_panic;

use reqwest::Client;

testing::wrong!(
    block_on:
    asks_nobody,
    asks_twice,
    awaits_in_the_loop,
    awaits_nothing,
    blocks_the_thread,
    collects_no_tasks,
    fails_without_a_price,
    leaves_out_spaces,
    leaves_the_price_empty,
    panics_on_a_blocking_client,
    panics_without_a_price,
    prints_as_they_arrive,
    reads_no_body,
    says_ok_to_all,
    spawns_and_awaits,
    spawns_nothing,
    swallows_a_panic,
);

#[tokio::main(flavor = "current_thread")]
async fn block_on(answer: impl Future<Output = shared::Result>) -> shared::Result {
    answer.await
}

/// Reads a page whole.
async fn get_page(client: Client, url: String) -> shared::Result<(u16, Option<u32>)> {
    let response = client.get(url).send().await?;
    let status = response.status().as_u16();
    let html = response.text().await?;
    Ok((status, shared::first_price(&html)))
}

/// A page's line, as it must be.
fn line(page: u32, (status, price): (u16, Option<u32>)) -> String {
    match price {
        Some(price) => format!("Page: {page} Status: {status} Price: {price}"),
        None => format!("Page: {page} Status: {status}"),
    }
}
