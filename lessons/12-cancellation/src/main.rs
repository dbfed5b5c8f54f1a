//! Lesson 12. Cancellation: what is given up, what is lost with it, and how everybody is told.
//!
//!     cargo run -p lesson12 -- drop
//!     cargo run -p lesson12 -- abort
//!     cargo run -p lesson12 -- join-set
//!     cargo run -p lesson12 -- race
//!     cargo run -p lesson12 -- select
//!     cargo run -p lesson12 -- select-restarts
//!     cargo run -p lesson12 -- cancel-safe --fault 3:drip=2s
//!     cargo run -p lesson12 -- cancel-unsafe --fault 3:drip=2s
//!     cargo run -p lesson12 -- queue
//!     cargo run -p lesson12 -- snooze
//!     cargo run -p lesson12 -- snooze-cured
//!     cargo run -p lesson12 -- token
//!     cargo run -p lesson12 -- ctrl-c --latency 1s..3s

mod abort;
mod body;
mod cancel_safe;
mod cancel_unsafe;
mod ctrl_c;
mod drop;
mod get_page;
mod join_set;
mod queue;
mod race;
mod select;
mod select_restarts;
mod snooze;
mod snooze_cured;
mod token;
mod watchdog;

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, ValueEnum};
use reqwest::Client;
use tokio::fs;

#[derive(Args)]
struct Cancel {
    /// What is cancelled, and how
    #[arg(value_enum, default_value = "drop")]
    form: Form,

    /// After how long something is given up, or said
    #[arg(long, value_name = "DURATION", default_value = "200ms", value_parser = console::options::duration)]
    #[arg(allow_hyphen_values = true)]
    patience: Duration,

    /// How many pages `ctrl-c` has in flight at most
    #[arg(long, value_name = "K", default_value = "3", value_parser = console::options::from_1)]
    at_once: u32,

    /// The file in which `token` notes the pages that are left, and `ctrl-c` those that are done
    #[arg(long, value_name = "FILE", default_value = "target/pages.txt")]
    output: PathBuf,
}

#[derive(Clone, Copy, ValueEnum)]
enum Form {
    Drop,
    Abort,
    JoinSet,
    Race,
    Select,
    SelectRestarts,
    CancelSafe,
    CancelUnsafe,
    Queue,
    Snooze,
    SnoozeCured,
    Token,
    CtrlC,
}

// Not `current_thread`: reqwest's own tasks close the connections of futures that were dropped, and on a thread of
// their own they do so at once, whatever `main` does next.
#[tokio::main]
async fn main() -> shared::Result<ExitCode> {
    let (lesson, Cancel { form, patience, at_once, output }) = shared::start_with(|own: &Cancel| match own.form {
        Form::CtrlC => own.at_once,
        _ => u32::MAX,
    })?;
    if let (Form::Token | Form::CtrlC, Some(folder)) = (form, output.parent()) {
        fs::create_dir_all(folder).await.map_err(|why| cant_be_written(&output, &why))?;
    }

    let client = Client::new();
    let at_once = at_once as usize;
    let mut status = ExitCode::SUCCESS;
    match form {
        Form::Drop => drop::run(&lesson, &client, patience).await?,
        Form::Abort => abort::run(&lesson, &client, patience).await?,
        Form::JoinSet => join_set::run(&lesson, &client, patience).await?,
        Form::Race => race::run(&lesson, &client, patience).await?,
        Form::Select => select::run(&lesson, &client, patience).await?,
        Form::SelectRestarts => select_restarts::run(&lesson, &client, patience).await?,
        Form::CancelSafe => cancel_safe::run(&lesson, &client, patience).await?,
        Form::CancelUnsafe => cancel_unsafe::run(&lesson, &client, patience).await?,
        Form::Queue => queue::run(&lesson, &client, patience).await?,
        Form::Snooze => snooze::run(&lesson, &client, patience).await?,
        Form::SnoozeCured => snooze_cured::run(&lesson, &client, patience).await?,
        Form::Token => status = token::run(&lesson, &client, patience, &output).await?,
        Form::CtrlC => status = ctrl_c::run(&lesson, &client, at_once, &output).await?,
    }

    lesson.finish()?;
    Ok(status)
}

/// What to say when a file can't be written.
fn cant_be_written(file: &Path, why: &io::Error) -> String {
    format!("{} can't be written: {why}; choose another with --output", file.display())
}
