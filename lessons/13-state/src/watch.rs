//! `watch`: a channel that holds one value, the newest. Whoever looks seldom sees fewer values, and stops nobody.

use std::time::Duration;

use console::say;
use reqwest::Client;
use shared::{Lesson, first_price};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::common::{all_done, get_page};
use crate::prices::Prices;

pub async fn run(lesson: &Lesson, client: &Client) -> shared::Result {
    let (prices, mut progress) = watch::channel(Prices::default());
    // #region look
    let looks = tokio::spawn(async move {
        while progress.changed().await.is_ok() {
            // A copy: the reference locks the channel.
            let prices = *progress.borrow_and_update();
            say(format_args!("{prices}\n"));
            sleep(Duration::from_millis(100)).await;
        }
    });
    // #endregion look
    let mut tasks = JoinSet::new();
    for page in lesson.pages() {
        let (client, url, prices) = (client.clone(), lesson.url(page), prices.clone());
        // #region watch
        tasks.spawn(async move {
            let (status, html) = get_page(&client, url).await?;
            if let Some(price) = first_price(&html) {
                prices.send_modify(|prices| prices.add(price));
            }
            println!("Page: {page} Status: {status}");
            Ok(())
        });
        // #endregion watch
    }
    // The loop that looks ends when nobody can change the value any more, after it has seen the last one.
    drop(prices);
    all_done(tasks).await?;
    looks.await?;
    Ok(())
}
