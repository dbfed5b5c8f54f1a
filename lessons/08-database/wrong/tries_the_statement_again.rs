//! The INSERT that failed is tried again in the same transaction, which the database has given up: 25P02.
//!
//! Must fail: exit, rows
//! May fail: lines
//! Shows first: exit

use shared::Lesson;

use crate::{get_all, insert, is_conflict, may_pass, pool, until_stored};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let pool = pool(lesson, 3).await?;
    get_all(lesson, async |cars| {
        until_stored(may_pass, async || {
            let mut transaction = pool.begin().await?;
            for car in cars {
                until_stored(is_conflict, async || insert(&mut *transaction, car).await).await?;
            }
            transaction.commit().await
        })
        .await
    })
    .await
}
