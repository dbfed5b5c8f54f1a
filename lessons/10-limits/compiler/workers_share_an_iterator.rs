//! Several workers that take from one iterator each need it mutably. A `RefCell` lends it to one after another.

#[cfg(feature = "cured")]
use std::cell::RefCell;

use shared::Lesson;

async fn work(lesson: &Lesson, mut next: impl FnMut() -> Option<u32>) -> shared::Result {
    while let Some(page) = next() {
        println!("Page: {page} Status: {}", reqwest::get(lesson.url(page)).await?.status().as_u16());
    }
    Ok(())
}

#[tokio::main]
async fn main() -> shared::Result {
    let lesson = shared::start()?;
    #[cfg(not(feature = "cured"))]
    let mut pages = lesson.pages();
    #[cfg(not(feature = "cured"))]
    let (one, other) = (work(&lesson, || pages.next()), work(&lesson, || pages.next()));
    #[cfg(feature = "cured")]
    let pages = RefCell::new(lesson.pages());
    #[cfg(feature = "cured")]
    let (one, other) = (work(&lesson, || pages.borrow_mut().next()), work(&lesson, || pages.borrow_mut().next()));
    tokio::try_join!(one, other)?;
    lesson.finish()
}
