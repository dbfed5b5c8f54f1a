//! Lesson 02's own program: a thread for every page, and so every page in flight at once.
//!
//! Must fail: in-flight, connections

use std::thread;

use reqwest::blocking::Client;
use shared::Lesson;

pub fn answer(lesson: &Lesson) -> shared::Result {
    let client = &Client::new();
    thread::scope(|scope| {
        let threads: Vec<_> =
            lesson.pages().map(|page| scope.spawn(move || get_page(client, page, lesson.url(page)))).collect();
        threads.into_iter().try_for_each(|thread| thread.join().expect("get_page does not panic"))
    })
}

fn get_page(client: &Client, page: u32, url: String) -> shared::Result {
    let response = client.get(url).send()?;
    let status = response.status().as_u16();
    response.bytes()?;
    println!("Page: {page} Status: {status}");
    Ok(())
}
