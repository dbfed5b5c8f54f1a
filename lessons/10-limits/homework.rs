//! Homework 10. Each page, and then the details page of its first car, which is slow. Four pages are in flight as long as
//! there is room for them, and one details page; two pages wait in a queue, and nobody runs ahead of that.
//!
//!     Page: 3 Status: 200 Price: 9050     printed when the details page, which shows the price, has come
//!
//! The whole task is in this lesson's README. To try your program, and to have it judged:
//!
//!     cargo run -p lesson10 --bin homework10 -- --pages 30
//!     cargo homework check 10

use shared::Lesson;

#[tokio::main(flavor = "current_thread")]
async fn main() -> shared::Result {
    let lesson = shared::start()?;
    answer(&lesson).await?;
    lesson.finish()
}

async fn answer(lesson: &Lesson) -> shared::Result {
    // TODO: four workers, a queue of two, and one consumer
    let _ = &lesson;
    todo!()
}
