//! There is a transaction, but the first car is committed before the others.
//!
//! Must fail: whole-pages
//! Shows first: whole-pages

use shared::Lesson;

use crate::{get_all, pool, store_at_last};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let pool = pool(lesson, 3).await?;
    get_all(lesson, async |cars| {
        let (first, others) = cars.split_at(1);
        store_at_last(&pool, first).await?;
        store_at_last(&pool, others).await
    })
    .await
}
