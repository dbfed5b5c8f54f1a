//! Lesson 01's wrong programs: mistakes that people make there, which `cargo homework check 1` must catch.
//! Each says which expectations of `homework.toml` it can't meet.
//!
//!     cargo run -p lesson01 --example wrong01 -- a-client-for-each-page

mod a_client_for_each_page;
mod fails_in_the_end;
mod misses_the_last_page;
mod never_flushes;
mod prints_at_the_end;
mod stops_at_the_failure;

use reqwest::blocking::Client;

testing::wrong!(
    a_client_for_each_page,
    fails_in_the_end,
    misses_the_last_page,
    never_flushes,
    prints_at_the_end,
    stops_at_the_failure,
);

/// Reads a page whole.
fn get_page(client: &Client, url: String) -> shared::Result<(u16, Option<u32>)> {
    let response = client.get(url).send()?;
    let status = response.status().as_u16();
    let html = response.text()?;
    Ok((status, shared::first_price(&html)))
}

/// A page's line, as it must be.
fn line(page: u32, (status, price): (u16, Option<u32>)) -> String {
    match price {
        Some(price) => format!("Page: {page} Status: {status} Price: {price}"),
        None => format!("Page: {page} Status: {status}"),
    }
}
