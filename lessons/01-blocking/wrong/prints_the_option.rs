//! The price is printed as the `Option` that it is, with `{:?}`.
//!
//! Must fail: lines
//! May fail: line-at-once
//! Shows first: lines
//! Says: what was served makes it

use reqwest::blocking::Client;
use shared::Lesson;

use crate::get_page;

pub fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    for page in lesson.pages() {
        let (status, price) = get_page(&client, lesson.url(page))?;
        println!("Page: {page} Status: {status} Price: {price:?}");
    }
    Ok(())
}
