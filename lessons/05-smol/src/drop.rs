//! Waiting for page 1 only: the other tasks are dropped, which cancels their requests.

use lesson05::get_page;
use shared::Lesson;

// #region drop
pub async fn run(lesson: &Lesson) -> shared::Result {
    let mut tasks = Vec::new();
    for page in lesson.pages() {
        tasks.push(smol::spawn(get_page(lesson.url(page))));
    }
    let status = tasks.remove(0).await?;
    println!("Page: 1 Status: {status}");
    drop(tasks);
    Ok(())
}
// #endregion drop
