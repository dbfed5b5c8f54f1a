//! The lines are collected, and printed only when all pages are there.
//!
//! Must fail: line-at-once

use reqwest::blocking::Client;
use shared::Lesson;

pub fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    let mut lines = Vec::new();
    for page in lesson.pages() {
        let response = client.get(lesson.url(page)).send()?;
        let status = response.status().as_u16();
        let html = response.text()?;
        lines.push(match shared::first_price(&html) {
            Some(price) => format!("Page: {page} Status: {status} Price: {price}"),
            None => format!("Page: {page} Status: {status}"),
        });
    }
    for line in lines {
        println!("{line}");
    }
    Ok(())
}
