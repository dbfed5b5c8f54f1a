//! Lesson 08. A database: queries one by one and through a pool, transactions, and a driver that blocks.
//!
//!     cargo run -p lesson08 -- one-by-one
//!     cargo run -p lesson08 -- pool --connections 3
//!     cargo run -p lesson08 -- transaction --broken 3
//!     cargo run -p lesson08 -- given-up --timeout 20ms
//!     cargo run -p lesson08 -- blocking
//!     cargo run -p lesson08 -- spawn-blocking
//!     cargo run -p lesson08 -- thread
//!
//! Each stores the pages' cars and asks for them again: the first four in the practice database, or in the PostgreSQL
//! that `--database` or `DATABASE_URL` names, the last three in a file.

mod blocking;
mod cars;
mod get_page;
mod given_up;
mod one_by_one;
mod pool;
mod spawn_blocking;
mod sqlite;
mod thread;
mod transaction;

use std::time::Duration;

use clap::{Args, ValueEnum};
use reqwest::Client;
use sqlx::{Connection, PgConnection};

#[derive(Args)]
struct Store {
    /// How to store the cars
    #[arg(value_enum, default_value = "pool")]
    form: Form,

    /// How many connections a pool has at most
    #[arg(long, value_name = "N", default_value = "3", value_parser = console::options::from_1)]
    connections: u32,

    /// How long `pool` waits for a connection to become free
    #[arg(long, value_name = "DURATION", default_value = "30s", value_parser = console::options::duration)]
    acquire_timeout: Duration,

    /// The page that `transaction` fails at half-way
    #[arg(long, value_name = "PAGE", default_value = "3")]
    broken: u32,

    /// How long `given-up` waits for a query
    #[arg(long, value_name = "DURATION", default_value = "20ms", value_parser = console::options::duration)]
    timeout: Duration,

    /// How long another connection has the file locked that `blocking`, `spawn-blocking` and `thread` write to
    #[arg(long, value_name = "DURATION", default_value = "500ms", value_parser = console::options::duration)]
    locked: Duration,
}

#[derive(Clone, Copy, ValueEnum)]
enum Form {
    OneByOne,
    Pool,
    Transaction,
    GivenUp,
    Blocking,
    SpawnBlocking,
    Thread,
}

// Not `current_thread`: reqwest's tasks and sqlx's, which give connections back, run whatever `main` does.
#[tokio::main]
async fn main() -> shared::Result {
    let (lesson, store) = shared::database::start_with(|store: &Store| match store.form {
        Form::OneByOne | Form::GivenUp => (1, true),
        Form::Pool | Form::Transaction => (u32::MAX, true),
        Form::Blocking | Form::SpawnBlocking | Form::Thread => (sqlite::AT_ONCE, false),
    })?;

    if lesson.has_other_database() {
        // A pool tries again and again until it has waited for too long; this says at once what is wrong.
        PgConnection::connect(lesson.database_url()).await?.close().await?;
    }
    let client = Client::new();
    match store.form {
        Form::OneByOne => one_by_one::run(&lesson, &client).await,
        Form::Pool => pool::run(&lesson, &client, store.connections, store.acquire_timeout).await,
        Form::Transaction => transaction::run(&lesson, &client, store.connections, store.broken).await,
        Form::GivenUp => given_up::run(&lesson, &client, store.timeout).await,
        Form::Blocking => blocking::run(&lesson, &client, store.locked).await,
        Form::SpawnBlocking => spawn_blocking::run(&lesson, &client, store.locked).await,
        Form::Thread => thread::run(&lesson, &client, store.locked).await,
    }?;

    lesson.finish()
}
