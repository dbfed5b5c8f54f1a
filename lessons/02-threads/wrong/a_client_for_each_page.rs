//! Four workers as there should be, but each page has a new client, and with it a new connection.
//!
//! Must fail: connections
//! Shows first: connections

use std::sync::{Mutex, PoisonError};
use std::thread;

use reqwest::blocking::Client;
use shared::Lesson;

use crate::get_page;

pub fn answer(lesson: &Lesson) -> shared::Result {
    let pages = Mutex::new(lesson.pages());
    let next_page = || pages.lock().unwrap_or_else(PoisonError::into_inner).next();
    let work = || -> shared::Result {
        while let Some(page) = next_page() {
            get_page(&Client::new(), page, lesson.url(page))?;
        }
        Ok(())
    };
    thread::scope(|scope| {
        let workers = [(); 4].map(|()| scope.spawn(work));
        workers.into_iter().try_for_each(|worker| worker.join().expect("a worker does not panic"))
    })
}
