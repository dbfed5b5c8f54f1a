//! `write_all` is a method of the trait `AsyncWriteExt`, which has to be imported: std's `Write` is another one.

#[cfg(feature = "cured")]
use tokio::io::AsyncWriteExt;

#[tokio::main]
async fn main() -> shared::Result {
    let lesson = shared::start()?;
    let mut file = tokio::fs::File::create(std::env::temp_dir().join("prices.txt")).await?;
    for page in lesson.pages() {
        let html = reqwest::get(lesson.url(page)).await?.text().await?;
        file.write_all(format!("{:?}\n", shared::first_price(&html)).as_bytes()).await?;
    }
    lesson.finish()
}
