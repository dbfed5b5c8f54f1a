//! The loser's task is detached, as dropping a handle does on tokio: its request goes on.
//!
//! Must fail: others-given-up
//! May fail: lines, each-page-once
//! Shows first: others-given-up

use futures::future::select_all;
use lesson05::get_page;
use shared::Lesson;

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let pages: Vec<u32> = lesson.pages().collect();
    for pair in pages.chunks(2) {
        let tasks = pair.iter().map(|&page| smol::spawn(get_page(lesson.url(page))));
        let (status, first, others) = select_all(tasks).await;
        others.into_iter().for_each(smol::Task::detach);
        println!("Page: {} Status: {}", pair[first], status?);
    }
    Ok(())
}
