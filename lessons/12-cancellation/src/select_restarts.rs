//! `select-restarts`: the same loop with its mistake. Each turn makes a new request, and drops the one before.

use std::time::Duration;

use console::say;
use reqwest::Client;
use shared::Lesson;
use tokio::select;
use tokio::time::sleep;

use crate::get_page::get_page;
use crate::watchdog;

pub async fn run(lesson: &Lesson, client: &Client, patience: Duration) -> shared::Result {
    let ask = |page| get_page(client, page, lesson.url(page));
    for page in lesson.pages() {
        let late = || say(format_args!("page {page} is late\n"));
        let turns = async {
            // #region select_restarts
            let (page, status) = loop {
                select! {
                    answer = ask(page) => break answer?,
                    () = sleep(patience) => late(),
                }
            };
            // #endregion select_restarts
            Ok((page, status))
        };
        let why = "it is asked for anew in each turn of the loop, and never gets the time to answer";
        let (page, status) = watchdog::watch(turns, patience, page, why).await?;
        println!("Page: {page} Status: {status}");
    }
    Ok(())
}
