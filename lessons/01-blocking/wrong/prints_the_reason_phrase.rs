//! A `StatusCode` is printed with its name: `200 OK`.
//!
//! Must fail: lines
//! May fail: line-at-once
//! Shows first: lines
//! Says: what was served makes it

use reqwest::blocking::Client;
use shared::Lesson;

pub fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    for page in lesson.pages() {
        let response = client.get(lesson.url(page)).send()?;
        let status = response.status();
        match shared::first_price(&response.text()?) {
            Some(price) => println!("Page: {page} Status: {status} Price: {price}"),
            None => println!("Page: {page} Status: {status}"),
        }
    }
    Ok(())
}
