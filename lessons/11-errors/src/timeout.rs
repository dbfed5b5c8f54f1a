//! `timeout`: three limits. One for connecting, one for each attempt, one for all pages together.

use futures::stream::{FuturesUnordered, StreamExt};
use reqwest::Client;
use shared::Lesson;
use tokio::time::timeout;

use crate::Limits;
use crate::page_error::{get_page_within, print};

pub async fn run(lesson: &Lesson, limits: Limits) -> shared::Result {
    // #region limits
    let client = Client::builder().connect_timeout(limits.connect).build()?;
    let get = async |page| {
        let url = lesson.url(page);
        (page, get_page_within(limits.attempt, &client, &url).await)
    };
    let mut answers: FuturesUnordered<_> = lesson.pages().map(get).collect();
    let all = async {
        let mut result = Ok(());
        while let Some((page, answer)) = answers.next().await {
            result = result.and(print(page, answer));
        }
        result
    };
    let ended = timeout(limits.whole, all).await;
    // #endregion limits
    ended.unwrap_or_else(|_| {
        let missing = answers.len();
        Err(format!("all together took longer than {:?}; pages that were given up: {missing}", limits.whole).into())
    })
}
