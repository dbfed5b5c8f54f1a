//! Lesson 09. Files: pages saved as they come, and slow work that does not stop all the others.
//!
//!     cargo run -p lesson09 -- stream
//!     cargo run -p lesson09 -- parse --page-size 1MB
//!     cargo run -p lesson09 -- spawn-blocking --page-size 1MB
//!     cargo run -p lesson09 -- thread --page-size 1MB
//!     cargo run -p lesson09 -- tokio-fs

mod cars;
mod get_page;
mod parse;
mod spawn_blocking;
mod stream;
mod thread;
mod tokio_fs;

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use reqwest::Client;
use tokio::fs;

#[derive(Args)]
struct Files {
    /// What to do with the pages
    #[arg(value_enum, default_value = "stream")]
    form: Form,

    /// How many pages are in flight at most
    #[arg(long, value_name = "K", default_value = "3", value_parser = console::options::from_1)]
    at_once: u32,

    /// The folder for the files; it is made if it is not there
    #[arg(long, value_name = "FOLDER", default_value = "target/pages")]
    output: PathBuf,
}

#[derive(Clone, Copy, ValueEnum)]
enum Form {
    Stream,
    Parse,
    SpawnBlocking,
    Thread,
    TokioFs,
}

// One thread for all tasks: what blocks it is seen at once.
#[tokio::main(flavor = "current_thread")]
async fn main() -> shared::Result {
    let (lesson, Files { form, at_once, output }) = shared::start_with(|files: &Files| files.at_once)?;
    let made = fs::create_dir_all(&output).await;
    made.map_err(|why| format!("the folder {} can't be made: {why}; choose another with --output", output.display()))?;

    let client = Client::new();
    let at_once = at_once as usize;
    match form {
        Form::Stream => stream::run(&lesson, &client, at_once, &output).await,
        Form::Parse => parse::run(&lesson, &client, at_once, &output).await,
        Form::SpawnBlocking => spawn_blocking::run(&lesson, &client, at_once, &output).await,
        Form::Thread => thread::run(&lesson, &client, at_once, &output).await,
        Form::TokioFs => tokio_fs::run(&lesson, &client, at_once, &output).await,
    }?;

    lesson.finish()
}
