//! Lesson 05. A task for every page, on smol: a runtime from small parts, here with hyper for HTTP.
//!
//!     cargo run -p lesson05             a task for every page
//!     cargo run -p lesson05 -- drop     wait for page 1, and drop the other tasks
//!     cargo run -p lesson05 -- mixed    reqwest, which is made for tokio, on smol

mod drop;
mod mixed;
mod tasks;

use clap::{Args, ValueEnum};

#[derive(Args)]
struct Choice {
    /// What to show
    #[arg(value_enum, default_value = "tasks")]
    show: Show,
}

#[derive(Clone, Copy, ValueEnum)]
enum Show {
    Tasks,
    Drop,
    Mixed,
}

fn main() -> shared::Result {
    let (lesson, choice) = shared::start_with(|_: &Choice| u32::MAX)?;
    #[cfg(not(feature = "https"))]
    lesson.without_tls("cargo run -p lesson05 --features https")?;

    smol::block_on(async {
        match choice.show {
            Show::Tasks => tasks::run(&lesson).await,
            Show::Drop => drop::run(&lesson).await,
            Show::Mixed => mixed::run(&lesson).await,
        }
    })?;

    lesson.finish()
}
