//! The pause after 503 is always one second, which is too soon for a page that asks for two.
//!
//! Must fail: attempts
//! Shows first: attempts

use std::time::Duration;

use shared::Lesson;

use crate::{Attempt, all_pages_with, next};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    all_pages_with(lesson, |attempt| match attempt {
        Attempt::Unavailable(_) => Err((3, Duration::from_secs(1), "unavailable")),
        other => next(other),
    })
    .await
}
