//! `abort`: a task runs on when its handle is dropped. It has to be aborted.

use std::time::Duration;

use console::say;
use reqwest::Client;
use shared::Lesson;
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};

use crate::get_page::get_page;

pub async fn run(lesson: &Lesson, client: &Client, patience: Duration) -> shared::Result {
    let deadline = Instant::now() + patience;
    let (done, mut answers) = mpsc::unbounded_channel::<shared::Result<(u32, u16)>>();
    let mut tasks = Vec::new();
    for page in lesson.pages() {
        let (client, url, done) = (client.clone(), lesson.url(page), done.clone());
        let get = async move { done.send(get_page(&client, page, url).await) };
        tasks.push((page, tokio::spawn(get)));
    }
    // The channel ends when the last task does.
    drop(done);

    while let Ok(Some(answer)) = timeout_at(deadline, answers.recv()).await {
        let (page, status) = answer?;
        println!("Page: {page} Status: {status}");
    }
    // #region abort
    for (page, task) in tasks {
        if page <= 5 {
            task.abort();
            if task.await.is_err_and(|why| why.is_cancelled()) {
                say(format_args!("page {page} was aborted\n"));
            }
        }
        // Of the pages from 6 on only the handle is dropped, here.
    }
    while let Some(answer) = answers.recv().await {
        let (page, status) = answer?;
        println!("Page: {page} Status: {status}");
    }
    // #endregion abort
    Ok(())
}
