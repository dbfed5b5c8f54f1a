//! Everything but 200 is asked for again, 404 as well. That will be 404 the next time, too.
//!
//! Must fail: each-page-once, lines
//! Shows first: each-page-once

use shared::Lesson;

use crate::{Attempt, PAUSE, all_pages_with, next};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    all_pages_with(lesson, |attempt| match attempt {
        Attempt::Status(status) if *status != 200 => Err((3, PAUSE, "not found")),
        other => next(other),
    })
    .await
}
