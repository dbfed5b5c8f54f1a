//! `rate`: so many pages a second, whatever becomes of them. That bounds what the site is asked, not what is in flight.

use std::num::NonZero;

use governor::{Quota, RateLimiter};
use reqwest::Client;
use shared::Lesson;
use tokio::task::JoinSet;

use crate::get::get_status;

pub async fn run(lesson: &Lesson, client: &Client, per_second: NonZero<u32>) -> shared::Result {
    // #region rate
    // One at a time: by itself a quota lets a second's worth go at once.
    let quota = Quota::per_second(per_second).allow_burst(NonZero::<u32>::MIN);
    let limiter = RateLimiter::direct(quota);
    let mut tasks = JoinSet::new();
    for page in lesson.pages() {
        limiter.until_ready().await;
        let (client, url) = (client.clone(), lesson.url(page));
        tasks.spawn(async move { (page, get_status(&client, url).await) });
    }
    // #endregion rate
    while let Some(ended) = tasks.join_next().await {
        let (page, status) = ended?;
        println!("Page: {page} Status: {}", status?);
    }
    Ok(())
}
