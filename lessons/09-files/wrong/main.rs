//! Lesson 09's wrong programs: mistakes that people make there, which `cargo homework check 9` must catch.
//! Each says which expectations of `homework.toml` it can't meet.
//!
//!     PAGE_LISTS=list cargo run -p lesson09 --example wrong09 -- reads-whole-pages

mod adds_line_ends;
mod asks_twice;
mod ends_well;
mod joins_the_lists;
mod keeps_everything;
mod never_flushes;
mod reads_in_the_task;
mod reads_list_after_list;
mod reads_whole_pages;
mod renames_after_a_piece;
mod renames_what_is_cut;
mod writes_under_the_name;

use std::env;
use std::path::PathBuf;

use futures::stream::{FuturesUnordered, StreamExt};
use reqwest::Client;
use shared::Lesson;
use tokio::fs::{self, File};
use tokio::io::AsyncWriteExt;

testing::wrong!(
    block_on:
    adds_line_ends,
    asks_twice,
    ends_well,
    joins_the_lists,
    keeps_everything,
    never_flushes,
    reads_in_the_task,
    reads_list_after_list,
    reads_whole_pages,
    renames_after_a_piece,
    renames_what_is_cut,
    writes_under_the_name,
);

#[tokio::main(flavor = "current_thread")]
async fn block_on(answer: impl Future<Output = shared::Result>) -> shared::Result {
    answer.await
}

/// The lists' files.
fn lists() -> Vec<PathBuf> {
    env::var_os("PAGE_LISTS").map_or_else(Vec::new, |lists| env::split_paths(&lists).collect())
}

/// Reads a list as it should be read.
async fn read_list(list: PathBuf) -> shared::Result<Vec<u32>> {
    pages_of(&fs::read_to_string(list).await?)
}

fn pages_of(text: &str) -> shared::Result<Vec<u32>> {
    Ok(text.split_whitespace().map(str::parse).collect::<Result<_, _>>()?)
}

/// Saves a page as it should be saved, and gives its status.
async fn save_page(client: &Client, page: u32, url: String) -> shared::Result<u16> {
    let mut response = client.get(url).send().await?;
    let status = response.status().as_u16();
    let mut file = File::create(part(page)).await?;
    while let Some(piece) = response.chunk().await? {
        file.write_all(&piece).await?;
        file.flush().await?;
    }
    rename(page).await?;
    Ok(status)
}

/// The name of a page's file until it is whole.
fn part(page: u32) -> String {
    format!("page-{page}.html.part")
}

async fn rename(page: u32) -> shared::Result {
    Ok(fs::rename(part(page), format!("page-{page}.html")).await?)
}

/// Saves pages by `save`, all at once. Gives the first error, after all the others.
async fn save_pages<'a, Saved>(
    lesson: &'a Lesson,
    client: &'a Client,
    pages: Vec<u32>,
    save: impl Fn(&'a Client, u32, String) -> Saved,
) -> shared::Result
where
    Saved: Future<Output = shared::Result<u16>>,
{
    let save = |page| {
        let saved = save(client, page, lesson.url(page));
        async move { (page, saved.await) }
    };
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

/// Reads all lists at once, as they should be read, and saves their pages by `save`.
async fn save_lists<'a, Saved>(
    lesson: &'a Lesson,
    client: &'a Client,
    save: impl Fn(&'a Client, u32, String) -> Saved,
) -> shared::Result
where
    Saved: Future<Output = shared::Result<u16>>,
{
    let save = &save;
    let of_list = |list| async move { save_pages(lesson, client, read_list(list).await?, save).await };
    all(lists().into_iter().map(of_list)).await
}

/// Awaits all, and gives the first error.
async fn all(futures: impl Iterator<Item = impl Future<Output = shared::Result>>) -> shared::Result {
    let mut ended: FuturesUnordered<_> = futures.collect();
    let mut result = Ok(());
    while let Some(one) = ended.next().await {
        result = result.and(one);
    }
    result
}
