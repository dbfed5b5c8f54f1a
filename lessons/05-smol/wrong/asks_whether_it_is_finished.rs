//! It never waits: it asks again and again whether a task has finished, and takes a whole processor for that.
//!
//! Must fail: idle-while-waiting
//! Shows first: idle-while-waiting

use lesson05::get_page;
use shared::Lesson;
use smol::Task;

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let pages: Vec<u32> = lesson.pages().collect();
    for pair in pages.chunks(2) {
        let mut tasks: Vec<_> = pair.iter().map(|&page| smol::spawn(get_page(lesson.url(page)))).collect();
        let first = loop {
            if let Some(first) = tasks.iter().position(Task::is_finished) {
                break first;
            }
        };
        let status = tasks.swap_remove(first).await?;
        drop(tasks);
        println!("Page: {} Status: {status}", pair[first]);
    }
    Ok(())
}
