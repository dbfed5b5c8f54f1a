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
    for page in lesson.pages() {
        // #region select
        let mut answer = pin!(get_page(client, page, lesson.url(page)));
        let (page, status) = loop {
            select! {
                answer = &mut answer => break answer?,
                () = sleep(patience) => say(format_args!("page {page} is late\n")),
            }
        };
        // #endregion select
        println!("Page: {page} Status: {status}");
    }
    Ok(())
}
