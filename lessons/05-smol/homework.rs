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

use shared::Lesson;

fn main() -> shared::Result {
    let lesson = shared::start()?;
    #[cfg(not(feature = "https"))]
    lesson.without_tls("cargo run -p lesson05 --bin homework05 --features https")?;
    smol::block_on(answer(&lesson))?;
    lesson.finish()
}

async fn answer(lesson: &Lesson) -> shared::Result {
    // TODO: for each pair spawn two `get_page`s, print the first that is ready, drop the other's task
    todo!("pages {:?}, the first of them is {}", lesson.pages(), lesson.url(1))
}
