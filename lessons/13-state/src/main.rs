//! Lesson 13. State: what tasks share, who may change it when, and what the waiting costs.
//!
//!     cargo run -p lesson13 -- mutex
//!     cargo run -p lesson13 -- guard
//!     cargo run -p lesson13 -- async-mutex
//!     cargo run -p lesson13 -- actor
//!     cargo run -p lesson13 -- circle --mailbox 1
//!     cargo run -p lesson13 -- watch
//!     cargo run -p lesson13 -- snapshot

mod actor;
mod async_mutex;
mod circle;
mod common;
mod guard;
mod mutex;
mod prices;
mod snapshot;
mod watch;

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use reqwest::Client;

#[derive(Args)]
struct State {
    /// How the tasks share what they change
    #[arg(value_enum, default_value = "mutex")]
    form: Form,

    /// How many messages a mailbox of `actor` and `circle` holds
    #[arg(long, value_name = "K", default_value = "1", value_parser = console::options::from_1)]
    mailbox: u32,

    /// The file for the cars of `async-mutex`; an earlier one is overwritten
    #[arg(long, value_name = "FILE", default_value = "target/cars.csv")]
    output: PathBuf,
}

#[derive(Clone, Copy, ValueEnum)]
enum Form {
    Mutex,
    Guard,
    AsyncMutex,
    Actor,
    Circle,
    Watch,
    Snapshot,
}

// On a thread per core: what tasks share, they share across threads.
#[tokio::main]
async fn main() -> shared::Result {
    let (lesson, State { form, mailbox, output }) = shared::start_with(|state: &State| match state.form {
        Form::Guard | Form::Circle => 1,
        _ => u32::MAX,
    })?;

    let client = Client::new();
    match form {
        Form::Mutex => mutex::run(&lesson, &client).await,
        Form::Guard => guard::run(&lesson, &client).await,
        Form::AsyncMutex => async_mutex::run(&lesson, &client, &output).await,
        Form::Actor => actor::run(&lesson, &client, mailbox as usize).await,
        Form::Circle => circle::run(&lesson, &client, mailbox as usize).await,
        Form::Watch => watch::run(&lesson, &client).await,
        Form::Snapshot => snapshot::run(&lesson, &client).await,
    }?;

    lesson.finish()
}
