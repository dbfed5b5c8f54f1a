//! `actor`: one task owns the prices. The others send it messages, and a question brings the way for its answer along.

use console::say;
use reqwest::Client;
use shared::{Lesson, first_price};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

use crate::common::{all_done, get_page};
use crate::prices::Prices;

// #region actor
enum Message {
    Add(u32),
    Tell(oneshot::Sender<Prices>),
}

async fn keep_prices(mut mailbox: mpsc::Receiver<Message>) {
    let mut prices = Prices::default();
    while let Some(message) = mailbox.recv().await {
        match message {
            Message::Add(price) => prices.add(price),
            // An error means that nobody waits for the answer any more.
            Message::Tell(to) => drop(to.send(prices)),
        }
    }
}
// #endregion actor

pub async fn run(lesson: &Lesson, client: &Client, mailbox: usize) -> shared::Result {
    let (keeper, messages) = mpsc::channel(mailbox);
    tokio::spawn(keep_prices(messages));
    let mut tasks = JoinSet::new();
    for page in lesson.pages() {
        let (client, url, keeper) = (client.clone(), lesson.url(page), keeper.clone());
        tasks.spawn(async move {
            let (status, html) = get_page(&client, url).await?;
            if let Some(price) = first_price(&html) {
                keeper.send(Message::Add(price)).await?;
            }
            println!("Page: {page} Status: {status}");
            Ok(())
        });
    }
    all_done(tasks).await?;
    // #region ask
    let (to, answer) = oneshot::channel();
    keeper.send(Message::Tell(to)).await?;
    let prices = answer.await?;
    // #endregion ask
    say(format_args!("{prices}\n"));
    Ok(())
}
