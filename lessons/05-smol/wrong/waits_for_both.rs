//! Both answers are awaited, and only then is the one printed that came first.
//!
//! Must fail: others-given-up
//! May fail: lines
//! Shows first: others-given-up

use futures::future::select_all;
use lesson05::get_page;
use shared::Lesson;

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let pages: Vec<u32> = lesson.pages().collect();
    for pair in pages.chunks(2) {
        let tasks = pair.iter().map(|&page| smol::spawn(get_page(lesson.url(page))));
        let (status, first, others) = select_all(tasks).await;
        for other in others {
            other.await?;
        }
        println!("Page: {} Status: {}", pair[first], status?);
    }
    Ok(())
}
