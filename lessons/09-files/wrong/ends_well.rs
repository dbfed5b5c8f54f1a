//! The error of the page that was cut off is forgotten: whoever started the program takes all for saved.
//!
//! Must fail: exit
//! Shows first: exit

use reqwest::Client;
use shared::Lesson;

use crate::{save_lists, save_page};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let _ = save_lists(lesson, &Client::new(), save_page).await;
    Ok(())
}
