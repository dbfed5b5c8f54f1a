//! Lesson 02's wrong programs: mistakes that people make there, which `cargo homework check 2` must catch.
//! Each says which expectations of `homework.toml` it can't meet.
//!
//!     cargo run -p lesson02 --example wrong02 -- a-client-for-each-page

mod a_client_for_each_page;
mod a_fixed_share_each;
mod a_thread_for_each_page;
mod batches_of_four;
mod every_worker_takes_every_page;
mod holds_the_lock;
mod ignores_a_panic;
mod panics_at_the_failure;

use reqwest::blocking::Client;

testing::wrong!(
    a_client_for_each_page,
    a_fixed_share_each,
    a_thread_for_each_page,
    batches_of_four,
    every_worker_takes_every_page,
    holds_the_lock,
    ignores_a_panic,
    panics_at_the_failure,
);

/// Reads a page whole, and prints its line.
fn get_page(client: &Client, page: u32, url: String) -> shared::Result {
    let response = client.get(url).send()?;
    let status = response.status().as_u16();
    response.bytes()?;
    println!("Page: {page} Status: {status}");
    Ok(())
}
