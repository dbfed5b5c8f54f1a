//! Each page has a connection of its own.
//!
//! Must fail: database-connections
//! Shows first: database-connections

use futures::future::try_join_all;
use reqwest::Client;
use shared::Lesson;
use sqlx::{Connection, PgConnection};

use crate::{get_page, line, may_pass, pool, store};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    pool(lesson, 1).await?.close().await;
    let pages = lesson.pages().map(async |page| -> shared::Result {
        let (status, cars) = get_page(&client, lesson.url(page)).await?;
        loop {
            let mut database = PgConnection::connect(lesson.database_url()).await?;
            match store(&mut database, &cars).await {
                Ok(()) => break,
                Err(why) if may_pass(&why) => {}
                Err(why) => return Err(why.into()),
            }
        }
        println!("{}", line(page, status));
        Ok(())
    });
    try_join_all(pages).await?;
    Ok(())
}
