//! In each turn three requests are made: the one that is answered is printed, the others are dropped, and made again.
//!
//! Must fail: each-page-once, lines
//! May fail: in-flight
//! Shows first: each-page-once

use std::pin::pin;

use futures::future::select_all;
use reqwest::Client;
use shared::Lesson;
use tokio::select;

use crate::{end, get_page, interrupted, print};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let mut interrupted = pin!(interrupted(lesson)?);
    let client = Client::new();
    let mut left: Vec<u32> = lesson.pages().collect();
    let mut printed = 0;
    while !left.is_empty() {
        let three = left.iter().take(3).map(|&page| Box::pin(get_page(&client, page, lesson.url(page))));
        select! {
            (answer, place, _) = select_all(three) => {
                print(answer?);
                printed += 1;
                left.remove(place);
            }
            () = &mut interrupted => end(lesson, printed),
        }
    }
    Ok(())
}
