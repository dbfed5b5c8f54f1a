//! Each page has a connection of its own.
//!
//! Must fail: database-connections
//! Shows first: database-connections

use shared::Lesson;
use sqlx::{Connection, PgConnection};

use crate::{get_all, may_pass, pool, store, until_stored};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    pool(lesson, 1).await?.close().await;
    get_all(lesson, async |cars| {
        until_stored(may_pass, async || store(&mut PgConnection::connect(lesson.database_url()).await?, cars).await)
            .await
    })
    .await
}
