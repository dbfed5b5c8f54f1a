//! `let _ =` holds nothing: the permit is given back in the same line.
//!
//! Must fail: in-flight, ahead
//! May fail: connections, kept-full
//! Shows first: in-flight

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
        let _ = semaphore.acquire().await?;
        to_consumer.send(get_page(&client, page, lesson.url(page)).await?).await?;
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
