//! The first page's task is dropped as soon as it is spawned: that cancels it before it has asked.
//!
//! Must fail: each-page-once
//! May fail: in-flight, others-given-up, lines
//! Shows first: each-page-once

use lesson05::get_page;
use shared::Lesson;

pub async fn answer(lesson: &Lesson) -> shared::Result {
    for page in lesson.pages().step_by(2) {
        drop(smol::spawn(get_page(lesson.url(page))));
        let status = get_page(lesson.url(page + 1)).await?;
        println!("Page: {} Status: {status}", page + 1);
    }
    Ok(())
}
