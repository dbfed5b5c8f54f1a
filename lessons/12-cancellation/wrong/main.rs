//! Lesson 12's wrong programs: mistakes that people make there, which `cargo homework check 12` must catch.
//! Each says which expectations of `homework.toml` it can't meet.
//!
//!     cargo run -p lesson12 --example wrong12 -- waits-for-what-is-in-flight

mod asks_for_all_at_once;
mod asks_one_by_one;
mod begins_a_page_for_each_aborted_one;
mod collects_before_printing;
mod counts_what_was_asked_for;
mod ends_as_an_error;
mod ends_well;
mod forgets_what_is_in_flight;
mod leaves_without_a_word;
mod looks_between_two_pages;
mod restarts_the_losers;
mod says_it_on_stderr;
mod waits_for_what_is_in_flight;

use std::io;
use std::process;

use futures::stream::{self, Stream, StreamExt};
use reqwest::Client;
use shared::Lesson;

testing::wrong!(
    block_on:
    asks_for_all_at_once,
    asks_one_by_one,
    begins_a_page_for_each_aborted_one,
    collects_before_printing,
    counts_what_was_asked_for,
    ends_as_an_error,
    ends_well,
    forgets_what_is_in_flight,
    leaves_without_a_word,
    looks_between_two_pages,
    restarts_the_losers,
    says_it_on_stderr,
    waits_for_what_is_in_flight,
);

#[tokio::main]
async fn block_on(answer: impl Future<Output = shared::Result>) -> shared::Result {
    answer.await
}

/// A page and its status.
type Answer = (u32, u16);

/// Reads a page whole.
async fn get_page(client: &Client, page: u32, url: String) -> shared::Result<Answer> {
    let response = client.get(url).send().await?;
    let status = response.status().as_u16();
    response.bytes().await?;
    Ok((page, status))
}

/// The pages' answers, as they come, with so many requests in flight as there should be.
fn answers<'a>(lesson: &'a Lesson, client: &'a Client) -> impl Stream<Item = shared::Result<Answer>> + 'a {
    at_once(3, lesson, client)
}

/// The same, with another number of requests in flight.
fn at_once<'a>(most: usize, lesson: &'a Lesson, client: &'a Client) -> impl Stream<Item = shared::Result<Answer>> + 'a {
    stream::iter(lesson.pages()).map(move |page| get_page(client, page, lesson.url(page))).buffer_unordered(most)
}

/// Prints a page's line.
fn print((page, status): Answer) {
    println!("Page: {page} Status: {status}");
}

/// Takes the answers as it should be done, and gives how many were printed if Ctrl-C came before the last one.
async fn take(
    answers: impl Stream<Item = shared::Result<Answer>>,
    interrupted: impl Future<Output = ()>,
) -> shared::Result<Option<usize>> {
    let (mut answers, mut interrupted) = (std::pin::pin!(answers), std::pin::pin!(interrupted));
    let mut printed = 0;
    loop {
        tokio::select! {
            answer = answers.next() => {
                let Some(answer) = answer else { return Ok(None) };
                print(answer?);
                printed += 1;
            }
            () = &mut interrupted => return Ok(Some(printed)),
        }
    }
}

/// Says what was done, and ends the program as one that was interrupted.
fn end(lesson: &Lesson, printed: usize) -> ! {
    println!("Interrupted: {printed} of {}", lesson.pages().count());
    process::exit(130);
}

/// Listens for Ctrl-C, from now on; on Windows for Ctrl-Break, too. The future is ready when it comes.
fn interrupted(lesson: &Lesson) -> io::Result<impl Future<Output = ()> + use<>> {
    lesson.leave_ctrl_c_to_the_program();
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
