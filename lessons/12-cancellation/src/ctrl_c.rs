//! `ctrl-c`: Ctrl-C once, and what runs is given up, what is done is kept. Twice, and the program is out.

use std::fmt::Write;
use std::path::Path;
use std::pin::pin;
use std::process::{self, ExitCode};

use futures::stream::{self, StreamExt, TryStreamExt};
use reqwest::Client;
use shared::Lesson;
use tokio::signal::ctrl_c;
use tokio::{fs, select};

use crate::cant_be_written;
use crate::get_page::get_page;

/// As shells report a program that Ctrl-C ended.
const INTERRUPTED: u8 = 130;

pub async fn run(lesson: &Lesson, client: &Client, at_once: usize, output: &Path) -> shared::Result<ExitCode> {
    lesson.leave_ctrl_c_to_the_program();
    let get = |page| get_page(client, page, lesson.url(page));
    let mut done = String::new();
    // #region once
    let requests = stream::iter(lesson.pages()).map(get);
    let mut answers = requests.buffer_unordered(at_once);
    let mut interrupt = pin!(ctrl_c());
    let is_interrupted = loop {
        select! {
            answer = answers.try_next() => {
                let Some((page, status)) = answer? else { break false };
                println!("Page: {page} Status: {status}");
                writeln!(done, "{page}")?;
            }
            heard = &mut interrupt => {
                heard?;
                break true;
            }
        }
    };
    // What is in flight ends here, and nothing more is asked for.
    drop(answers);
    // #endregion once
    if is_interrupted {
        println!("Interrupted: {} of {}", done.lines().count(), lesson.pages().count());
    }
    // #region twice
    select! {
        written = save(output, &done) => written?,
        // Not `return`: the runtime would wait for the write that has begun.
        _ = ctrl_c() => process::exit(INTERRUPTED.into()),
    }
    // #endregion twice
    Ok(if is_interrupted { ExitCode::from(INTERRUPTED) } else { ExitCode::SUCCESS })
}

/// Writes down which pages are done. That may take any time, as on a network folder that does not answer.
async fn save(output: &Path, done: &str) -> shared::Result {
    Ok(fs::write(output, done).await.map_err(|why| cant_be_written(output, &why))?)
}
