//! The blocking client in an asynchronous program: in a debug build reqwest panics.
//!
//! Must fail: exit
//! May fail: each-page-once, in-flight, lines
//! Shows first: exit
//! Says: panic

use reqwest::blocking::Client;
use shared::Lesson;

use crate::line;

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    let mut tasks = Vec::new();
    for page in lesson.pages() {
        tasks.push(tokio::spawn(get_page(client.clone(), lesson.url(page))));
    }
    for (page, task) in lesson.pages().zip(tasks) {
        println!("{}", line(page, task.await??));
    }
    Ok(())
}

async fn get_page(client: Client, url: String) -> shared::Result<(u16, Option<u32>)> {
    let response = client.get(url).send()?;
    let status = response.status().as_u16();
    let html = response.text()?;
    Ok((status, shared::first_price(&html)))
}
