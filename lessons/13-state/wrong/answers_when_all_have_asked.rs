//! An actor keeps the prices, and answers those who ask for the sum; but it takes all messages before it answers any.
//!
//! Must fail: progress
//! Shows first: progress

use reqwest::Client;
use shared::Lesson;
use tokio::sync::{mpsc, oneshot};

use crate::{add_all, get_pages, get_price, print_sum, print_total};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    let details = get_pages(lesson, &client).await?;
    let (keeper, mailbox) = mpsc::channel(details.len());
    let kept = tokio::spawn(keep_prices(mailbox, details.len()));
    add_all(&client, details, move |client, url| {
        let keeper = keeper.clone();
        async move {
            let price = get_price(client, url).await?;
            let (to, answer) = oneshot::channel();
            keeper.send((price, to)).await?;
            print_sum(&answer.await?);
            Ok(())
        }
    })
    .await?;
    print_total(&kept.await?);
    Ok(())
}

type Question = (u32, oneshot::Sender<Vec<u32>>);

async fn keep_prices(mut mailbox: mpsc::Receiver<Question>, count: usize) -> Vec<u32> {
    let mut questions = Vec::new();
    mailbox.recv_many(&mut questions, count).await;
    while questions.len() < count
        && let Some(question) = mailbox.recv().await
    {
        questions.push(question);
    }
    let mut prices = Vec::new();
    for (price, to) in questions {
        prices.push(price);
        // An error means that nobody waits any more.
        let _ = to.send(prices.clone());
    }
    prices
}
