//! Homework 03. All pages in flight at once, and printed in page order with the price of their first car.
//!
//!     Page: 3 Status: 200 Price: 9050     the price of the first car: see `shared::first_price`
//!     Page: 4 Status: 404                 a page without cars has no price
//!
//! The whole task is in this lesson's README. To try your program, and to have it judged:
//!
//!     cargo run -p lesson03 --bin homework03 -- --fault 3:404
//!     cargo homework check 3

use shared::Lesson;

#[tokio::main(flavor = "current_thread")]
async fn main() -> shared::Result {
    let lesson = shared::start()?;
    answer(&lesson).await?;
    lesson.finish()
}

async fn answer(lesson: &Lesson) -> shared::Result {
    // TODO: spawn a task for every page, then await them in page order, and print each one's line
    todo!("pages {:?}, the first of them is {}", lesson.pages(), lesson.url(1))
}
