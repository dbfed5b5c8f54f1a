//! A page without cars is given a price all the same.
//!
//! Must fail: lines
//! May fail: line-at-once
//! Shows first: lines
//! Says: what was served makes it

use reqwest::blocking::Client;
use shared::Lesson;

use crate::{get_page, line};

pub fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    for page in lesson.pages() {
        let (status, price) = get_page(&client, lesson.url(page))?;
        println!("{}", line(page, (status, Some(price.unwrap_or(0)))));
    }
    Ok(())
}
