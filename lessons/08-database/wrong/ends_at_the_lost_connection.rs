//! What comes to 40001 is tried again, but what was under way on the connection that was closed is not.
//!
//! Must fail: exit, rows
//! May fail: lines
//! Shows first: exit

use futures::future::try_join_all;
use reqwest::Client;
use shared::Lesson;

use crate::{get_page, is_conflict, line, pool, store};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    let pool = pool(lesson, 3).await?;
    let pages = lesson.pages().map(async |page| -> shared::Result {
        let (status, cars) = get_page(&client, lesson.url(page)).await?;
        while let Err(why) = store(&mut *pool.acquire().await?, &cars).await {
            if !is_conflict(&why) {
                return Err(why.into());
            }
        }
        println!("{}", line(page, status));
        Ok(())
    });
    try_join_all(pages).await?;
    Ok(())
}
