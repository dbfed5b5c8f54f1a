//! Homework 11. Pages go wrong, each in its own way. Each is asked for again where that helps, nobody waits for another,
//! and a line says what became of each page.
//!
//!     Page: 3 Status: 200
//!     Page: 7 Error: timeout     after a second attempt of two seconds
//!
//! The whole task is in this lesson's README. To try your program, and to have it judged:
//!
//!     cargo run -p lesson11 --bin homework11 -- --fault 3:fail-first=2,retry-after=2 --fault 5:cut-first=1 --fault 7:never
//!     cargo homework check 11

use shared::Lesson;

#[tokio::main]
async fn main() -> shared::Result {
    let lesson = shared::start()?;
    answer(&lesson).await?;
    lesson.finish()
}

async fn answer(lesson: &Lesson) -> shared::Result {
    // TODO: ask for all pages at once, and for each again as the task says; say at once what became of it
    todo!("pages {:?}, the first of them is {}", lesson.pages(), lesson.url(1))
}
