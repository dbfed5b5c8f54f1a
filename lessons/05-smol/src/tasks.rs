//! A task for every page, each with a connection of its own.

use lesson05::get_page;
use shared::Lesson;

// #region tasks
pub async fn run(lesson: &Lesson) -> shared::Result {
    let mut tasks = Vec::new();
    for page in lesson.pages() {
        tasks.push(smol::spawn(get_page(lesson.url(page))));
    }
    for (page, task) in lesson.pages().zip(tasks) {
        let status = task.await.map_err(|why| why.on_page(page))?;
        println!("Page: {page} Status: {status}");
    }
    Ok(())
}
// #endregion tasks
