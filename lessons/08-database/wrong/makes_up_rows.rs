//! Cars that nobody offers, stored whole and once.
//!
//! Must fail: rows
//! Shows first: rows
//! Says: no page has the car

use futures::future::try_join_all;
use reqwest::Client;
use shared::{Car, Lesson};

use crate::{get_page, line, pool, store_at_last};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    let pool = pool(lesson, 3).await?;
    let pages = lesson.pages().map(async |page| -> shared::Result {
        let (status, _) = get_page(&client, lesson.url(page)).await?;
        let car = |number: u32| Car {
            id: i64::from(page * 20 + number),
            make: "Toyota".to_owned(),
            model: "Prius".to_owned(),
            year: 2010,
            price: 9_050,
        };
        store_at_last(&pool, &(0..20).map(car).collect::<Vec<_>>()).await?;
        println!("{}", line(page, status));
        Ok(())
    });
    try_join_all(pages).await?;
    Ok(())
}
