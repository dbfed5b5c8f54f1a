//! Homework 12. Three pages are in flight, and each line is printed as soon as its page has come. When Ctrl-C is pressed,
//! what is in flight is given up at once, nothing more is asked for, and a line says what was done.
//!
//!     Page: 3 Status: 200
//!     Interrupted: 4 of 10     printed after Ctrl-C; then the exit status is 130
//!
//! The whole task is in this lesson's README. To try your program, and to have it judged:
//!
//!     cargo run -p lesson12 --bin homework12 -- --latency 1s..3s
//!     cargo homework check 12

use std::io;
use std::process::ExitCode;

// #region answer
use std::pin::pin;

use futures::stream::{self, StreamExt, TryStreamExt};
use reqwest::Client;
use tokio::select;
// #endregion answer

use shared::Lesson;

#[tokio::main]
async fn main() -> shared::Result<ExitCode> {
    let lesson = shared::start()?;
    lesson.leave_ctrl_c_to_the_program();
    let status = answer(&lesson, interrupted()?).await?;
    lesson.finish()?;
    Ok(status)
}

/// Listens for Ctrl-C, from now on; on Windows for Ctrl-Break, too. The future is ready when it comes.
fn interrupted() -> io::Result<impl Future<Output = ()>> {
    #[cfg(windows)]
    let (mut interrupt, mut other) = (tokio::signal::windows::ctrl_c()?, tokio::signal::windows::ctrl_break()?);
    #[cfg(unix)]
    let mut interrupt = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::interrupt())?;
    Ok(async move {
        #[cfg(windows)]
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = other.recv() => {}
        }
        #[cfg(unix)]
        interrupt.recv().await;
    })
}

// #region answer
/// As shells report a program that Ctrl-C ended.
const INTERRUPTED: u8 = 130;

/// Asks for a page, reads it whole, and gives its number and status.
async fn get_page(client: &Client, page: u32, url: String) -> shared::Result<(u32, u16)> {
    let response = client.get(url).send().await?;
    let status = response.status().as_u16();
    response.bytes().await?;
    Ok((page, status))
}
// #endregion answer

async fn answer(lesson: &Lesson, interrupted: impl Future<Output = ()>) -> shared::Result<ExitCode> {
    // #region answer(lesson, interrupted): have three pages in flight, print each when it is there, end at Ctrl-C
    let client = Client::new();
    let get = |page| get_page(&client, page, lesson.url(page));
    let mut answers = stream::iter(lesson.pages()).map(get).buffer_unordered(3);
    let mut interrupted = pin!(interrupted);
    let mut printed = 0;
    loop {
        select! {
            answer = answers.try_next() => {
                let Some((page, status)) = answer? else { return Ok(ExitCode::SUCCESS) };
                println!("Page: {page} Status: {status}");
                printed += 1;
            }
            () = &mut interrupted => break,
        }
    }
    drop(answers);
    println!("Interrupted: {printed} of {}", lesson.pages().count());
    Ok(ExitCode::from(INTERRUPTED))
    // #endregion answer
}
