//! A page that answers 503 is asked for again at once, whatever its Retry-After says.
//!
//! Must fail: attempts
//! Shows first: attempts

use std::time::Duration;

use shared::Lesson;

use crate::{Attempt, all_pages_with, next};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    all_pages_with(lesson, |attempt| match attempt {
        Attempt::Unavailable(_) => Err((3, Duration::ZERO, "unavailable")),
        other => next(other),
    })
    .await
}
