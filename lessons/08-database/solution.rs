//! Homework 08. Every car once, whatever fails: all pages in flight at once, their cars stored through three connections.
//!
//! A page's cars get into the table `cars` all together or not at all. What the database refuses with 40001 is tried
//! again, and so is what was under way on a connection that it closed.
//!
//!     Page: 7 Status: 200                 when the page's cars are in the table
//!
//! The whole task is in this lesson's README. To try your program, and to have it judged:
//!
//!     cargo run -p lesson08 --bin homework08 -- --statement-fault 'insert 30: 40001' --statement-fault 'commit 2: 40001'
//!     cargo homework check 8

// #region answer
use futures::future::try_join_all;
use reqwest::Client;
// #endregion answer
use shared::Lesson;

#[tokio::main]
async fn main() -> shared::Result {
    let lesson = shared::database::start()?;
    answer(&lesson).await?;
    lesson.finish()
}

// #region answer
const TABLE: &str = "CREATE TABLE IF NOT EXISTS cars \
                     (id bigint PRIMARY KEY, make text, model text, year integer, price integer)";
const CAR: &str = "INSERT INTO cars (id, make, model, year, price) VALUES ($1, $2, $3, $4, $5) \
                   ON CONFLICT (id) DO NOTHING";

/// How often a page is tried at most.
const TRIES: u32 = 10;

async fn get_and_store(client: &Client, pool: &sqlx::PgPool, page: u32, url: String) -> shared::Result {
    let response = client.get(url).send().await?;
    let status = response.status().as_u16();
    let cars = shared::cars(&response.text().await?);
    let mut tries = 1;
    while let Err(why) = store(pool, &cars).await {
        if tries == TRIES || !may_pass(&why) {
            return Err(why.into());
        }
        tries += 1;
    }
    println!("Page: {page} Status: {status}");
    Ok(())
}

/// Stores a page's cars, all or none of them: dropped before its commit, a transaction is rolled back.
async fn store(pool: &sqlx::PgPool, cars: &[shared::Car]) -> sqlx::Result<()> {
    let mut transaction = pool.begin().await?;
    for car in cars {
        let insert = sqlx::query(CAR).bind(car.id).bind(&car.make).bind(&car.model).bind(car.year).bind(car.price);
        insert.execute(&mut *transaction).await?;
    }
    transaction.commit().await
}

/// Whether another try may go well: where two transactions got into each other's way, and where a connection was lost.
fn may_pass(why: &sqlx::Error) -> bool {
    match why {
        sqlx::Error::Database(why) => why.code().is_some_and(|code| code == "40001"),
        sqlx::Error::Io(_) => true,
        _ => false,
    }
}
// #endregion answer

async fn answer(lesson: &Lesson) -> shared::Result {
    // #region answer: create the table; get all pages at once, and store each one's cars through a pool
    let client = Client::new();
    let pool = sqlx::postgres::PgPoolOptions::new().max_connections(3).connect(lesson.database_url()).await?;
    sqlx::query(TABLE).execute(&pool).await?;
    try_join_all(lesson.pages().map(|page| get_and_store(&client, &pool, page, lesson.url(page)))).await?;
    Ok(())
    // #endregion answer
}
