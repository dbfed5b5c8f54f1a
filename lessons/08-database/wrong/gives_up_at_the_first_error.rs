//! `?` ends the program at the first failure; the pages that are not stored by then are missing.
//!
//! Must fail: exit, rows
//! May fail: lines
//! Shows first: exit

use shared::Lesson;

use crate::{get_all, pool, store};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let pool = pool(lesson, 3).await?;
    get_all(lesson, async |cars| store(&mut *pool.acquire().await?, cars).await).await
}
