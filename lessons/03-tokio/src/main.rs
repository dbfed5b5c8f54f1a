//! Lesson 03. A task for every page, on tokio: ask for all of them, then wait. One thread is enough.
//!
//!     cargo run -p lesson03

use reqwest::Client;

// #region program
#[tokio::main(flavor = "current_thread")]
async fn main() -> shared::Result {
    let lesson = shared::start()?;

    // #region tasks
    let client = Client::new();
    let mut tasks = Vec::new();
    for page in lesson.pages() {
        tasks.push(tokio::spawn(get_page(client.clone(), lesson.url(page))));
    }
    // Awaited only now, when all of them are under way.
    for (page, task) in lesson.pages().zip(tasks) {
        let status = task.await??;
        println!("Page: {page} Status: {status}");
    }
    // #endregion tasks

    lesson.finish()
}
// #endregion program

// #region get_page
async fn get_page(client: Client, url: String) -> shared::Result<u16> {
    let response = client.get(url).send().await?;
    let status = response.status().as_u16();
    response.bytes().await?;
    Ok(status)
}
// #endregion get_page
