//! A page that is answered with 404 has an error in its line, and not its status.
//!
//! Must fail: lines
//! Shows first: lines

use std::time::Duration;

use shared::Lesson;

use crate::{Attempt, all_pages_with, next};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    all_pages_with(lesson, |attempt| match attempt {
        Attempt::Status(404) => Err((1, Duration::ZERO, "not found")),
        other => next(other),
    })
    .await
}
