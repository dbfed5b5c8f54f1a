//! Each line is written at once, but into a buffer: nothing is seen until the buffer is flushed at the end.
//!
//! Must fail: line-at-once
//! Shows first: line-at-once
//! Says: flush

use std::io::{self, BufWriter, Write};

use reqwest::blocking::Client;
use shared::Lesson;

use crate::{get_page, line};

pub fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    let mut out = BufWriter::new(io::stdout().lock());
    for page in lesson.pages() {
        writeln!(out, "{}", line(page, get_page(&client, lesson.url(page))?))?;
    }
    Ok(out.flush()?)
}
