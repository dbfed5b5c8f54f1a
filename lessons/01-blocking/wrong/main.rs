//! Lesson 01's wrong programs: mistakes that people make there, which `cargo homework check 1` must catch.
//! Each says which expectations of `homework.toml` it can't meet.
//!
//!     cargo run -p lesson01 --example wrong01 -- a-client-for-each-page

mod a_client_for_each_page;
mod a_price_of_zero;
mod asks_ahead;
mod assumes_twenty_pages;
mod ends_no_line;
mod fails_in_the_end;
mod from_the_last_to_the_first;
mod misses_the_last_page;
mod never_flushes;
mod panics_without_a_price;
mod prints_at_the_end;
mod prints_the_option;
mod prints_the_reason_phrase;
mod separates_with_commas;
mod stops_at_the_failure;

use reqwest::blocking::Client;

testing::wrong!(
    a_client_for_each_page,
    a_price_of_zero,
    asks_ahead,
    assumes_twenty_pages,
    ends_no_line,
    fails_in_the_end,
    from_the_last_to_the_first,
    misses_the_last_page,
    never_flushes,
    panics_without_a_price,
    prints_at_the_end,
    prints_the_option,
    prints_the_reason_phrase,
    separates_with_commas,
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
