//! The lists are read by `std::fs`, which blocks the one thread that all tasks share.
//!
//! Must fail: lists
//! Shows first: lists
//! Says: blocks the thread that all tasks share

use reqwest::Client;
use shared::Lesson;

use crate::{all, lists, pages_of, save_page, save_pages};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let client = &Client::new();
    let of_list = |list| async move {
        #[expect(clippy::disallowed_methods, reason = "the mistake")]
        let text = std::fs::read_to_string(list)?;
        save_pages(lesson, client, pages_of(&text)?, save_page).await
    };
    all(lists().into_iter().map(of_list)).await
}
