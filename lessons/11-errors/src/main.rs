//! Lesson 11. Errors: who stops the others, what is tried again, and when.
//!
//!     cargo run -p lesson11 -- fail-fast --fault 3:reset
//!     cargo run -p lesson11 -- fail-fast-join-set --fault 3:reset
//!     cargo run -p lesson11 -- fail-fast-tasks --fault 3:reset
//!     cargo run -p lesson11 -- collect --fault 3:reset
//!     cargo run -p lesson11 -- timeout --fault 3:never
//!     cargo run -p lesson11 -- retry --fault 3:fail-first=2,retry-after=1 --fault 7:cut-first=1
//!     cargo run -p lesson11 -- backon --fault 3:fail-first=2,retry-after=1 --fault 7:cut-first=1
//!     cargo run -p lesson11 -- reqwest-retry --fault 3:fail-first=2,retry-after=1
//!     cargo run -p lesson11 -- panic --fault 3:404 --fault 7:never

mod backon;
mod collect;
mod fail_fast;
mod fail_fast_join_set;
mod fail_fast_tasks;
mod get_page;
mod page_error;
mod panic;
mod reqwest_retry;
mod retry;
mod timeout;

use std::time::Duration;

use clap::{Args, ValueEnum};
use reqwest::Client;

#[derive(Args)]
struct Errors {
    /// What becomes of an error
    #[arg(value_enum, default_value = "fail-fast")]
    form: Form,

    #[command(flatten)]
    limits: Limits,

    /// How many attempts at a page there are at most
    #[arg(long, value_name = "N", default_value = "3", value_parser = console::options::from_1)]
    attempts: u32,

    /// How many attempts there are at most beyond the first ones, at all pages together
    #[arg(long, value_name = "N", default_value = "10")]
    budget: u32,
}

#[derive(Clone, Copy, Args)]
struct Limits {
    /// How long connecting may take
    #[arg(long, value_name = "DURATION", default_value = "1s", value_parser = console::options::patience)]
    connect: Duration,

    /// How long an attempt may take
    #[arg(long, value_name = "DURATION", default_value = "2s", value_parser = console::options::patience)]
    attempt: Duration,

    /// How long all pages together may take
    #[arg(long, value_name = "DURATION", default_value = "10s", value_parser = console::options::patience)]
    whole: Duration,
}

#[derive(Clone, Copy, ValueEnum)]
enum Form {
    FailFast,
    FailFastJoinSet,
    FailFastTasks,
    Collect,
    Timeout,
    Retry,
    Backon,
    ReqwestRetry,
    Panic,
}

// Not `current_thread`: reqwest's own tasks close the connections of futures that were dropped, and on a thread of
// their own they do so at once, whatever `main` does next.
#[tokio::main]
async fn main() -> shared::Result {
    let (lesson, Errors { form, limits, attempts, budget }) = shared::start_with(|_: &Errors| u32::MAX)?;

    let client = Client::new();
    match form {
        Form::FailFast => fail_fast::run(&lesson, &client).await,
        Form::FailFastJoinSet => fail_fast_join_set::run(&lesson, &client).await,
        Form::FailFastTasks => fail_fast_tasks::run(&lesson, &client).await,
        Form::Collect => collect::run(&lesson, &client).await,
        Form::Timeout => timeout::run(&lesson, limits).await,
        Form::Retry => retry::run(&lesson, &client, limits.attempt, attempts, budget).await,
        Form::Backon => backon::run(&lesson, &client, limits.attempt, attempts).await,
        Form::ReqwestRetry => reqwest_retry::run(&lesson, attempts).await,
        Form::Panic => panic::run(&lesson, &client, limits.attempt).await,
    }?;

    lesson.finish()
}
