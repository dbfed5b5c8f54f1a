//! The line of the page that does not answer says so in words that nobody has agreed on.
//!
//! Must fail: lines
//! Shows first: lines

use shared::Lesson;

use crate::{Attempt, LIMIT, all_pages_with, next};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    all_pages_with(lesson, |attempt| match attempt {
        Attempt::Timeout => Err((2, LIMIT / 10, "deadline has elapsed")),
        other => next(other),
    })
    .await
}
