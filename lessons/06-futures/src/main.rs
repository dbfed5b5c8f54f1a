//! Lesson 06. Gathering answers: all of them, all unless one fails, each as it arrives, and a few at a time.
//!
//!     cargo run -p lesson06 -- join-all
//!     cargo run -p lesson06 -- try-join-all --fault 3:reset
//!     cargo run -p lesson06 -- unordered
//!     cargo run -p lesson06 -- buffered --at-once 3

use clap::{Args, ValueEnum};
use futures::future::{join_all, try_join_all};
use futures::stream::{self, FuturesUnordered, StreamExt, TryStreamExt};
use reqwest::Client;

#[derive(Args)]
struct Gather {
    /// How to gather the answers
    #[arg(value_enum, default_value = "unordered")]
    form: Form,

    /// How many pages `buffered` has in flight at most
    #[arg(long, value_name = "K", default_value = "3", value_parser = console::options::from_1)]
    at_once: u32,
}

#[derive(Clone, Copy, ValueEnum)]
enum Form {
    JoinAll,
    TryJoinAll,
    Unordered,
    Buffered,
}

type Answer = shared::Result<(u32, u16)>;

// Not `current_thread`: reqwest's own tasks close the connections of futures that were dropped, and on a thread of
// their own they do so at once, whatever `main` does next.
#[tokio::main]
async fn main() -> shared::Result {
    let (lesson, gather) = shared::start_with(|gather: &Gather| match gather.form {
        Form::Buffered => gather.at_once,
        _ => u32::MAX,
    })?;

    let client = Client::new();
    let requests = lesson.pages().map(|page| get_page(&client, page, lesson.url(page)));
    match gather.form {
        Form::JoinAll => all(requests).await,
        Form::TryJoinAll => all_or_error(requests).await,
        Form::Unordered => on_arrival(requests).await,
        Form::Buffered => a_few_at_a_time(requests, gather.at_once as usize).await,
    }?;

    lesson.finish()
}

async fn get_page(client: &Client, page: u32, url: String) -> Answer {
    let response = client.get(url).send().await?;
    let status = response.status().as_u16();
    response.bytes().await?;
    Ok((page, status))
}

// #region join_all
async fn all(requests: impl Iterator<Item = impl Future<Output = Answer>>) -> shared::Result {
    let mut result = Ok(());
    for answer in join_all(requests).await {
        match answer {
            Ok((page, status)) => println!("Page: {page} Status: {status}"),
            Err(why) => result = result.and(Err(why)),
        }
    }
    result
}
// #endregion join_all

// #region try_join_all
async fn all_or_error(requests: impl Iterator<Item = impl Future<Output = Answer>>) -> shared::Result {
    for (page, status) in try_join_all(requests).await? {
        println!("Page: {page} Status: {status}");
    }
    Ok(())
}
// #endregion try_join_all

// #region unordered
async fn on_arrival(requests: impl Iterator<Item = impl Future<Output = Answer>>) -> shared::Result {
    let mut answers: FuturesUnordered<_> = requests.collect();
    while let Some((page, status)) = answers.try_next().await? {
        println!("Page: {page} Status: {status}");
    }
    Ok(())
}
// #endregion unordered

// #region buffered
async fn a_few_at_a_time(
    requests: impl Iterator<Item = impl Future<Output = Answer>>,
    at_once: usize,
) -> shared::Result {
    let mut answers = stream::iter(requests).buffer_unordered(at_once);
    while let Some((page, status)) = answers.try_next().await? {
        println!("Page: {page} Status: {status}");
    }
    Ok(())
}
// #endregion buffered
