//! The lines that are wanted are printed, and no page is asked for.
//!
//! Must fail: each-page-once, in-flight, lines
//! Shows first: each-page-once

use shared::Lesson;

pub async fn answer(lesson: &Lesson) -> shared::Result {
    for page in lesson.pages() {
        println!("Page: {page} Status: 200 Price: 9050");
    }
    Ok(())
}
