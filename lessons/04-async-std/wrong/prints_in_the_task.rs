//! Each task prints its own line, so the lines come in the order of the answers, not of the pages.
//!
//! Must fail: lines
//! Shows first: lines

use async_std::task;
use shared::Lesson;
use surf::{Client, Config};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let all_at_once = lesson.pages().count();
    let client: Client = Config::new().set_max_connections_per_host(all_at_once).try_into()?;
    let mut tasks = Vec::new();
    for page in lesson.pages() {
        tasks.push(task::spawn(print_page(client.clone(), page, lesson.url(page))));
    }
    let mut result = Ok(());
    for task in tasks {
        result = result.and(task.await);
    }
    result
}

async fn print_page(client: Client, page: u32, url: String) -> shared::Result {
    let mut response = client.get(url).await.map_err(|why| shared::Error::from(why.into_inner()).on_page(page))?;
    let status = response.status();
    response.body_bytes().await.map_err(surf::Error::into_inner)?;
    println!("Page: {page} Status: {status}");
    Ok(())
}
