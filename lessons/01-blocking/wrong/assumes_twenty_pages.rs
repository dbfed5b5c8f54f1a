//! The number of pages is written into the program, as if it were that of every site.
//!
//! Must fail: each-page-once
//! May fail: lines, line-at-once
//! Shows first: each-page-once

use reqwest::blocking::Client;
use shared::Lesson;

use crate::{get_page, line};

pub fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    for page in 1..=20 {
        println!("{}", line(page, get_page(&client, lesson.url(page))?));
    }
    Ok(())
}
