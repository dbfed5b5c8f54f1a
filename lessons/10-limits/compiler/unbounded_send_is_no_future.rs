//! `send` into an unbounded channel never waits, so it is no future. Who wants it to wait needs a bounded channel.

use tokio::sync::mpsc;

#[tokio::main]
async fn main() -> shared::Result {
    let lesson = shared::start()?;
    #[cfg(not(feature = "cured"))]
    let (to_loop, mut from_task) = mpsc::unbounded_channel();
    #[cfg(feature = "cured")]
    let (to_loop, mut from_task) = mpsc::channel(2);
    let urls: Vec<_> = lesson.pages().map(|page| (page, lesson.url(page))).collect();
    let task = tokio::spawn(async move {
        for (page, url) in urls {
            let status = reqwest::get(url).await?.status().as_u16();
            to_loop.send((page, status)).await?;
        }
        Ok::<_, shared::Error>(())
    });
    while let Some((page, status)) = from_task.recv().await {
        println!("Page: {page} Status: {status}");
    }
    task.await??;
    lesson.finish()
}
