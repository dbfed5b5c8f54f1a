//! A future does nothing until it is polled: the second of each pair is made, and dropped before it has begun.
//!
//! Must fail: each-page-once, in-flight
//! May fail: others-given-up
//! Shows first: each-page-once

use lesson05::get_page;
use shared::Lesson;

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let pages: Vec<u32> = lesson.pages().collect();
    for pair in pages.chunks(2) {
        let futures: Vec<_> = pair.iter().map(|&page| get_page(lesson.url(page))).collect();
        if let Some(first) = futures.into_iter().next() {
            println!("Page: {} Status: {}", pair[0], first.await?);
        }
    }
    Ok(())
}
