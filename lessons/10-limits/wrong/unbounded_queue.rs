//! An unbounded channel: nobody ever waits for the consumer, and all pages are in memory.
//!
//! Must fail: ahead
//! Shows first: ahead

use std::cell::RefCell;

use futures::future::try_join_all;
use reqwest::Client;
use shared::Lesson;
use tokio::sync::mpsc::{self, UnboundedSender};

use crate::{Page, finish, get_page};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    let pages = RefCell::new(lesson.pages());
    let next = || pages.borrow_mut().next();
    let (to_consumer, mut from_workers) = mpsc::unbounded_channel();
    let work = async |to_consumer: UnboundedSender<Page>| -> shared::Result {
        while let Some(page) = next() {
            to_consumer.send(get_page(&client, page, lesson.url(page)).await?)?;
        }
        Ok(())
    };
    let workers = try_join_all((0..4).map(|_| work(to_consumer.clone())));
    drop(to_consumer);
    let consumer = async {
        while let Some(page) = from_workers.recv().await {
            finish(lesson, &client, page).await?;
        }
        Ok(())
    };
    tokio::try_join!(workers, consumer)?;
    Ok(())
}
