//! The loser is cancelled, and then its result is asked for, which it does not have.
//!
//! Must fail: each-page-once, exit
//! May fail: others-given-up
//! Shows first: exit

use futures::future::select_all;
use lesson05::get_page;
use shared::Lesson;

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let pages: Vec<u32> = lesson.pages().collect();
    for pair in pages.chunks(2) {
        let tasks = pair.iter().map(|&page| smol::spawn(get_page(lesson.url(page))));
        let (status, first, others) = select_all(tasks).await;
        println!("Page: {} Status: {}", pair[first], status?);
        for other in others {
            other.cancel().await.ok_or("the other page has no status")??;
        }
    }
    Ok(())
}
