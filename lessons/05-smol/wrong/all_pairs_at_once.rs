//! All pairs race at the same time, so that the other pairs' requests go on when one pair is done.
//!
//! Must fail: others-given-up
//! May fail: lines
//! Shows first: others-given-up

use futures::future::{join_all, select_all};
use lesson05::get_page;
use shared::Lesson;

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let pages: Vec<u32> = lesson.pages().collect();
    let races = pages.chunks(2).map(async |pair| {
        let tasks = pair.iter().map(|&page| smol::spawn(get_page(lesson.url(page))));
        let (status, first, _others) = select_all(tasks).await;
        println!("Page: {} Status: {}", pair[first], status?);
        Ok(())
    });
    join_all(races).await.into_iter().collect()
}
