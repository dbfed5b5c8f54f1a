//! The loop ends when there is nothing more to ask for. The last two pages are still in flight, and are given up.
//!
//! Must fail: lines
//! May fail: line-at-once
//! Shows first: lines

use std::pin::pin;

use futures::stream::{FuturesUnordered, StreamExt};
use reqwest::Client;
use shared::Lesson;
use tokio::select;

use crate::{end, get_page, interrupted, print};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let mut interrupted = pin!(interrupted(lesson)?);
    let client = Client::new();
    let get = |page| get_page(&client, page, lesson.url(page));
    let mut pages = lesson.pages();
    let mut running: FuturesUnordered<_> = pages.by_ref().take(3).map(get).collect();
    let mut printed = 0;
    loop {
        select! {
            Some(answer) = running.next() => {
                print(answer?);
                printed += 1;
            }
            () = &mut interrupted => end(lesson, printed),
        }
        let Some(page) = pages.next() else { return Ok(()) };
        running.push(get(page));
    }
}
