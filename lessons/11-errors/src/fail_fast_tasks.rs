//! `fail-fast-tasks`: the first error ends the function, and nobody has told the tasks: they run on.

use console::say;
use futures::future::try_join_all;
use reqwest::Client;
use shared::Lesson;
use tokio::sync::mpsc;

use crate::get_page::get_page;

pub async fn run(lesson: &Lesson, client: &Client) -> shared::Result {
    // Each task has a sender, and nobody sends: the channel ends when the last task has ended.
    let (running, mut all_have_ended) = mpsc::channel::<()>(1);
    let result = all_pages(lesson, client, running).await;
    if let Err(why) = &result {
        say(format_args!("the function has ended: {why}\n"));
    }
    all_have_ended.recv().await;
    result
}

async fn all_pages(lesson: &Lesson, client: &Client, running: mpsc::Sender<()>) -> shared::Result {
    // #region fail_fast_tasks
    let mut tasks = Vec::new();
    for page in lesson.pages() {
        let (client, running) = (client.clone(), running.clone());
        let get = get_and_print(client, page, lesson.url(page), running);
        tasks.push(tokio::spawn(get));
    }
    drop(running);
    // Dropping a handle does not end its task.
    try_join_all(tasks.into_iter().map(async |task| task.await?)).await?;
    // #endregion fail_fast_tasks
    Ok(())
}

async fn get_and_print(client: Client, page: u32, url: String, _running: mpsc::Sender<()>) -> shared::Result {
    let (page, status) = get_page(&client, page, url).await?;
    println!("Page: {page} Status: {status}");
    Ok(())
}
