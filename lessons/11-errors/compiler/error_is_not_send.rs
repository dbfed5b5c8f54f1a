//! What a task returns goes to another thread, and so does its error: the box has to say that it may.

use std::error::Error;

use reqwest::Client;
use tokio::task::JoinSet;

#[cfg(not(feature = "cured"))]
type Boxed = Box<dyn Error>;
#[cfg(feature = "cured")]
type Boxed = Box<dyn Error + Send + Sync>;

#[tokio::main]
async fn main() -> shared::Result {
    let lesson = shared::start()?;
    let client = Client::new();
    let mut tasks = JoinSet::new();
    for page in lesson.pages() {
        tasks.spawn(get_page(client.clone(), page, lesson.url(page)));
    }
    while let Some(answer) = tasks.join_next().await {
        let (page, status) = answer?.map_err(|why| why.to_string())?;
        println!("Page: {page} Status: {status}");
    }
    lesson.finish()
}

async fn get_page(client: Client, page: u32, url: String) -> Result<(u32, u16), Boxed> {
    let response = client.get(url).send().await?;
    let status = response.status().as_u16();
    response.bytes().await?;
    Ok((page, status))
}
