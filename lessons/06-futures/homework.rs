//! Homework 06. All pages in flight at once, and each page's line printed the moment its answer is there.
//!
//! While nothing arrives the program sleeps: it does not ask again and again whether something has.
//!
//!     Page: 7 Status: 200 Price: 9050     the price of the first car: see `shared::first_price`
//!     Page: 2 Status: 404                 a page without cars has no price
//!
//! The whole task is in this lesson's README. To try your program, and to have it judged:
//!
//!     cargo run -p lesson06 --bin homework06 -- --fault 3:404
//!     cargo homework check 6

use shared::Lesson;

#[tokio::main]
async fn main() -> shared::Result {
    let lesson = shared::start()?;
    answer(&lesson).await?;
    lesson.finish()
}

async fn answer(lesson: &Lesson) -> shared::Result {
    // TODO: gather the pages' futures in a form that hands them out as they become ready, and print each
    todo!("pages {:?}, the first of them is {}", lesson.pages(), lesson.url(1))
}
