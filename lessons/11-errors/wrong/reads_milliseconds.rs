//! Retry-After is taken for a number of milliseconds. It is in seconds.
//!
//! Must fail: attempts
//! Shows first: attempts

use std::time::Duration;

use shared::Lesson;

use crate::{Attempt, all_pages_with, next};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    all_pages_with(lesson, |attempt| match *attempt {
        Attempt::Unavailable(number) => Err((3, Duration::from_millis(number), "unavailable")),
        _ => next(attempt),
    })
    .await
}
