//! Lesson 04. A task for every page, on async-std with surf. Both are unmaintained: this is for reading code that
//! stands on them, and for moving it elsewhere.
//!
//!     cargo run -p lesson04

use async_std::task;
use surf::{Client, Config};

#[async_std::main]
async fn main() -> shared::Result {
    let lesson = shared::start()?;
    #[cfg(not(feature = "https"))]
    lesson.without_tls("cargo run -p lesson04 --features https")?;

    // #region tasks
    let all_at_once = lesson.pages().count();
    let client: Client = Config::new().set_max_connections_per_host(all_at_once).try_into()?;
    let mut tasks = Vec::new();
    for page in lesson.pages() {
        tasks.push(task::spawn(get_page(client.clone(), lesson.url(page))));
    }
    for (page, task) in lesson.pages().zip(tasks) {
        let status = task.await?;
        println!("Page: {page} Status: {status}");
    }
    // #endregion tasks

    lesson.finish()
}

// #region get_page
async fn get_page(client: Client, url: String) -> shared::Result<u16> {
    let mut response = client.get(url).await.map_err(surf::Error::into_inner)?;
    let status = response.status().into();
    response.body_bytes().await.map_err(surf::Error::into_inner)?;
    Ok(status)
}
// #endregion get_page
