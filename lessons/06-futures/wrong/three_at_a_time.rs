//! Each page is printed as it arrives, but `buffer_unordered(3)` never has more than three in flight.
//!
//! Must fail: in-flight
//! May fail: line-at-once, lines
//! Shows first: in-flight

use futures::stream::{self, StreamExt, TryStreamExt};
use reqwest::Client;
use shared::Lesson;

use crate::{get_page, line};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    let requests = lesson.pages().map(|page| get_page(&client, page, lesson.url(page)));
    let mut answers = stream::iter(requests).buffer_unordered(3);
    while let Some(answer) = answers.try_next().await? {
        println!("{}", line(answer));
    }
    Ok(())
}
