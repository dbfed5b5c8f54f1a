//! Lesson 13's wrong programs: mistakes that people make there, which `cargo homework check 13` must catch.
//! Each says which expectations of `homework.toml` it can't meet.
//!
//!     cargo run -p lesson13 --example wrong13 -- holds-the-lock-for-details

mod adds_to_an_old_sum;
mod answers_when_all_have_asked;
mod asks_one_car_after_another;
mod asks_page_after_page;
mod asks_twice;
mod begins_the_least_at_zero;
mod blocks_the_thread;
mod counts_before_it_adds;
mod forgets_the_tasks;
mod holds_the_lock_for_details;
mod holds_the_lock_for_pages;
mod looks_whether_all_have_come;
mod poisons_the_lock;
mod prints_pages_twice;
mod prints_sums_in_the_end;
mod takes_prices_from_the_listing;

use std::sync::{Arc, Mutex};

use reqwest::Client;
use shared::Lesson;
use tokio::task::JoinSet;

testing::wrong!(
    block_on:
    adds_to_an_old_sum,
    answers_when_all_have_asked,
    asks_one_car_after_another,
    asks_page_after_page,
    asks_twice,
    begins_the_least_at_zero,
    blocks_the_thread,
    counts_before_it_adds,
    forgets_the_tasks,
    holds_the_lock_for_details,
    holds_the_lock_for_pages,
    looks_whether_all_have_come,
    poisons_the_lock,
    prints_pages_twice,
    prints_sums_in_the_end,
    takes_prices_from_the_listing,
);

#[tokio::main]
async fn block_on(answer: impl Future<Output = shared::Result>) -> shared::Result {
    answer.await
}

/// Asks for a page, and gives its status and HTML.
async fn get(client: Client, url: String) -> shared::Result<(u16, String)> {
    let response = client.get(url).send().await?;
    let status = response.status().as_u16();
    Ok((status, response.text().await?))
}

/// Asks for a details page, and gives its price.
async fn get_price(client: Client, url: String) -> shared::Result<u32> {
    let (_, html) = get(client, url).await?;
    price(&html)
}

fn price(html: &str) -> shared::Result<u32> {
    Ok(shared::first_price(html).ok_or("a page shows no price")?)
}

/// Gets all pages at once, as they should be got, and gives the URLs of their details pages.
async fn get_pages(lesson: &Lesson, client: &Client) -> shared::Result<Vec<String>> {
    let mut tasks = JoinSet::new();
    for page in lesson.pages() {
        let got = get(client.clone(), lesson.url(page));
        tasks.spawn(async move { got.await.map(|(status, html)| (page, status, html)) });
    }
    let mut details = Vec::new();
    while let Some(got) = tasks.join_next().await {
        let (page, status, html) = got??;
        println!("Page: {page} Status: {status}");
        details.extend(lesson.details_url(&html));
    }
    Ok(details)
}

/// Runs `add` for all details pages at once, each in a task.
async fn add_all<Added>(client: &Client, details: Vec<String>, add: impl Fn(Client, String) -> Added) -> shared::Result
where
    Added: Future<Output = shared::Result> + Send + 'static,
{
    let mut tasks = JoinSet::new();
    for url in details {
        tasks.spawn(add(client.clone(), url));
    }
    while let Some(added) = tasks.join_next().await {
        added??;
    }
    Ok(())
}

/// What the tasks share: the prices so far.
type Prices = Arc<Mutex<Vec<u32>>>;

/// Gets all details pages at once and adds their prices, as it should be done.
async fn add_prices(client: &Client, details: Vec<String>) -> shared::Result {
    let prices = Prices::default();
    add_all(client, details, |client, url| {
        let prices = Arc::clone(&prices);
        async move {
            let price = get_price(client, url).await?;
            add(&prices, price);
            Ok(())
        }
    })
    .await?;
    print_total(&prices.lock().unwrap());
    Ok(())
}

/// Adds a price, and prints the sum, as it should be done.
fn add(prices: &Mutex<Vec<u32>>, price: u32) {
    let mut prices = prices.lock().unwrap();
    prices.push(price);
    print_sum(&prices);
}

fn print_sum(prices: &[u32]) {
    println!("Sum: {} of {}", prices.iter().sum::<u32>(), prices.len());
}

fn print_total(prices: &[u32]) {
    let least = prices.iter().min().copied().unwrap_or_default();
    let greatest = prices.iter().max().copied().unwrap_or_default();
    println!("Total: {} Min: {least} Max: {greatest}", prices.iter().sum::<u32>());
}
