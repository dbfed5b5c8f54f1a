//! `?` ends the program at the first failure; the pages that are not stored by then are missing.
//!
//! Must fail: exit, rows
//! May fail: lines
//! Shows first: exit

use futures::future::try_join_all;
use reqwest::Client;
use shared::Lesson;

use crate::{get_page, line, pool, store};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    let pool = pool(lesson, 3).await?;
    let pages = lesson.pages().map(async |page| -> shared::Result {
        let (status, cars) = get_page(&client, lesson.url(page)).await?;
        store(&mut *pool.acquire().await?, &cars).await?;
        println!("{}", line(page, status));
        Ok(())
    });
    try_join_all(pages).await?;
    Ok(())
}
