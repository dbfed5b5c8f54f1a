//! Homework 09. Lists of pages lie in files, one of which does not answer for long: it stalls nobody. And each page is saved
//! as it comes, in the current folder, as page-3.html: under that name only when it is whole.
//!
//!     Page: 3 Status: 200     printed when page-3.html is there
//!
//! The whole task is in this lesson's README. To try your program, and to have it judged:
//!
//!     cd target && echo 1 2 3 > list && PAGE_LISTS=list cargo run -p lesson09 --bin homework09
//!     cargo homework check 9

use std::env;
use std::path::PathBuf;

// #region answer
use futures::stream::{FuturesUnordered, StreamExt};
use reqwest::Client;
use tokio::fs::{self, File};
use tokio::io::AsyncWriteExt;
// #endregion answer

use shared::Lesson;

#[tokio::main(flavor = "current_thread")]
async fn main() -> shared::Result {
    let lesson = shared::start()?;
    let lists = env::var_os("PAGE_LISTS").ok_or("name files with lists of pages in PAGE_LISTS, as in PATH")?;
    answer(&lesson, env::split_paths(&lists).collect()).await?;
    lesson.finish()
}

// #region answer
/// Saves a page as it comes, and gives its status.
async fn save_page(client: &Client, page: u32, url: String) -> shared::Result<u16> {
    let mut response = client.get(url).send().await?;
    let status = response.status().as_u16();
    let part = format!("page-{page}.html.part");
    let mut file = File::create(&part).await?;
    while let Some(piece) = response.chunk().await? {
        file.write_all(&piece).await?;
        file.flush().await?;
    }
    drop(file);
    fs::rename(&part, format!("page-{page}.html")).await?;
    Ok(status)
}

/// Reads a list, and saves its pages, all at once. Gives the first error, after all the others.
async fn save_list(lesson: &Lesson, client: &Client, list: PathBuf) -> shared::Result {
    let text = fs::read_to_string(list).await?;
    let pages = text.split_whitespace().map(str::parse::<u32>).collect::<Result<Vec<_>, _>>()?;
    let save = |page| async move { (page, save_page(client, page, lesson.url(page)).await) };
    let mut saved: FuturesUnordered<_> = pages.into_iter().map(save).collect();
    let mut result = Ok(());
    while let Some((page, status)) = saved.next().await {
        match status {
            Ok(status) => println!("Page: {page} Status: {status}"),
            Err(why) => result = result.and(Err(why.on_page(page))),
        }
    }
    result
}
// #endregion answer

async fn answer(lesson: &Lesson, lists: Vec<PathBuf>) -> shared::Result {
    // #region answer(lesson, lists): read all lists at once, and save each one's pages as soon as it is there
    let client = Client::new();
    let mut saved: FuturesUnordered<_> = lists.into_iter().map(|list| save_list(lesson, &client, list)).collect();
    let mut result = Ok(());
    while let Some(list) = saved.next().await {
        result = result.and(list);
    }
    result
    // #endregion answer
}
