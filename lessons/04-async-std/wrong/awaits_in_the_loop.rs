//! Each request is awaited before the next one is made.
//!
//! Must fail: in-flight
//! Shows first: in-flight

use shared::Lesson;
use surf::Client;

use crate::get_page;

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    let mut result = Ok(());
    for page in lesson.pages() {
        match get_page(client.clone(), lesson.url(page)).await {
            Ok(status) => println!("Page: {page} Status: {status}"),
            Err(why) => result = result.and(Err(why.on_page(page))),
        }
    }
    result
}
