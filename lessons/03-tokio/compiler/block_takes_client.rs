//! `async move` takes the client into the first task; each task needs a clone of its own.

use reqwest::Client;

#[tokio::main(flavor = "current_thread")]
async fn main() -> shared::Result {
    let lesson = shared::start()?;
    let client = Client::new();
    let mut tasks = Vec::new();
    for page in lesson.pages() {
        let url = lesson.url(page);
        #[cfg(feature = "cured")]
        let client = client.clone();
        tasks.push(tokio::spawn(async move { client.get(url).send().await }));
    }
    for task in tasks {
        println!("{}", task.await??.status());
    }
    lesson.finish()
}
