//! Without a transaction and without a key: what had been stored before the failure is stored a second time.
//!
//! Must fail: whole-pages, rows
//! Shows first: whole-pages

use shared::Lesson;
use sqlx::postgres::PgPoolOptions;

use crate::{create_table, get_all, insert_by, may_pass, until_stored};

const CAR: &str = "INSERT INTO cars (id, make, model, year, price) VALUES ($1, $2, $3, $4, $5)";

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let pool = PgPoolOptions::new().max_connections(3).connect(lesson.database_url()).await?;
    create_table(&pool, "id bigint").await?;
    get_all(lesson, async |cars| {
        until_stored(may_pass, async || {
            let mut database = pool.acquire().await?;
            for car in cars {
                insert_by(CAR, &mut *database, car).await?;
            }
            Ok(())
        })
        .await
    })
    .await
}
