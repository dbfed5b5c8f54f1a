//! A task may outlive the function that spawned it, so it can't borrow the client; a clone shares its connections.

use reqwest::{Client, Result};

#[tokio::main(flavor = "current_thread")]
async fn main() -> shared::Result {
    let lesson = shared::start()?;
    let client = Client::new();
    let mut tasks = Vec::new();
    for page in lesson.pages() {
        #[cfg(not(feature = "cured"))]
        // #region mistake
        tasks.push(tokio::spawn(get_page(&client, lesson.url(page))));
        // #endregion mistake
        #[cfg(feature = "cured")]
        tasks.push(tokio::spawn(get_page(client.clone(), lesson.url(page))));
    }
    for task in tasks {
        println!("{}", task.await??);
    }
    lesson.finish()
}

#[cfg(not(feature = "cured"))]
async fn get_page(client: &Client, url: String) -> Result<u16> {
    Ok(client.get(url).send().await?.status().as_u16())
}

#[cfg(feature = "cured")]
async fn get_page(client: Client, url: String) -> Result<u16> {
    Ok(client.get(url).send().await?.status().as_u16())
}
