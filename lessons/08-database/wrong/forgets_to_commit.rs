//! The transactions are dropped without a commit, and so rolled back.
//!
//! Must fail: rows
//! May fail: whole-pages
//! Shows first: whole-pages

use shared::{Car, Lesson};

use crate::{get_all, insert, may_pass, pool, until_stored};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let pool = pool(lesson, 3).await?;
    let store = async |cars: &[Car]| {
        let mut transaction = pool.begin().await?;
        for car in cars {
            insert(&mut *transaction, car).await?;
        }
        Ok(())
    };
    get_all(lesson, async |cars| until_stored(may_pass, async || store(cars).await).await).await
}
