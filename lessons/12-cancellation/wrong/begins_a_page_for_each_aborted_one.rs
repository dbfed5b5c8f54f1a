//! All tasks are aborted, but the loop takes an aborted task for one that has ended, and begins the next page.
//!
//! Must fail: nothing-after-interrupt
//! May fail: given-up-at-once, in-flight
//! Shows first: in-flight, given-up-at-once, nothing-after-interrupt

use std::pin::pin;

use reqwest::Client;
use shared::Lesson;
use tokio::select;
use tokio::task::JoinSet;

use crate::{end, get_page, interrupted, print};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let mut interrupted = pin!(interrupted(lesson)?);
    let client = Client::new();
    let mut tasks = JoinSet::new();
    let mut pages = lesson.pages();
    let (mut printed, mut is_interrupted) = (0, false);
    loop {
        while tasks.len() < 3
            && let Some(page) = pages.next()
        {
            let (client, url) = (client.clone(), lesson.url(page));
            tasks.spawn(async move { get_page(&client, page, url).await });
        }
        select! {
            ended = tasks.join_next() => match ended {
                Some(Ok(answer)) => {
                    print(answer?);
                    printed += 1;
                }
                // Aborted.
                Some(Err(_)) => {}
                None if is_interrupted => end(lesson, printed),
                None => return Ok(()),
            },
            () = &mut interrupted, if !is_interrupted => {
                tasks.abort_all();
                is_interrupted = true;
            }
        }
    }
}
