//! `collect`: an error is one page's result like any other. All pages are waited for, and nothing is lost.

use futures::stream::{FuturesUnordered, StreamExt};
use reqwest::Client;
use shared::Lesson;

use crate::page_error::{get_page, print};

pub async fn run(lesson: &Lesson, client: &Client) -> shared::Result {
    // #region collect
    let get = async |page| (page, get_page(client, &lesson.url(page)).await);
    let mut answers: FuturesUnordered<_> = lesson.pages().map(get).collect();
    let mut result = Ok(());
    // Not `try_next` and no `?`: an error stays in its tuple.
    while let Some((page, answer)) = answers.next().await {
        // The first error is kept, and returned when all is done.
        result = result.and(print(page, answer));
    }
    result
    // #endregion collect
}
