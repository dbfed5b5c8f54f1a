//! Every page has a task, but each task is awaited in the loop that spawns it.
//!
//! Must fail: in-flight
//! Shows first: in-flight

use reqwest::Client;
use shared::Lesson;

use crate::get_page;

pub async fn answer(lesson: &Lesson) -> shared::Result {
    // #region mistake
    let client = Client::new();
    for page in lesson.pages() {
        let task = tokio::spawn(get_page(client.clone(), lesson.url(page)));
        print(page, task.await??);
    }
    // #endregion mistake
    Ok(())
}

fn print(page: u32, answer: (u16, Option<u32>)) {
    match answer {
        (status, Some(price)) => println!("Page: {page} Status: {status} Price: {price}"),
        (status, None) => println!("Page: {page} Status: {status}"),
    }
}
