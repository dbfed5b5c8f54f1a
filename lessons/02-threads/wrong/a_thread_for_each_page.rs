//! Lesson 02's own program: a thread for every page, and so every page in flight at once.
//!
//! Must fail: in-flight
//! May fail: kept-full, connections
//! Shows first: in-flight

use std::thread;

use reqwest::blocking::Client;
use shared::Lesson;

use crate::get_page;

pub fn answer(lesson: &Lesson) -> shared::Result {
    let client = &Client::new();
    thread::scope(|scope| {
        let threads: Vec<_> =
            lesson.pages().map(|page| scope.spawn(move || get_page(client, page, lesson.url(page)))).collect();
        threads.into_iter().try_for_each(|thread| thread.join().expect("get_page does not panic"))
    })
}
