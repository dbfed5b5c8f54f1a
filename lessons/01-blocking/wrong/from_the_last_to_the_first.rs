//! The pages are asked for from the last to the first.
//!
//! Must fail: page-order
//! May fail: lines
//! Shows first: page-order

use reqwest::blocking::Client;
use shared::Lesson;

use crate::{get_page, line};

pub fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    for page in lesson.pages().rev() {
        println!("{}", line(page, get_page(&client, lesson.url(page))?));
    }
    Ok(())
}
