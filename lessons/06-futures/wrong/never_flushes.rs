//! Each line is written at once, but into a buffer: nothing is seen until the buffer is flushed at the end.
//!
//! Must fail: line-at-once
//! May fail: lines
//! Shows first: line-at-once
//! Says: flush

use std::io::{self, BufWriter, Write};

use futures::stream::{FuturesUnordered, TryStreamExt};
use reqwest::Client;
use shared::Lesson;

use crate::{get_page, line};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    let mut answers: FuturesUnordered<_> =
        lesson.pages().map(|page| get_page(&client, page, lesson.url(page))).collect();
    let mut out = BufWriter::new(io::stdout());
    while let Some(answer) = answers.try_next().await? {
        writeln!(out, "{}", line(answer))?;
    }
    Ok(out.flush()?)
}
