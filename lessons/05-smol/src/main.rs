//! Lesson 05. A task for every page, on smol: a runtime from small parts, here with hyper for HTTP.
//!
//!     cargo run -p lesson05             a task for every page
//!     cargo run -p lesson05 -- drop     wait for page 1, and drop the other tasks
//!     cargo run -p lesson05 -- mixed    reqwest, which is made for tokio, on smol

use std::panic::AssertUnwindSafe;

use async_compat::CompatExt;
use clap::{Args, ValueEnum};
use futures::FutureExt;
use lesson05::get_page;
use shared::Lesson;

#[derive(Args)]
struct Choice {
    /// What to show
    #[arg(value_enum, default_value = "tasks")]
    show: Show,
}

#[derive(Clone, Copy, ValueEnum)]
enum Show {
    Tasks,
    Drop,
    Mixed,
}

fn main() -> shared::Result {
    let (lesson, choice) = shared::start_with(|_: &Choice| u32::MAX)?;
    #[cfg(not(feature = "https"))]
    lesson.without_tls("cargo run -p lesson05 --features https")?;

    smol::block_on(async {
        match choice.show {
            Show::Tasks => tasks(&lesson).await,
            Show::Drop => drop_tasks(&lesson).await,
            Show::Mixed => mixed(&lesson).await,
        }
    })?;

    lesson.finish()
}

// #region tasks
async fn tasks(lesson: &Lesson) -> shared::Result {
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

// #region drop
async fn drop_tasks(lesson: &Lesson) -> shared::Result {
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

// #region mixed
async fn mixed(lesson: &Lesson) -> shared::Result {
    let client = reqwest::Client::new();
    let without_tokio = AssertUnwindSafe(get_page_with_reqwest(&client, lesson.url(1)));
    if without_tokio.catch_unwind().await.is_err() {
        eprintln!("reqwest panicked: tokio's reactor does not run here. Now with compat().");
    }
    for page in lesson.pages() {
        let status = get_page_with_reqwest(&client, lesson.url(page)).compat().await?;
        println!("Page: {page} Status: {status}");
    }
    Ok(())
}
// #endregion mixed

// #region reqwest
async fn get_page_with_reqwest(client: &reqwest::Client, url: String) -> shared::Result<u16> {
    let response = client.get(url).send().await?;
    let status = response.status().as_u16();
    response.bytes().await?;
    Ok(status)
}
// #endregion reqwest
