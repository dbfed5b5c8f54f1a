//! `mutex`: the standard library's mutex, locked for no longer than an addition takes. No `.await` while it is locked.

use std::sync::{Arc, Mutex};

use console::say;
use reqwest::Client;
use shared::{Lesson, first_price};
use tokio::task::JoinSet;

use crate::common::{all_done, get_page};
use crate::prices::Prices;

pub async fn run(lesson: &Lesson, client: &Client) -> shared::Result {
    let prices = Arc::new(Mutex::new(Prices::default()));
    let mut tasks = JoinSet::new();
    for page in lesson.pages() {
        let (client, url, prices) = (client.clone(), lesson.url(page), Arc::clone(&prices));
        // #region mutex
        tasks.spawn(async move {
            let (status, html) = get_page(&client, url).await?;
            if let Some(price) = first_price(&html) {
                // The guard is gone at the end of this statement.
                prices.lock().unwrap().add(price);
            }
            println!("Page: {page} Status: {status}");
            Ok(())
        });
        // #endregion mutex
    }
    all_done(tasks).await?;
    say(format_args!("{}\n", prices.lock().unwrap()));
    Ok(())
}
