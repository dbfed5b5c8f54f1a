//! Homework 04. Sixty pages at once on async-std and surf: one connection breaks, the others are printed.
//!
//! The pages that arrived are printed in page order. Only then does the program end with the broken page's error.
//!
//!     Page: 3 Status: 200
//!     Page: 5 Status: 200
//!     Error: page 4: ...
//!
//! The whole task is in this lesson's README. To try your program, and to have it judged:
//!
//!     cargo run -p lesson04 --bin homework04 -- --pages 60 --fault 4:reset
//!     cargo homework check 4

// #region answer
use async_std::task;
use surf::{Client, Config};
// #endregion answer

use shared::Lesson;

#[async_std::main]
async fn main() -> shared::Result {
    let lesson = shared::start()?;
    #[cfg(not(feature = "https"))]
    lesson.without_tls("cargo run -p lesson04 --bin homework04 --features https")?;
    answer(&lesson).await?;
    lesson.finish()
}

// #region answer
async fn get_page(client: Client, url: String) -> shared::Result<u16> {
    let mut response = client.get(url).await.map_err(surf::Error::into_inner)?;
    let status = response.status().into();
    response.body_bytes().await.map_err(surf::Error::into_inner)?;
    Ok(status)
}
// #endregion answer

async fn answer(lesson: &Lesson) -> shared::Result {
    // #region answer: ask for all pages at once, print those that arrive, and return the first error at the end
    let all_at_once = lesson.pages().count();
    let client: Client = Config::new().set_max_connections_per_host(all_at_once).try_into()?;
    let mut tasks = Vec::new();
    for page in lesson.pages() {
        tasks.push(task::spawn(get_page(client.clone(), lesson.url(page))));
    }
    let mut result = Ok(());
    for (page, task) in lesson.pages().zip(tasks) {
        match task.await {
            Ok(status) => println!("Page: {page} Status: {status}"),
            Err(why) => result = result.and(Err(why.on_page(page))),
        }
    }
    result
    // #endregion answer
}
