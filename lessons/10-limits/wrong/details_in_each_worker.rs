//! Each worker asks for the details page itself, and for no other page meanwhile.
//!
//! Must fail: kept-full
//! May fail: details-in-flight
//! Shows first: kept-full

use futures::stream::{self, StreamExt, TryStreamExt};
use reqwest::Client;
use shared::Lesson;

use crate::{finish, get_page};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    let both = async |page| finish(lesson, &client, get_page(&client, page, lesson.url(page)).await?).await;
    stream::iter(lesson.pages()).map(both).buffer_unordered(4).try_collect().await
}
