//! That a page shows no price is made an error, and the error ends the program.
//!
//! Must fail: lines, exit
//! Shows first: exit

use reqwest::Client;
use shared::Lesson;

use crate::{get_page, line};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    let mut tasks = Vec::new();
    for page in lesson.pages() {
        tasks.push(tokio::spawn(get_page(client.clone(), lesson.url(page))));
    }
    for (page, task) in lesson.pages().zip(tasks) {
        let (status, price) = task.await??;
        println!("{}", line(page, (status, Some(price.ok_or("no price")?))));
    }
    Ok(())
}
