//! `Client::new()` keeps a pool of at most fifty connections to a host: ten requests wait for one that becomes free.
//!
//! Must fail: in-flight
//! Shows first: in-flight
//! Says: 50

use futures::future::join_all;
use shared::Lesson;
use surf::Client;

use crate::get_page;

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    // All in one task: of tasks on several threads two may each make the host's pool, and then there are a hundred.
    let answers = join_all(lesson.pages().map(|page| get_page(client.clone(), lesson.url(page)))).await;
    let mut result = Ok(());
    for (page, answer) in lesson.pages().zip(answers) {
        match answer {
            Ok(status) => println!("Page: {page} Status: {status}"),
            Err(why) => result = result.and(Err(why.on_page(page))),
        }
    }
    result
}
