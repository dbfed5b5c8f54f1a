//! All pages at once through a pool: as many queries at a time as it has connections, and the others wait for one.

use std::time::Duration;

use futures::stream::{FuturesUnordered, TryStreamExt};
use reqwest::Client;
use shared::Lesson;
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;

use crate::cars;
use crate::get_page::get_page;

pub async fn run(lesson: &Lesson, client: &Client, connections: u32, patience: Duration) -> shared::Result {
    // #region pool
    let options = PgPoolOptions::new().max_connections(connections).acquire_timeout(patience);
    let pool = options.connect(lesson.database_url()).await?;
    cars::create_table(&pool).await?;
    let store = |page| store(client, &pool, page, lesson.url(page));
    let mut stored: FuturesUnordered<_> = lesson.pages().map(store).collect();
    while let Some((page, status, count)) = stored.try_next().await? {
        println!("Page: {page} Status: {status} Cars: {count}");
    }
    // #endregion pool
    Ok(())
}

// #region store
async fn store(client: &Client, pool: &PgPool, page: u32, url: String) -> shared::Result<(u32, u16, i64)> {
    let (status, cars) = get_page(client, url).await?;
    // Each query takes a connection from the pool, and gives it back when it is answered.
    cars::insert(pool, page, &cars).await?;
    Ok((page, status, cars::count(pool, page).await?))
}
// #endregion store
