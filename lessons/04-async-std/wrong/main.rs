//! Lesson 04's wrong programs: mistakes that people make there, which `cargo homework check 4` must catch.
//! Each says which expectations of `homework.toml` it can't meet.
//!
//!     cargo run -p lesson04 --example wrong04 -- a-pool-of-fifty

mod a_pool_of_fifty;
mod all_or_nothing;
mod asks_again;
mod asks_until_it_works;
mod awaits_in_the_loop;
mod exits_well;
mod makes_up_a_status;
mod panics_at_the_broken_page;
mod prints_in_the_task;

use surf::Client;

testing::wrong!(
    async_std::task::block_on:
    a_pool_of_fifty,
    all_or_nothing,
    asks_again,
    asks_until_it_works,
    awaits_in_the_loop,
    exits_well,
    makes_up_a_status,
    panics_at_the_broken_page,
    prints_in_the_task,
);

/// Reads a page whole.
async fn get_page(client: Client, url: String) -> shared::Result<u16> {
    let mut response = client.get(url).await.map_err(surf::Error::into_inner)?;
    let status = response.status().into();
    response.body_bytes().await.map_err(surf::Error::into_inner)?;
    Ok(status)
}
