//! The pages twice: as futures that wait to be polled, and as tasks that are scheduled at once. The picture has a
//! staircase, and then a wall.
//!
//!     cargo run -p lesson03 --example lazy_futures

use reqwest::Client;

#[tokio::main(flavor = "current_thread")]
async fn main() -> shared::Result {
    let lesson = shared::start()?;
    let client = Client::new();
    let get = |page| get_page(client.clone(), lesson.url(page));

    let futures: Vec<_> = lesson.pages().map(get).collect();
    for future in futures {
        future.await?; // asks for its page only now
    }
    let tasks: Vec<_> = lesson.pages().map(get).map(tokio::spawn).collect();
    for task in tasks {
        task.await??; // the first wait lets all of them run
    }

    lesson.finish()
}

async fn get_page(client: Client, url: String) -> shared::Result {
    client.get(url).send().await?.bytes().await?;
    Ok(())
}
