//! `race`: each page races with a timer of its own. `select!` drops who loses.

use std::time::Duration;

use console::say;
use futures::stream::{FuturesUnordered, StreamExt};
use reqwest::Client;
use shared::Lesson;
use tokio::select;
use tokio::time::sleep;

use crate::get_page::get_page;

pub async fn run(lesson: &Lesson, client: &Client, patience: Duration) -> shared::Result {
    // #region race
    let get = |page| async move {
        select! {
            answer = get_page(client, page, lesson.url(page)) => Ok(answer),
            () = sleep(patience) => Err(page),
        }
    };
    // #endregion race
    let mut answers: FuturesUnordered<_> = lesson.pages().map(get).collect();
    while let Some(winner) = answers.next().await {
        match winner {
            Ok(answer) => {
                let (page, status) = answer?;
                println!("Page: {page} Status: {status}");
            }
            Err(page) => say(format_args!("page {page} lost to its timer\n")),
        }
    }
    Ok(())
}
