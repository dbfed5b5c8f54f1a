//! `try_join_all`: all answers or the first error, at which the other futures are dropped.

use futures::future::try_join_all;
use reqwest::Client;
use shared::Lesson;

use crate::get_page::get_page;

pub async fn run(lesson: &Lesson, client: &Client) -> shared::Result {
    // #region try_join_all
    let get = |page| get_page(client, page, lesson.url(page));
    for (page, status) in try_join_all(lesson.pages().map(get)).await? {
        println!("Page: {page} Status: {status}");
    }
    // #endregion try_join_all
    Ok(())
}
