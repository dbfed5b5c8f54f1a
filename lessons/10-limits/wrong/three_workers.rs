//! Three workers, so that there are never four pages in flight.
//!
//! Must fail: in-flight
//! May fail: kept-full
//! Shows first: in-flight

use shared::Lesson;

pub async fn answer(lesson: &Lesson) -> shared::Result {
    crate::with(lesson, 3, 2).await
}
