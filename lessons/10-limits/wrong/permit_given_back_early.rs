//! The permit bounds the request alone: who waits for the queue has given it back, and the next page is asked for.
//!
//! Must fail: ahead
//! Shows first: ahead

use futures::future::try_join_all;
use reqwest::Client;
use shared::Lesson;
use tokio::sync::{Semaphore, mpsc};

use crate::{Page, finish, get_page};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    let semaphore = Semaphore::new(4);
    let (to_consumer, mut from_tasks) = mpsc::channel(2);
    let ask = async |page, to_consumer: mpsc::Sender<Page>| -> shared::Result {
        let permit = semaphore.acquire().await?;
        let page = get_page(&client, page, lesson.url(page)).await?;
        drop(permit);
        to_consumer.send(page).await?;
        Ok(())
    };
    let tasks = try_join_all(lesson.pages().map(|page| ask(page, to_consumer.clone())));
    drop(to_consumer);
    let consumer = async {
        while let Some(page) = from_tasks.recv().await {
            finish(lesson, &client, page).await?;
        }
        Ok(())
    };
    tokio::try_join!(tasks, consumer)?;
    Ok(())
}
