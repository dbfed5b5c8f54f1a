//! `print!` ends no line, and what is not a whole line stays in the buffer of standard output.
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
        print!("{}", line(page, get_page(&client, lesson.url(page))?));
    }
    println!();
    Ok(())
}
