//! A worker panics at the page that answers 500, and nobody looks at what `join` says: the line is missing, and from
//! then on three threads do the work of four.
//!
//! Must fail: lines
//! May fail: kept-full
//! Shows first: kept-full, lines
//! Says: a thread panicked

use std::sync::{Mutex, PoisonError};
use std::thread;

use reqwest::blocking::Client;
use shared::Lesson;

#[expect(clippy::unnecessary_wraps, reason = "that no error gets out is what is wrong")]
pub fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    let pages = Mutex::new(lesson.pages());
    let next_page = || pages.lock().unwrap_or_else(PoisonError::into_inner).next();
    let work = || -> shared::Result {
        while let Some(page) = next_page() {
            get_page(&client, page, lesson.url(page))?;
        }
        Ok(())
    };
    thread::scope(|scope| {
        for worker in [(); 4].map(|()| scope.spawn(work)) {
            let _ = worker.join();
        }
    });
    Ok(())
}

fn get_page(client: &Client, page: u32, url: String) -> shared::Result {
    let response = client.get(url).send()?;
    assert!(response.status().is_success(), "page {page} answered {}", response.status());
    let status = response.status().as_u16();
    response.bytes()?;
    println!("Page: {page} Status: {status}");
    Ok(())
}
