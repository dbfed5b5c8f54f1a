//! Homework 02. Four worker threads share the pages: four in flight as long as pages are left, and never five.
//!
//! A worker asks for its next page as soon as it has printed the one before. The lines may come in any order.
//!
//!     Page: 3 Status: 200
//!     Page: 4 Status: 500
//!
//! The whole task is in this lesson's README. To try your program, and to have it judged:
//!
//!     cargo run -p lesson02 --bin homework02 -- --fault 3:500
//!     cargo homework check 2

use shared::Lesson;

fn main() -> shared::Result {
    let lesson = shared::start()?;
    answer(&lesson)?;
    lesson.finish()
}

fn answer(lesson: &Lesson) -> shared::Result {
    // TODO: let four threads take the pages from one place, one by one, until none is left
    todo!("pages {:?}, the first of them is {}", lesson.pages(), lesson.url(1))
}
