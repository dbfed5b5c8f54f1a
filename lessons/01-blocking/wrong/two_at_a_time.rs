//! Two threads ask for two pages at a time, as lesson 02 does for all.
//!
//! Must fail: in-flight
//! May fail: page-order, connections, lines, line-at-once
//! Shows first: in-flight

use std::thread;

use reqwest::blocking::Client;
use shared::Lesson;

use crate::{get_page, line};

pub fn answer(lesson: &Lesson) -> shared::Result {
    let client = &Client::new();
    let pages: Vec<u32> = lesson.pages().collect();
    for pair in pages.chunks(2) {
        thread::scope(|scope| {
            let threads: Vec<_> =
                pair.iter().map(|&page| scope.spawn(move || get_page(client, lesson.url(page)))).collect();
            for (&page, thread) in pair.iter().zip(threads) {
                println!("{}", line(page, thread.join().expect("get_page does not panic")?));
            }
            shared::Result::Ok(())
        })?;
    }
    Ok(())
}
