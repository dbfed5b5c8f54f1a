//! `fail-fast`: the first error ends it. The other futures are dropped with the collection that they are in.

use futures::stream::{FuturesUnordered, TryStreamExt};
use reqwest::Client;
use shared::Lesson;

use crate::get_page::get_page;

pub async fn run(lesson: &Lesson, client: &Client) -> shared::Result {
    let get = |page| get_page(client, page, lesson.url(page));
    // #region fail_fast
    let mut answers: FuturesUnordered<_> = lesson.pages().map(get).collect();
    while let Some((page, status)) = answers.try_next().await? {
        println!("Page: {page} Status: {status}");
    }
    // #endregion fail_fast
    Ok(())
}
