//! `JoinSet` hands out tasks as they end, so the lines come in the order of the answers, not of the pages.
//!
//! Must fail: lines

use reqwest::Client;
use shared::Lesson;
use tokio::task::JoinSet;

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    let mut tasks = JoinSet::new();
    for page in lesson.pages() {
        let answer = get_page(client.clone(), lesson.url(page));
        tasks.spawn(async move { (page, answer.await) });
    }
    while let Some(done) = tasks.join_next().await {
        let (page, answer) = done?;
        match answer? {
            (status, Some(price)) => println!("Page: {page} Status: {status} Price: {price}"),
            (status, None) => println!("Page: {page} Status: {status}"),
        }
    }
    Ok(())
}

async fn get_page(client: Client, url: String) -> shared::Result<(u16, Option<u32>)> {
    let response = client.get(url).send().await?;
    let status = response.status().as_u16();
    let html = response.text().await?;
    Ok((status, shared::first_price(&html)))
}
