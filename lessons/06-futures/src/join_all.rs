//! `join_all`: wait for all answers, whatever happens.

use futures::future::join_all;
use reqwest::Client;
use shared::Lesson;

use crate::get_page::get_page;

pub async fn run(lesson: &Lesson, client: &Client) -> shared::Result {
    let mut result = Ok(());
    // #region join_all
    let get = |page| get_page(client, page, lesson.url(page));
    for answer in join_all(lesson.pages().map(get)).await {
        match answer {
            Ok((page, status)) => println!("Page: {page} Status: {status}"),
            Err(why) => result = result.and(Err(why)),
        }
    }
    // #endregion join_all
    result
}
