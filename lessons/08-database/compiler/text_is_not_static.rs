//! Lesson 08, when the compiler says: a query's text is not put together from what comes from elsewhere.
//!
//!     cargo build -p lesson08 --example text_is_not_static --features compiler

use sqlx::PgPool;

#[tokio::main]
async fn main() -> shared::Result {
    let lesson = shared::database::start()?;
    let pool = PgPool::connect(lesson.database_url()).await?;
    let make = "Lada";
    #[cfg(not(feature = "cured"))]
    let query = sqlx::query(&format!("SELECT '{make}'"));
    #[cfg(feature = "cured")]
    let query = sqlx::query("SELECT $1").bind(make);
    query.execute(&pool).await?;
    lesson.finish()
}
