//! `snooze`: a future that is neither polled nor dropped keeps what it has. Here it is a lock, and all stands still.

use std::pin::pin;
use std::time::Duration;

use reqwest::Client;
use shared::Lesson;
use tokio::select;
use tokio::sync::Mutex;
use tokio::time::sleep;

use crate::get_page::get_page;
use crate::watchdog;

pub async fn run(lesson: &Lesson, client: &Client, patience: Duration) -> shared::Result {
    // Who has it may ask: the site is to have one request at a time.
    let turn = Mutex::new(());
    let ask = async |page| {
        let _turn = turn.lock().await;
        get_page(client, page, lesson.url(page)).await
    };
    for page in lesson.pages() {
        let answer = async {
            // #region snooze
            let mut first = pin!(ask(page));
            select! {
                answer = &mut first => answer,
                // It is late: perhaps a second request is quicker.
                () = sleep(patience) => ask(page).await,
            }
            // #endregion snooze
        };
        let why = "its first request holds the lock, and nobody polls that request any more";
        let (page, status) = watchdog::watch(answer, patience, page, why).await?;
        println!("Page: {page} Status: {status}");
    }
    Ok(())
}
