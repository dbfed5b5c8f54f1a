//! Four pages at a time, each batch awaited whole: three places stay empty until the slowest of the four is done.
//!
//! Must fail: kept-full
//! Shows first: kept-full

use std::thread;

use reqwest::blocking::Client;
use shared::Lesson;

use crate::get_page;

pub fn answer(lesson: &Lesson) -> shared::Result {
    let client = &Client::new();
    let pages: Vec<u32> = lesson.pages().collect();
    for batch in pages.chunks(4) {
        thread::scope(|scope| {
            let threads: Vec<_> =
                batch.iter().map(|&page| scope.spawn(move || get_page(client, page, lesson.url(page)))).collect();
            threads.into_iter().try_for_each(|thread| thread.join().expect("get_page does not panic"))
        })?;
    }
    Ok(())
}
