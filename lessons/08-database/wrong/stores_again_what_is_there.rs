//! Without a transaction and without a key: what had been stored before the failure is stored a second time.
//!
//! Must fail: whole-pages, rows
//! Shows first: whole-pages

use futures::future::try_join_all;
use reqwest::Client;
use shared::{Car, Lesson};
use sqlx::postgres::PgPoolOptions;
use sqlx::{PgConnection, PgPool};

use crate::{create_table, get_page, insert_by, line, may_pass};

const CAR: &str = "INSERT INTO cars (id, make, model, year, price) VALUES ($1, $2, $3, $4, $5)";

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    let pool: PgPool = PgPoolOptions::new().max_connections(3).connect(lesson.database_url()).await?;
    create_table(&pool, "id bigint").await?;
    let pages = lesson.pages().map(async |page| -> shared::Result {
        let (status, cars) = get_page(&client, lesson.url(page)).await?;
        loop {
            match store(&mut *pool.acquire().await?, &cars).await {
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

async fn store(database: &mut PgConnection, cars: &[Car]) -> sqlx::Result<()> {
    for car in cars {
        insert_by(CAR, &mut *database, car).await?;
    }
    Ok(())
}
