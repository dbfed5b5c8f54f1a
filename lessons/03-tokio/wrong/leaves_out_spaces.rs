//! There is no space after the colons.
//!
//! Must fail: lines
//! Shows first: lines
//! Says: what was served makes it

use reqwest::Client;
use shared::Lesson;

use crate::get_page;

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    let mut tasks = Vec::new();
    for page in lesson.pages() {
        tasks.push(tokio::spawn(get_page(client.clone(), lesson.url(page))));
    }
    for (page, task) in lesson.pages().zip(tasks) {
        match task.await?? {
            (status, Some(price)) => println!("Page:{page} Status:{status} Price:{price}"),
            (status, None) => println!("Page:{page} Status:{status}"),
        }
    }
    Ok(())
}
