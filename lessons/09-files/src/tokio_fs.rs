//! `tokio-fs`: the same small writes through `tokio::fs`, each of which goes to another thread and back, and in one
//! `spawn_blocking`.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use console::say;
use futures::stream::{self, StreamExt, TryStreamExt};
use reqwest::Client;
use shared::Lesson;
use tokio::fs::File;
use tokio::io::AsyncWriteExt;
use tokio::task::spawn_blocking;

use crate::get_page::get_page;

pub async fn run(lesson: &Lesson, client: &Client, at_once: usize, folder: &Path) -> shared::Result {
    let get = |page| get_page(client, page, lesson.url(page));
    let mut pages = stream::iter(lesson.pages()).map(get).buffer_unordered(at_once);
    let (mut lines, mut one_by_one, mut at_a_time) = (0, Duration::ZERO, Duration::ZERO);
    while let Some((page, status, html)) = pages.try_next().await? {
        let file = folder.join(format!("page-{page}.html"));
        lines += html.lines().count();
        let began = Instant::now();
        write_one_by_one(&file, &html).await?;
        one_by_one += began.elapsed();
        let began = Instant::now();
        write_in_one_call(file, html).await?;
        at_a_time += began.elapsed();
        println!("Page: {page} Status: {status}");
    }
    let mut said = String::new();
    writeln!(said, "{lines} lines, each written by a call of its own:")?;
    writeln!(said, "  through tokio::fs      {:.3} s", one_by_one.as_secs_f64())?;
    writeln!(said, "  in one spawn_blocking  {:.3} s", at_a_time.as_secs_f64())?;
    say(said);
    Ok(())
}

// #region one_by_one
async fn write_one_by_one(file: &Path, html: &str) -> shared::Result {
    let mut file = File::create(file).await?;
    for line in html.lines() {
        file.write_all(line.as_bytes()).await?;
        file.write_all(b"\n").await?;
        file.flush().await?;
    }
    Ok(())
}
// #endregion one_by_one

// #region in_one_call
async fn write_in_one_call(file: PathBuf, html: String) -> shared::Result {
    let write = move || -> std::io::Result<()> {
        #[expect(clippy::disallowed_methods, reason = "it blocks a thread that is there for it")]
        let mut file = std::fs::File::create(file)?;
        for line in html.lines() {
            file.write_all(line.as_bytes())?;
            file.write_all(b"\n")?;
        }
        Ok(())
    };
    Ok(spawn_blocking(write).await??)
}
// #endregion in_one_call
