//! Where there is no price the line still says `Price: `, and nothing after it.
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
        let (status, price) = task.await??;
        let price = price.map_or_else(String::new, |price| price.to_string());
        println!("Page: {page} Status: {status} Price: {price}");
    }
    Ok(())
}
