//! The status is the winner's, but the page is always the pair's first.
//!
//! Must fail: lines
//! Shows first: lines
//! Says: had not answered

use lesson05::get_page;
use shared::Lesson;

pub async fn answer(lesson: &Lesson) -> shared::Result {
    for page in lesson.pages().step_by(2) {
        let first = smol::spawn(get_page(lesson.url(page)));
        let second = smol::spawn(get_page(lesson.url(page + 1)));
        let status = smol::future::or(first, second).await?;
        println!("Page: {page} Status: {status}");
    }
    Ok(())
}
