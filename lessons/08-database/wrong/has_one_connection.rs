//! A pool of one: page after page is stored, and the database waits for three in vain.
//!
//! Must fail: database-connections
//! Shows first: database-connections

use shared::Lesson;

use crate::{get_all, pool, store_at_last};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let pool = pool(lesson, 1).await?;
    get_all(lesson, async |cars| store_at_last(&pool, cars).await).await
}
