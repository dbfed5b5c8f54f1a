//! Lesson 06. Gathering answers: all of them, all unless one fails, each as it arrives, and a few at a time.
//!
//!     cargo run -p lesson06 -- join-all
//!     cargo run -p lesson06 -- try-join-all --fault 3:reset
//!     cargo run -p lesson06 -- unordered
//!     cargo run -p lesson06 -- buffered --at-once 3
//!     cargo run -p lesson06 -- buffer-unordered --at-once 3
//!     cargo run -p lesson06 -- join-set

mod buffer_unordered;
mod buffered;
mod get_page;
mod join_all;
mod join_set;
mod try_join_all;
mod unordered;

use clap::{Args, ValueEnum};
use reqwest::Client;

#[derive(Args)]
struct Gather {
    /// How to gather the answers
    #[arg(value_enum, default_value = "unordered")]
    form: Form,

    /// How many pages `buffered` and `buffer-unordered` have in flight at most
    #[arg(long, value_name = "K", default_value = "3", value_parser = console::options::from_1)]
    at_once: u32,
}

#[derive(Clone, Copy, ValueEnum)]
enum Form {
    JoinAll,
    TryJoinAll,
    Unordered,
    Buffered,
    BufferUnordered,
    JoinSet,
}

// Not `current_thread`: reqwest's own tasks close the connections of futures that were dropped, and on a thread of
// their own they do so at once, whatever `main` does next.
#[tokio::main]
async fn main() -> shared::Result {
    let (lesson, gather) = shared::start_with(|gather: &Gather| match gather.form {
        Form::Buffered | Form::BufferUnordered => gather.at_once,
        _ => u32::MAX,
    })?;

    let client = Client::new();
    let at_once = gather.at_once as usize;
    match gather.form {
        Form::JoinAll => join_all::run(&lesson, &client).await,
        Form::TryJoinAll => try_join_all::run(&lesson, &client).await,
        Form::Unordered => unordered::run(&lesson, &client).await,
        Form::Buffered => buffered::run(&lesson, &client, at_once).await,
        Form::BufferUnordered => buffer_unordered::run(&lesson, &client, at_once).await,
        Form::JoinSet => join_set::run(&lesson, &client).await,
    }?;

    lesson.finish()
}
