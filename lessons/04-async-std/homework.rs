//! Homework 04. Sixty pages at once on async-std and surf: one connection breaks, the others are printed.
//!
//! The pages that arrived are printed in page order. Only then does the program end with the broken page's error.
//!
//!     Page: 3 Status: 200
//!     Page: 5 Status: 200
//!     Error: page 4: ...
//!
//! The whole task is in this lesson's README. To try your program, and to have it judged:
//!
//!     cargo run -p lesson04 --bin homework04 -- --pages 60 --fault 4:reset
//!     cargo homework check 4

use shared::Lesson;

#[async_std::main]
async fn main() -> shared::Result {
    let lesson = shared::start()?;
    #[cfg(not(feature = "https"))]
    lesson.without_tls("cargo run -p lesson04 --bin homework04 --features https")?;
    answer(&lesson).await?;
    lesson.finish()
}

async fn answer(lesson: &Lesson) -> shared::Result {
    // TODO: ask for all pages at once, print those that arrive, and return the first error at the end
    todo!("pages {:?}, the first of them is {}", lesson.pages(), lesson.url(1))
}
