//! Each page is asked for, and 100 ms of work follow: on the only thread they stop all tasks, and `spawn_blocking`
//! has them done on other threads. The program prints how long each way took.
//!
//!     cargo run -p lesson03 --example slow_work

use std::thread;
use std::time::{Duration, Instant};

use reqwest::Client;
use tokio::task::spawn_blocking;

#[tokio::main(flavor = "current_thread")]
async fn main() -> shared::Result {
    let lesson = shared::start()?;
    let client = Client::new();
    for elsewhere in [false, true] {
        let began = Instant::now();
        let mut tasks = Vec::new();
        for page in lesson.pages() {
            tasks.push(tokio::spawn(get_page(client.clone(), lesson.url(page), elsewhere)));
        }
        for task in tasks {
            task.await??;
        }
        let place = if elsewhere { "with spawn_blocking" } else { "on the only thread" };
        println!("{place}: {:.2} s", began.elapsed().as_secs_f64());
    }
    lesson.finish()
}

async fn get_page(client: Client, url: String, elsewhere: bool) -> shared::Result {
    let html = client.get(url).send().await?.text().await?;
    if elsewhere {
        spawn_blocking(move || work_on(&html)).await?;
    } else {
        work_on(&html);
    }
    Ok(())
}

/// Stands for work that keeps a thread: reading a large document, resizing a picture, asking a blocking library.
#[expect(clippy::disallowed_methods, reason = "it is here to block the thread")]
fn work_on(_html: &str) {
    thread::sleep(Duration::from_millis(100));
}
