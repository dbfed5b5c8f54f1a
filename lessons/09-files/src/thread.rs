//! `thread`: the second cure. One thread parses all pages, one after another, and a channel leads to it.

use std::path::Path;
use std::thread;

use futures::stream::{self, StreamExt, TryStreamExt};
use reqwest::Client;
use shared::Lesson;
use tokio::sync::{mpsc, oneshot};

use crate::cars;
use crate::get_page::get_page;

pub async fn run(lesson: &Lesson, client: &Client, at_once: usize, folder: &Path) -> shared::Result {
    let get = |page| get_page(client, page, lesson.url(page));
    let mut pages = stream::iter(lesson.pages()).map(get).buffer_unordered(at_once);
    let folder = folder.to_owned();
    // #region thread
    // Pages that wait for the thread are in memory: with a bounded channel, no more than ten.
    let (to_thread, mut from_task) = mpsc::channel::<(u32, u16, String)>(10);
    let (done, is_done) = oneshot::channel();
    thread::Builder::new().name("parser".to_owned()).spawn(move || {
        let mut parse = || -> shared::Result {
            while let Some((page, status, html)) = from_task.blocking_recv() {
                cars::save(page, &html, &folder)?;
                println!("Page: {page} Status: {status}");
            }
            Ok(())
        };
        let _ = done.send(parse());
    })?;
    while let Some(page) = pages.try_next().await? {
        // An error means that the thread has ended: why is said below.
        if to_thread.send(page).await.is_err() {
            break;
        }
    }
    // The thread's loop ends when nobody can send any more.
    drop(to_thread);
    is_done.await?
    // #endregion thread
}
