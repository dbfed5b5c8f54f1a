//! The workers share nothing: each of the four goes through all pages.
//!
//! Must fail: each-page-once, in-flight, lines
//! May fail: kept-full
//! Shows first: each-page-once

use std::thread;

use reqwest::blocking::Client;
use shared::Lesson;

use crate::get_page;

pub fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    let work = || lesson.pages().try_for_each(|page| get_page(&client, page, lesson.url(page)));
    thread::scope(|scope| {
        let workers = [(); 4].map(|()| scope.spawn(work));
        workers.into_iter().try_for_each(|worker| worker.join().expect("a worker does not panic"))
    })
}
