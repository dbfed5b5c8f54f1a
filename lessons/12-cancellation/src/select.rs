//! `select`: a loop that waits for a page, and says now and then that it does. The request outlives each turn.

use std::pin::pin;
use std::time::Duration;

use console::say;
use reqwest::Client;
use shared::Lesson;
use tokio::select;
use tokio::time::sleep;

use crate::get_page::get_page;

pub async fn run(lesson: &Lesson, client: &Client, patience: Duration) -> shared::Result {
    let ask = |page| get_page(client, page, lesson.url(page));
    for page in lesson.pages() {
        let late = || say(format_args!("page {page} is late\n"));
        // #region select
        let mut answer = pin!(ask(page));
        let (page, status) = loop {
            select! {
                answer = &mut answer => break answer?,
                () = sleep(patience) => late(),
            }
        };
        // #endregion select
        println!("Page: {page} Status: {status}");
    }
    Ok(())
}
