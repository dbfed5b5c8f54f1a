//! The losers are kept until the end of the program, and their requests with them.
//!
//! Must fail: others-given-up
//! May fail: lines, each-page-once
//! Shows first: others-given-up

use futures::future::select_all;
use lesson05::get_page;
use shared::Lesson;

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let pages: Vec<u32> = lesson.pages().collect();
    let mut losers = Vec::new();
    for pair in pages.chunks(2) {
        let tasks = pair.iter().map(|&page| smol::spawn(get_page(lesson.url(page))));
        let (status, first, others) = select_all(tasks).await;
        losers.extend(others);
        println!("Page: {} Status: {}", pair[first], status?);
    }
    Ok(())
}
