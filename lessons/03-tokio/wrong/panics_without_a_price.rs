//! A task panics at the page that shows no price, and `?` makes the `JoinError` the end of the program.
//!
//! Must fail: lines, exit
//! Shows first: exit

use reqwest::Client;
use shared::Lesson;

use crate::{get_page, line};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    let mut tasks = Vec::new();
    for page in lesson.pages() {
        let answer = get_page(client.clone(), lesson.url(page));
        tasks.push(tokio::spawn(async move {
            let (status, price) = answer.await.unwrap();
            (status, price.unwrap())
        }));
    }
    for (page, task) in lesson.pages().zip(tasks) {
        let (status, price) = task.await?;
        println!("{}", line(page, (status, Some(price))));
    }
    Ok(())
}
