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

async fn answer(lesson: &Lesson, interrupted: impl Future<Output = ()>) -> shared::Result<ExitCode> {
    // TODO: have three pages in flight, print each when it is there, end at Ctrl-C
    let _ = (&lesson, &interrupted);
    todo!()
}
