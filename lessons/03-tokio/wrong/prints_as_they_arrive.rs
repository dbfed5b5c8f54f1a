//! `JoinSet` hands out tasks as they end, so the lines come in the order of the answers, not of the pages.
//!
//! Must fail: lines
//! Shows first: lines

use reqwest::Client;
use shared::Lesson;
use tokio::task::JoinSet;

use crate::{get_page, line};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    let mut tasks = JoinSet::new();
    for page in lesson.pages() {
        let answer = get_page(client.clone(), lesson.url(page));
        tasks.spawn(async move { (page, answer.await) });
    }
    while let Some(done) = tasks.join_next().await {
        let (page, answer) = done?;
        println!("{}", line(page, answer?));
    }
    Ok(())
}
