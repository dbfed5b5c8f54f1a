//! The lines are printed in the end, or when Ctrl-C comes: until then nobody sees what was done.
//!
//! Must fail: line-at-once
//! Shows first: line-at-once

use std::pin::pin;

use futures::stream::StreamExt;
use reqwest::Client;
use shared::Lesson;
use tokio::select;

use crate::{answers, end, interrupted, print};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let mut interrupted = pin!(interrupted(lesson)?);
    let client = Client::new();
    let mut answers = pin!(answers(lesson, &client));
    let mut collected = Vec::new();
    let is_interrupted = loop {
        select! {
            answer = answers.next() => {
                let Some(answer) = answer else { break false };
                collected.push(answer?);
            }
            () = &mut interrupted => break true,
        }
    };
    let printed = collected.len();
    collected.into_iter().for_each(print);
    if is_interrupted { end(lesson, printed) } else { Ok(()) }
}
