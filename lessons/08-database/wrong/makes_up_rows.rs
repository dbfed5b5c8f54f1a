//! Cars that nobody offers, stored whole and once.
//!
//! Must fail: rows
//! Shows first: rows
//! Says: no page has the car

use shared::{Car, Lesson};

use crate::{get_all, pool, store_at_last};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let pool = pool(lesson, 3).await?;
    get_all(lesson, async |cars| {
        let made_up = |car: &Car| Car {
            // No car of the site has such a number.
            id: -car.id,
            make: "Toyota".to_owned(),
            model: "Prius".to_owned(),
            year: 2010,
            price: 9_050,
        };
        store_at_last(&pool, &cars.iter().map(made_up).collect::<Vec<_>>()).await
    })
    .await
}
