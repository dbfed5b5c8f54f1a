//! A blocking client in a task. reqwest forbids that, so here it has a thread that the task waits for; but the task
//! waits with `join`, which blocks the only thread that all tasks have.
//!
//! Must fail: in-flight
//! Shows first: in-flight

use std::thread;

use reqwest::blocking;
use shared::Lesson;

use crate::line;

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let mut tasks = Vec::new();
    for page in lesson.pages() {
        let url = lesson.url(page);
        tasks.push(tokio::spawn(async move { thread::spawn(|| get_page(url)).join() }));
    }
    for (page, task) in lesson.pages().zip(tasks) {
        println!("{}", line(page, task.await?.expect("get_page does not panic")?));
    }
    Ok(())
}

fn get_page(url: String) -> shared::Result<(u16, Option<u32>)> {
    let response = blocking::get(url)?;
    let status = response.status().as_u16();
    let html = response.text()?;
    Ok((status, shared::first_price(&html)))
}
