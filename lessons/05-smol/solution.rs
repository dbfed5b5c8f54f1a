//! Homework 05. A race in pairs: of pages 1 and 2 print the one that answers first, give the other up; then 3 and 4.
//!
//! Dropping a task cancels it, and with it its request: the site sees the connection closed. `lesson05::get_page` asks
//! for a page, on a connection of its own. While neither answers the program sleeps.
//!
//!     Page: 2 Status: 200
//!     Page: 3 Status: 200
//!
//! The whole task is in this lesson's README. To try your program, and to have it judged:
//!
//!     cargo run -p lesson05 --bin homework05
//!     cargo homework check 5

// #region answer
use futures::future::select_all;
use lesson05::get_page;
// #endregion answer
use shared::Lesson;

fn main() -> shared::Result {
    let lesson = shared::start()?;
    #[cfg(not(feature = "https"))]
    lesson.without_tls("cargo run -p lesson05 --bin homework05 --features https")?;
    smol::block_on(answer(&lesson))?;
    lesson.finish()
}

async fn answer(lesson: &Lesson) -> shared::Result {
    // #region answer: for each pair spawn two `get_page`s, print the first that is ready, drop the other's task
    let pages: Vec<u32> = lesson.pages().collect();
    for pair in pages.chunks(2) {
        let tasks = pair.iter().map(|&page| smol::spawn(get_page(lesson.url(page))));
        let (status, first, others) = select_all(tasks).await;
        drop(others);
        println!("Page: {} Status: {}", pair[first], status?);
    }
    Ok(())
    // #endregion answer
}
