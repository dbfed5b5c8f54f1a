//! `unwrap` takes it for granted that every page shows a price: it panics at the one that answers 500.
//!
//! Must fail: lines, exit
//! May fail: each-page-once, line-at-once
//! Shows first: exit
//! Says: panic

use reqwest::blocking::Client;
use shared::Lesson;

use crate::{get_page, line};

pub fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    for page in lesson.pages() {
        let (status, price) = get_page(&client, lesson.url(page))?;
        println!("{}", line(page, (status, Some(price.unwrap()))));
    }
    Ok(())
}
