//! The error is reported, but only to whoever reads it: the exit status says that all went well.
//!
//! Must fail: exit
//! Shows first: exit

use async_std::task;
use shared::Lesson;
use surf::{Client, Config};

use crate::get_page;

pub async fn answer(lesson: &Lesson) -> shared::Result {
    let all_at_once = lesson.pages().count();
    let client: Client = Config::new().set_max_connections_per_host(all_at_once).try_into()?;
    let mut tasks = Vec::new();
    for page in lesson.pages() {
        tasks.push(task::spawn(get_page(client.clone(), lesson.url(page))));
    }
    for (page, task) in lesson.pages().zip(tasks) {
        match task.await {
            Ok(status) => println!("Page: {page} Status: {status}"),
            Err(why) => eprintln!("{:?}", why.on_page(page)),
        }
    }
    Ok(())
}
