//! `get` makes a client for each call, so no connection is used twice.
//!
//! Must fail: connections

use reqwest::blocking::get;
use shared::Lesson;

pub fn answer(lesson: &Lesson) -> shared::Result {
    for page in lesson.pages() {
        let response = get(lesson.url(page))?;
        let status = response.status().as_u16();
        let html = response.text()?;
        match shared::first_price(&html) {
            Some(price) => println!("Page: {page} Status: {status} Price: {price}"),
            None => println!("Page: {page} Status: {status}"),
        }
    }
    Ok(())
}
