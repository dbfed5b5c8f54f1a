//! The table `cars`, and what all forms ask PostgreSQL.

use shared::Car;
use sqlx::postgres::{PgExecutor, Postgres};
use sqlx::{QueryBuilder, Result};

/// Creates the table, unless it is there.
pub async fn create_table(database: impl PgExecutor<'_>) -> Result<()> {
    let table = "CREATE TABLE IF NOT EXISTS cars (id bigint PRIMARY KEY, page integer NOT NULL, make text NOT NULL, \
                 model text NOT NULL, year integer NOT NULL, price integer NOT NULL)";
    sqlx::query(table).execute(database).await?;
    Ok(())
}

// #region insert
/// Stores a page's cars by one statement. Those that are there already stay as they are, so it can be done again.
pub async fn insert(database: impl PgExecutor<'_>, page: u32, cars: &[Car]) -> Result<()> {
    if cars.is_empty() {
        return Ok(());
    }
    let mut query = QueryBuilder::<Postgres>::new("INSERT INTO cars (id, page, make, model, year, price) ");
    query.push_values(cars, |mut row, car| {
        row.push_bind(car.id).push_bind(page.cast_signed()).push_bind(&car.make);
        row.push_bind(&car.model).push_bind(car.year).push_bind(car.price);
    });
    query.push(" ON CONFLICT (id) DO NOTHING").build().execute(database).await?;
    Ok(())
}

/// Asks how many cars of a page there are.
pub async fn count(database: impl PgExecutor<'_>, page: u32) -> Result<i64> {
    let query = sqlx::query_scalar("SELECT count(*) FROM cars WHERE page = $1");
    query.bind(page.cast_signed()).fetch_one(database).await
}
// #endregion insert
