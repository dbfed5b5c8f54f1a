//! Each car is stored for itself, so a page is half there for a while, and would stay so if the program ended.
//!
//! Must fail: whole-pages
//! Shows first: whole-pages

use shared::Lesson;

use crate::{get_all, insert, may_pass, pool, until_stored};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let pool = pool(lesson, 3).await?;
    get_all(lesson, async |cars| {
        for car in cars {
            until_stored(may_pass, async || insert(&pool, car).await).await?;
        }
        Ok(())
    })
    .await
}
