//! While one page is waited for, a second thread asks for the next one.
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
            let ahead = pair.get(1).map(|&page| scope.spawn(move || get_page(client, lesson.url(page))));
            println!("{}", line(pair[0], get_page(client, lesson.url(pair[0]))?));
            if let Some(ahead) = ahead {
                println!("{}", line(pair[1], ahead.join().expect("get_page does not panic")?));
            }
            shared::Result::Ok(())
        })?;
    }
    Ok(())
}
