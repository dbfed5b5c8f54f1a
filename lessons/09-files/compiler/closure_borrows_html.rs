//! What `spawn_blocking` runs may outlive the function that calls it: `move` gives it what it uses.

use tokio::task::spawn_blocking;

#[tokio::main]
async fn main() -> shared::Result {
    let lesson = shared::start()?;
    for page in lesson.pages() {
        let html = reqwest::get(lesson.url(page)).await?.text().await?;
        #[cfg(not(feature = "cured"))]
        let price = spawn_blocking(|| shared::first_price(&html));
        #[cfg(feature = "cured")]
        let price = spawn_blocking(move || shared::first_price(&html));
        println!("Page: {page} Price: {:?}", price.await?);
    }
    lesson.finish()
}
