//! Each line is written at once, but into a buffer: nothing is seen until the buffer is flushed at the end.
//!
//! Must fail: line-at-once

use std::io::{self, BufWriter, Write};

use reqwest::blocking::Client;
use shared::Lesson;

pub fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    let mut out = BufWriter::new(io::stdout().lock());
    for page in lesson.pages() {
        let response = client.get(lesson.url(page)).send()?;
        let status = response.status().as_u16();
        let html = response.text()?;
        match shared::first_price(&html) {
            Some(price) => writeln!(out, "Page: {page} Status: {status} Price: {price}")?,
            None => writeln!(out, "Page: {page} Status: {status}")?,
        }
    }
    Ok(out.flush()?)
}
