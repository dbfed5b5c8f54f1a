//! `error_for_status` makes an error of the page that answers 500, and `unwrap` a panic, which the scope passes on.
//!
//! Must fail: lines, exit
//! May fail: kept-full
//! Shows first: exit
//! Says: panic

use std::sync::{Mutex, PoisonError};
use std::thread;

use reqwest::blocking::Client;
use shared::Lesson;

#[expect(clippy::unnecessary_wraps, reason = "nothing but panics is what is wrong")]
pub fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    let pages = Mutex::new(lesson.pages());
    let next_page = || pages.lock().unwrap_or_else(PoisonError::into_inner).next();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some(page) = next_page() {
                    let response = client.get(lesson.url(page)).send().unwrap().error_for_status().unwrap();
                    let status = response.status().as_u16();
                    response.bytes().unwrap();
                    println!("Page: {page} Status: {status}");
                }
            });
        }
    });
    Ok(())
}
