//! Transactions: a page's cars are there whole or not at all.

use futures::future::join_all;
use reqwest::Client;
use shared::{Car, Lesson};
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;

use crate::cars;
use crate::get_page::get_page;

pub async fn run(lesson: &Lesson, client: &Client, connections: u32, broken: u32) -> shared::Result {
    // #region transaction
    let pool = PgPoolOptions::new().max_connections(connections).connect(lesson.database_url()).await?;
    cars::create_table(&pool).await?;
    let pages = lesson.pages().map(async |page| -> shared::Result {
        let (status, cars) = get_page(client, lesson.url(page)).await?;
        if let Err(why) = store(&pool, page, &cars, page == broken).await {
            eprintln!("page {page}: {why}");
        }
        let count = cars::count(&pool, page).await?;
        println!("Page: {page} Status: {status} Cars: {count}");
        Ok(())
    });
    join_all(pages).await.into_iter().collect()
    // #endregion transaction
}

// #region store
async fn store(pool: &PgPool, page: u32, cars: &[Car], fails: bool) -> shared::Result {
    let (first, second) = cars.split_at(cars.len() / 2);
    let mut transaction = pool.begin().await?;
    cars::insert(&mut *transaction, page, first).await?;
    if fails {
        // Dropped without a commit, the transaction is rolled back.
        return Err("failed half-way on purpose".into());
    }
    cars::insert(&mut *transaction, page, second).await?;
    Ok(transaction.commit().await?)
}
// #endregion store
