//! The range ends before its last page, as Python's `range(1, 10)` does.
//!
//! Must fail: each-page-once

use reqwest::blocking::Client;
use shared::Lesson;

pub fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    let (first, last) = lesson.pages().into_inner();
    for page in first..last {
        let response = client.get(lesson.url(page)).send()?;
        let status = response.status().as_u16();
        let html = response.text()?;
        match shared::first_price(&html) {
            Some(price) => println!("Page: {page} Status: {status} Price: {price}"),
            None => println!("Page: {page} Status: {status}"),
        }
    }
    Ok(())
}
