//! `Interrupted: N of M`, but N is how many pages were begun: what was given up is taken for done.
//!
//! Must fail: interrupted
//! Shows first: interrupted

use std::cell::Cell;

use futures::stream::{self, StreamExt};
use reqwest::Client;
use shared::Lesson;

use crate::{end, get_page, interrupted, take};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let interrupted = interrupted(lesson)?;
    let client = Client::new();
    let begun = Cell::new(0);
    let get = |page| {
        begun.set(begun.get() + 1);
        get_page(&client, page, lesson.url(page))
    };
    let answers = stream::iter(lesson.pages()).map(get).buffer_unordered(3);
    match take(answers, interrupted).await? {
        Some(_) => end(lesson, begun.get()),
        None => Ok(()),
    }
}
