//! No race: each page is awaited before the next one is asked for.
//!
//! Must fail: in-flight
//! May fail: others-given-up

use shared::Lesson;

use crate::http::get_page;

pub async fn answer(lesson: &Lesson) -> shared::Result {
    for page in lesson.pages() {
        let status = smol::spawn(get_page(lesson.url(page))).await?;
        println!("Page: {page} Status: {status}");
    }
    Ok(())
}
