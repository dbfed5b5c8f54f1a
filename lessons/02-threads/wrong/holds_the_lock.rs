//! Four threads, but the lock taken in the `while let` is held through the loop's body: only one asks at a time.
//!
//! Must fail: in-flight
//! May fail: kept-full
//! Shows first: in-flight

use std::sync::{Mutex, PoisonError};
use std::thread;

use reqwest::blocking::Client;
use shared::Lesson;

use crate::get_page;

pub fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    let pages = Mutex::new(lesson.pages());
    let work = || -> shared::Result {
        while let Some(page) = pages.lock().unwrap_or_else(PoisonError::into_inner).next() {
            get_page(&client, page, lesson.url(page))?;
        }
        Ok(())
    };
    thread::scope(|scope| {
        let workers = [(); 4].map(|()| scope.spawn(work));
        workers.into_iter().try_for_each(|worker| worker.join().expect("a worker does not panic"))
    })
}
