//! There is a comma after each field.
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
        match get_page(&client, lesson.url(page))? {
            (status, Some(price)) => println!("Page: {page}, Status: {status}, Price: {price}"),
            (status, None) => println!("Page: {page}, Status: {status}"),
        }
    }
    Ok(())
}
