//! No race: each page is awaited before the next one is asked for.
//!
//! Must fail: in-flight
//! May fail: others-given-up
//! Shows first: in-flight

use lesson05::get_page;
use shared::Lesson;

pub async fn answer(lesson: &Lesson) -> shared::Result {
    for page in lesson.pages() {
        let status = smol::spawn(get_page(lesson.url(page))).await?;
        println!("Page: {page} Status: {status}");
    }
    Ok(())
}
