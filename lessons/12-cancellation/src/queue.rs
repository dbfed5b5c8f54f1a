//! `queue`: whoever gives up its place in a queue, and takes another, is always the last.

use std::time::Duration;

use console::say;
use futures::stream::{FuturesUnordered, TryStreamExt};
use reqwest::Client;
use shared::Lesson;
use tokio::select;
use tokio::sync::Mutex;
use tokio::time::sleep;

use crate::get_page::get_page;

/// The page that does not wait quietly.
const IMPATIENT: u32 = 3;

pub async fn run(lesson: &Lesson, client: &Client, patience: Duration) -> shared::Result {
    // Who has it may ask. It is given to those who wait for it in the order of their coming.
    let turn = Mutex::new(());
    let get = |page| {
        let turn = &turn;
        async move {
            let _turn = if page == IMPATIENT {
                let still_waits = || say(format_args!("page {page} still waits\n"));
                // #region queue
                loop {
                    select! {
                        turn = turn.lock() => break turn,
                        () = sleep(patience) => still_waits(),
                    }
                }
                // #endregion queue
            } else {
                turn.lock().await
            };
            get_page(client, page, lesson.url(page)).await
        }
    };
    let mut answers: FuturesUnordered<_> = lesson.pages().map(get).collect();
    while let Some((page, status)) = answers.try_next().await? {
        println!("Page: {page} Status: {status}");
    }
    Ok(())
}
