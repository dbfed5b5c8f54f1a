//! Lesson 03's program, line by line.

use async_std::task;
use shared::Lesson;
use surf::{Client, Config};

pub async fn run(lesson: &Lesson) -> shared::Result {
    // A client that is left as it is opens 50 connections to a host at most, and lets all other requests wait.
    // #region tasks
    let all_at_once = lesson.pages().count();
    let config = Config::new().set_max_connections_per_host(all_at_once);
    let client: Client = config.try_into()?;
    let mut tasks = Vec::new();
    for page in lesson.pages() {
        tasks.push(task::spawn(get_page(client.clone(), lesson.url(page))));
    }
    for (page, task) in lesson.pages().zip(tasks) {
        let status = task.await.map_err(|why| why.on_page(page))?;
        println!("Page: {page} Status: {status}");
    }
    // #endregion tasks
    Ok(())
}

// #region get_page
async fn get_page(client: Client, url: String) -> shared::Result<u16> {
    let mut response = client.get(url).await?;
    let status = response.status().into();
    response.body_bytes().await?;
    Ok(status)
}
// #endregion get_page
