//! `snooze-cured`: the first request is dropped before the second one begins, and with it the lock is free.

use std::time::Duration;

use reqwest::Client;
use shared::Lesson;
use tokio::select;
use tokio::sync::Mutex;
use tokio::time::sleep;

use crate::get_page::get_page;

pub async fn run(lesson: &Lesson, client: &Client, patience: Duration) -> shared::Result {
    let turn = Mutex::new(());
    let ask = async |page| {
        let _turn = turn.lock().await;
        get_page(client, page, lesson.url(page)).await
    };
    for page in lesson.pages() {
        // #region snooze_cured
        let answer = select! {
            // Not `&mut`: `select!` drops it before the other branch's code.
            answer = ask(page) => answer,
            () = sleep(patience) => ask(page).await,
        };
        // #endregion snooze_cured
        let (page, status) = answer?;
        println!("Page: {page} Status: {status}");
    }
    Ok(())
}
