//! The workers share nothing: each of the four goes through all pages.
//!
//! Must fail: each-page-once, lines
//! May fail: kept-full

use std::thread;

use reqwest::blocking::Client;
use shared::Lesson;

pub fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    let work = || lesson.pages().try_for_each(|page| get_page(&client, page, lesson.url(page)));
    thread::scope(|scope| {
        let workers = [(); 4].map(|()| scope.spawn(work));
        workers.into_iter().try_for_each(|worker| worker.join().expect("a worker does not panic"))
    })
}

fn get_page(client: &Client, page: u32, url: String) -> shared::Result {
    let response = client.get(url).send()?;
    let status = response.status().as_u16();
    response.bytes()?;
    println!("Page: {page} Status: {status}");
    Ok(())
}
