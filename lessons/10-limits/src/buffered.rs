//! `buffered`: a few pages in flight, their answers in page order. While the loop's body awaits, the buffer stands still.

use futures::stream::{self, StreamExt, TryStreamExt};
use reqwest::Client;
use shared::Lesson;

use crate::get::{get_details, get_page};

pub async fn run(lesson: &Lesson, client: &Client, at_once: usize) -> shared::Result {
    // #region buffered
    let get = |page| get_page(client, page, lesson.url(page));
    let mut pages = stream::iter(lesson.pages()).map(get).buffered(at_once);
    while let Some((page, status, html)) = pages.try_next().await? {
        // Nobody polls the buffer meanwhile: no page is asked for.
        get_details(lesson, client, &html).await?;
        println!("Page: {page} Status: {status}");
    }
    // #endregion buffered
    Ok(())
}
