//! The range ends before its last page, as Python's `range(1, 10)` does.
//!
//! Must fail: each-page-once
//! Shows first: each-page-once

use reqwest::blocking::Client;
use shared::Lesson;

use crate::{get_page, line};

pub fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    let (first, last) = lesson.pages().into_inner();
    for page in first..last {
        println!("{}", line(page, get_page(&client, lesson.url(page))?));
    }
    Ok(())
}
