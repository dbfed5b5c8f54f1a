//! `buffered`: a few requests at a time, their answers in page order.

use futures::stream::{self, StreamExt, TryStreamExt};
use reqwest::Client;
use shared::Lesson;

use crate::get_page::get_page;

pub async fn run(lesson: &Lesson, client: &Client, at_once: usize) -> shared::Result {
    let get = |page| get_page(client, page, lesson.url(page));
    let requests = stream::iter(lesson.pages()).map(get);
    let mut answers = requests.buffered(at_once);
    while let Some((page, status)) = answers.try_next().await? {
        println!("Page: {page} Status: {status}");
    }
    Ok(())
}
