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

// #region answer
use std::sync::{Mutex, PoisonError};
use std::thread;

use reqwest::blocking::Client;
// #endregion answer
use shared::Lesson;

fn main() -> shared::Result {
    let lesson = shared::start()?;
    answer(&lesson)?;
    lesson.finish()
}

fn answer(lesson: &Lesson) -> shared::Result {
    // #region answer: let four threads take the pages from one place, one by one, until none is left
    let client = Client::new();
    let pages = Mutex::new(lesson.pages());
    // A function of its own, so that the lock is released before the page is asked for.
    let next_page = || pages.lock().unwrap_or_else(PoisonError::into_inner).next();
    let work = || -> shared::Result {
        while let Some(page) = next_page() {
            let response = client.get(lesson.url(page)).send()?;
            let status = response.status().as_u16();
            // Read to its end, so that the connection is free for the next page.
            response.bytes()?;
            println!("Page: {page} Status: {status}");
        }
        Ok(())
    };
    thread::scope(|scope| {
        let workers = [(); 4].map(|()| scope.spawn(work));
        workers.into_iter().try_for_each(|worker| worker.join().expect("a worker does not panic"))
    })
    // #endregion answer
}
