//! A page that does not answer gets a third attempt, as the other errors do: six seconds instead of four.
//!
//! Must fail: attempts
//! Shows first: attempts

use shared::Lesson;

use crate::{all_pages_with, next};

pub async fn answer(lesson: &Lesson) -> shared::Result {
    all_pages_with(lesson, |attempt| next(attempt).map_err(|(_, pause, why)| (3, pause, why))).await
}
