//! A channel of tokio's `mpsc` has one receiver, and several workers can't each have it. They can share it.

#[cfg(feature = "cured")]
use std::sync::Arc;

#[cfg(feature = "cured")]
use tokio::sync::Mutex;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

#[tokio::main]
async fn main() -> shared::Result {
    let lesson = shared::start()?;
    let (to_workers, from_loop) = mpsc::channel::<(u32, String)>(2);
    #[cfg(feature = "cured")]
    let from_loop = Arc::new(Mutex::new(from_loop));
    let mut workers = JoinSet::new();
    for _ in 0..3 {
        #[cfg(not(feature = "cured"))]
        let mut from_loop = from_loop.clone();
        #[cfg(feature = "cured")]
        let from_loop = Arc::clone(&from_loop);
        workers.spawn(async move {
            loop {
                #[cfg(not(feature = "cured"))]
                let next = from_loop.recv().await;
                #[cfg(feature = "cured")]
                let next = from_loop.lock().await.recv().await;
                let Some((page, url)) = next else { break };
                println!("Page: {page} Status: {}", reqwest::get(url).await?.status().as_u16());
            }
            Ok::<_, shared::Error>(())
        });
    }
    for page in lesson.pages() {
        to_workers.send((page, lesson.url(page))).await?;
    }
    drop(to_workers);
    while let Some(ended) = workers.join_next().await {
        ended??;
    }
    lesson.finish()
}
