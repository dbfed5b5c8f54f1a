//! A line says that the page is being asked for, and looks like one that says what came.
//!
//! Must fail: lines
//! May fail: line-at-once
//! Shows first: lines

use reqwest::blocking::Client;
use shared::Lesson;

use crate::{get_page, line};

pub fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    for page in lesson.pages() {
        println!("Page: {page} Status: asking...");
        println!("{}", line(page, get_page(&client, lesson.url(page))?));
    }
    Ok(())
}
