//! The transaction begins before its page has been asked for: three pages have the connections, and wait for the site,
//! which waits for the others.
//!
//! Must fail: in-flight
//! May fail: database-connections
//! Shows first: in-flight

use futures::future::try_join_all;
use reqwest::Client;
use shared::Lesson;

use crate::{get_page, line, may_pass, pool, store, store_at_last};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    let pool = pool(lesson, 3).await?;
    let pages = lesson.pages().map(async |page| -> shared::Result {
        let mut database = pool.acquire().await?;
        let (status, cars) = get_page(&client, lesson.url(page)).await?;
        if let Err(why) = store(&mut database, &cars).await {
            drop(database);
            if !may_pass(&why) {
                return Err(why.into());
            }
            store_at_last(&pool, &cars).await?;
        }
        println!("{}", line(page, status));
        Ok(())
    });
    try_join_all(pages).await?;
    Ok(())
}
