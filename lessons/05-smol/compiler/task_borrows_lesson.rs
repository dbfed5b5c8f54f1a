//! A task may outlive the function, and the lesson belongs to the caller: make what the task needs before it.

use lesson05::get_page;
use shared::Lesson;

fn main() -> shared::Result {
    let lesson = shared::start()?;
    smol::block_on(first_page(&lesson))?;
    lesson.finish()
}

async fn first_page(lesson: &Lesson) -> shared::Result {
    #[cfg(not(feature = "cured"))]
    let task = smol::spawn(async { get_page(lesson.url(1)).await });
    #[cfg(feature = "cured")]
    let task = smol::spawn(get_page(lesson.url(1)));
    println!("Page: 1 Status: {}", task.await?);
    Ok(())
}
