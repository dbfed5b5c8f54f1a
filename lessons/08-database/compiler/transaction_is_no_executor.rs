//! Lesson 08, when the compiler says: a transaction is asked through what it borrows.
//!
//!     cargo build -p lesson08 --example transaction_is_no_executor --features compiler

use sqlx::PgPool;

#[tokio::main]
async fn main() -> shared::Result {
    let lesson = shared::database::start()?;
    let pool = PgPool::connect(lesson.database_url()).await?;
    let mut transaction = pool.begin().await?;
    let query = sqlx::query("CREATE TABLE IF NOT EXISTS cars (id bigint)");
    #[cfg(not(feature = "cured"))]
    query.execute(&mut transaction).await?;
    #[cfg(feature = "cured")]
    query.execute(&mut *transaction).await?;
    transaction.commit().await?;
    lesson.finish()
}
