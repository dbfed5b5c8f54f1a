//! A timeout around a query: the future is gone, and the query is executed all the same.

use std::time::Duration;

use reqwest::Client;
use shared::Lesson;
use sqlx::postgres::PgPoolOptions;
use tokio::time::timeout;

use crate::cars;
use crate::get_page::get_page;

pub async fn run(lesson: &Lesson, client: &Client, patience: Duration) -> shared::Result {
    // #region given_up
    // One connection: what is asked next is answered after what was given up.
    let pool = PgPoolOptions::new().max_connections(1).connect(lesson.database_url()).await?;
    cars::create_table(&pool).await?;
    for page in lesson.pages() {
        let (status, cars) = get_page(client, lesson.url(page)).await.map_err(|why| why.on_page(page))?;
        if timeout(patience, cars::insert(&pool, page, &cars)).await.is_err() {
            eprintln!("page {page}: the INSERT was given up");
        }
        let count = cars::count(&pool, page).await?;
        println!("Page: {page} Status: {status} Cars: {count}");
    }
    // #endregion given_up
    Ok(())
}
