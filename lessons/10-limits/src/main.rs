//! Lesson 10. Limits: how many at once, how many a second, and how far ahead of the slowest part.
//!
//!     cargo run -p lesson10 -- semaphore
//!     cargo run -p lesson10 -- acquire-inside
//!     cargo run -p lesson10 -- buffered
//!     cargo run -p lesson10 -- buffer-unordered
//!     cargo run -p lesson10 -- workers --queue 2
//!     cargo run -p lesson10 -- rate --per-second 5
//!     cargo run -p lesson10 -- one-client --pages 1000 --at-once 100 --latency 20ms

mod acquire_inside;
mod buffer_unordered;
mod buffered;
mod get;
mod one_client;
mod rate;
mod semaphore;
mod workers;

use std::num::NonZero;

use clap::{Args, ValueEnum};
use reqwest::Client;

#[derive(Args)]
struct Limits {
    /// What bounds the program
    #[arg(value_enum, default_value = "semaphore")]
    form: Form,

    /// How many pages are in flight at most, but with `rate`
    #[arg(long, value_name = "K", default_value = "3", value_parser = console::options::from_1)]
    at_once: u32,

    /// How many pages wait in the queue of `workers` at most
    #[arg(long, value_name = "N", default_value = "2", value_parser = console::options::from_1)]
    queue: u32,

    /// How many pages `rate` asks for in a second
    #[arg(long, value_name = "N", default_value = "5")]
    per_second: NonZero<u32>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Form {
    Semaphore,
    AcquireInside,
    Buffered,
    BufferUnordered,
    Workers,
    Rate,
    OneClient,
}

#[tokio::main]
async fn main() -> shared::Result {
    let (lesson, limits) = shared::start_with(|limits: &Limits| match limits.form {
        Form::Rate => u32::MAX,
        // And a details page.
        Form::Buffered | Form::BufferUnordered | Form::Workers => limits.at_once.saturating_add(1),
        Form::Semaphore | Form::AcquireInside | Form::OneClient => limits.at_once,
    })?;

    let client = Client::new();
    let (at_once, queue) = (limits.at_once as usize, limits.queue as usize);
    match limits.form {
        Form::Semaphore => semaphore::run(&lesson, &client, at_once).await,
        Form::AcquireInside => acquire_inside::run(&lesson, &client, at_once).await,
        Form::Buffered => buffered::run(&lesson, &client, at_once).await,
        Form::BufferUnordered => buffer_unordered::run(&lesson, &client, at_once).await,
        Form::Workers => workers::run(&lesson, &client, at_once, queue).await,
        Form::Rate => rate::run(&lesson, &client, limits.per_second).await,
        Form::OneClient => one_client::run(&lesson, at_once).await,
    }?;

    lesson.finish()
}
