//! Lesson 08's wrong programs: mistakes that people make there, which `cargo homework check 8` must catch.
//! Each says which expectations of `homework.toml` it can't meet.
//!
//!     cargo run -p lesson08 --example wrong08 -- swallows-the-error

mod asks_for_the_page_again;
mod commits_after_the_first_car;
mod connects_for_each_page;
mod ends_at_the_lost_connection;
mod forgets_to_commit;
mod gives_up_at_the_first_error;
mod has_no_transaction;
mod has_one_connection;
mod holds_a_connection_while_fetching;
mod makes_up_rows;
mod prints_the_number_of_cars;
mod stores_again_what_is_there;
mod swallows_the_error;
mod tries_the_statement_again;

use futures::future::try_join_all;
use reqwest::Client;
use shared::{Car, Lesson};
use sqlx::postgres::{PgExecutor, PgPoolOptions};
use sqlx::{Connection, PgConnection, PgPool};

testing::wrong!(
    with database block_on:
    asks_for_the_page_again,
    commits_after_the_first_car,
    connects_for_each_page,
    ends_at_the_lost_connection,
    forgets_to_commit,
    gives_up_at_the_first_error,
    has_no_transaction,
    has_one_connection,
    holds_a_connection_while_fetching,
    makes_up_rows,
    prints_the_number_of_cars,
    stores_again_what_is_there,
    swallows_the_error,
    tries_the_statement_again,
);

#[tokio::main]
async fn block_on(answer: impl Future<Output = shared::Result>) -> shared::Result {
    answer.await
}

/// A pool of so many connections to a database that has the table.
async fn pool(lesson: &Lesson, connections: u32) -> sqlx::Result<PgPool> {
    let pool = PgPoolOptions::new().max_connections(connections).connect(lesson.database_url()).await?;
    create_table(&pool, "id bigint PRIMARY KEY").await?;
    Ok(pool)
}

/// Creates the table, whose first column is this.
async fn create_table(database: impl PgExecutor<'_>, id: &str) -> sqlx::Result<()> {
    let table = format!("CREATE TABLE IF NOT EXISTS cars ({id}, make text, model text, year integer, price integer)");
    sqlx::query(sqlx::AssertSqlSafe(table)).execute(database).await?;
    Ok(())
}

/// Gets all pages at once, has `store` store each one's cars, and then prints its line.
async fn get_all(lesson: &Lesson, store: impl AsyncFn(&[Car]) -> sqlx::Result<()>) -> shared::Result {
    let client = Client::new();
    let pages = lesson.pages().map(async |page| -> shared::Result {
        let (status, cars) = get_page(&client, lesson.url(page)).await?;
        store(&cars).await?;
        println!("{}", line(page, status));
        Ok(())
    });
    try_join_all(pages).await?;
    Ok(())
}

/// Reads a page whole: its status and its cars.
async fn get_page(client: &Client, url: String) -> shared::Result<(u16, Vec<Car>)> {
    let response = client.get(url).send().await?;
    let status = response.status().as_u16();
    Ok((status, shared::cars(&response.text().await?)))
}

/// Stores a car, for the first time or again.
async fn insert(database: impl PgExecutor<'_>, car: &Car) -> sqlx::Result<()> {
    insert_by(
        "INSERT INTO cars (id, make, model, year, price) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
        database,
        car,
    )
    .await
}

/// Stores a car by a statement with five parameters.
async fn insert_by(statement: &'static str, database: impl PgExecutor<'_>, car: &Car) -> sqlx::Result<()> {
    let Car { id, make, model, year, price } = car;
    sqlx::query(statement).bind(id).bind(make).bind(model).bind(year).bind(price).execute(database).await?;
    Ok(())
}

/// Stores a page's cars in one transaction.
async fn store(database: &mut PgConnection, cars: &[Car]) -> sqlx::Result<()> {
    let mut transaction = database.begin().await?;
    for car in cars {
        insert(&mut *transaction, car).await?;
    }
    transaction.commit().await
}

/// Stores a page's cars in one transaction, and tries again where that may help.
async fn store_at_last(pool: &PgPool, cars: &[Car]) -> sqlx::Result<()> {
    until_stored(may_pass, async || store(&mut *pool.acquire().await?, cars).await).await
}

/// Calls `store` until it succeeds, or fails with an error for which another try is of no use.
async fn until_stored(
    may_pass: impl Fn(&sqlx::Error) -> bool,
    mut store: impl AsyncFnMut() -> sqlx::Result<()>,
) -> sqlx::Result<()> {
    loop {
        match store().await {
            Err(why) if may_pass(&why) => {}
            other => return other,
        }
    }
}

/// Whether another try may go well.
fn may_pass(why: &sqlx::Error) -> bool {
    is_conflict(why) || matches!(why, sqlx::Error::Io(_))
}

/// Whether it is 40001.
fn is_conflict(why: &sqlx::Error) -> bool {
    why.as_database_error().and_then(sqlx::error::DatabaseError::code).is_some_and(|code| code == "40001")
}

/// A page's line, as it must be.
fn line(page: u32, status: u16) -> String {
    format!("Page: {page} Status: {status}")
}
