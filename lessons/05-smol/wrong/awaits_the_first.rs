//! The first page of a pair is awaited, whichever answers first.
//!
//! Must fail: others-given-up
//! May fail: lines, each-page-once
//! Shows first: others-given-up

use lesson05::get_page;
use shared::Lesson;

pub async fn answer(lesson: &Lesson) -> shared::Result {
    for page in lesson.pages().step_by(2) {
        let first = smol::spawn(get_page(lesson.url(page)));
        let second = smol::spawn(get_page(lesson.url(page + 1)));
        let status = first.await?;
        drop(second);
        println!("Page: {page} Status: {status}");
    }
    Ok(())
}
