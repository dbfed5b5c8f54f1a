//! What comes to 40001 is tried again, but what was under way on the connection that was closed is not.
//!
//! Must fail: exit, rows
//! May fail: lines
//! Shows first: exit

use shared::Lesson;

use crate::{get_all, is_conflict, pool, store, until_stored};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let pool = pool(lesson, 3).await?;
    get_all(lesson, async |cars| {
        until_stored(is_conflict, async || store(&mut *pool.acquire().await?, cars).await).await
    })
    .await
}
