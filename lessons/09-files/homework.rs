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

use shared::Lesson;

#[tokio::main(flavor = "current_thread")]
async fn main() -> shared::Result {
    let lesson = shared::start()?;
    let lists = env::var_os("PAGE_LISTS").ok_or("name files with lists of pages in PAGE_LISTS, as in PATH")?;
    answer(&lesson, env::split_paths(&lists).collect()).await?;
    lesson.finish()
}

async fn answer(lesson: &Lesson, lists: Vec<PathBuf>) -> shared::Result {
    // TODO: read all lists at once, and save each one's pages as soon as it is there
    let _ = (&lesson, &lists);
    todo!()
}
