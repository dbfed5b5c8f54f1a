//! The INSERT that failed is tried again in the same transaction, which the database has given up: 25P02.
//!
//! Must fail: exit, rows
//! May fail: lines
//! Shows first: exit

use futures::future::try_join_all;
use reqwest::Client;
use shared::{Car, Lesson};
use sqlx::PgPool;

use crate::{get_page, insert, is_conflict, line, pool};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    let pool = pool(lesson, 3).await?;
    let pages = lesson.pages().map(async |page| -> shared::Result {
        let (status, cars) = get_page(&client, lesson.url(page)).await?;
        while let Err(why) = store(&pool, &cars).await {
            if !is_conflict(&why) && !matches!(why, sqlx::Error::Io(_)) {
                return Err(why.into());
            }
        }
        println!("{}", line(page, status));
        Ok(())
    });
    try_join_all(pages).await?;
    Ok(())
}

async fn store(pool: &PgPool, cars: &[Car]) -> sqlx::Result<()> {
    let mut transaction = pool.begin().await?;
    for car in cars {
        while let Err(why) = insert(&mut *transaction, car).await {
            if !is_conflict(&why) {
                return Err(why);
            }
        }
    }
    transaction.commit().await
}
