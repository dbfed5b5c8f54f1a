//! One connection, one query after another: while the database works, the program waits, and the other way round.

use reqwest::Client;
use shared::Lesson;
use sqlx::{Connection, PgConnection};

use crate::cars;
use crate::get_page::get_page;

pub async fn run(lesson: &Lesson, client: &Client) -> shared::Result {
    // #region one_by_one
    let mut database = PgConnection::connect(lesson.database_url()).await?;
    cars::create_table(&mut database).await?;
    for page in lesson.pages() {
        let (status, cars) = get_page(client, lesson.url(page)).await.map_err(|why| why.on_page(page))?;
        cars::insert(&mut database, page, &cars).await?;
        let count = cars::count(&mut database, page).await?;
        println!("Page: {page} Status: {status} Cars: {count}");
    }
    // #endregion one_by_one
    database.close().await?;
    Ok(())
}
