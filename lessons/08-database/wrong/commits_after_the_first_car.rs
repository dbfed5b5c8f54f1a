//! There is a transaction, but the first car is committed before the others.
//!
//! Must fail: whole-pages
//! Shows first: whole-pages

use futures::future::try_join_all;
use reqwest::Client;
use shared::Lesson;

use crate::{get_page, line, pool, store_at_last};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    let pool = pool(lesson, 3).await?;
    let pages = lesson.pages().map(async |page| -> shared::Result {
        let (status, cars) = get_page(&client, lesson.url(page)).await?;
        let (first, others) = cars.split_at(1);
        store_at_last(&pool, first).await?;
        store_at_last(&pool, others).await?;
        println!("{}", line(page, status));
        Ok(())
    });
    try_join_all(pages).await?;
    Ok(())
}
