//! All answers are gathered into one `Result`: for the one that is missing, all others are thrown away.
//!
//! Must fail: lines
//! Shows first: lines

use async_std::task;
use shared::Lesson;
use surf::{Client, Config};

use crate::get_page;

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let all_at_once = lesson.pages().count();
    let client: Client = Config::new().set_max_connections_per_host(all_at_once).try_into()?;
    let mut tasks = Vec::new();
    for page in lesson.pages() {
        tasks.push(task::spawn(get_page(client.clone(), lesson.url(page))));
    }
    let mut answers = Vec::new();
    for (page, task) in lesson.pages().zip(tasks) {
        answers.push(task.await.map(|status| (page, status)).map_err(|why| why.on_page(page)));
    }
    let answers = answers.into_iter().collect::<shared::Result<Vec<_>>>()?;
    for (page, status) in answers {
        println!("Page: {page} Status: {status}");
    }
    Ok(())
}
