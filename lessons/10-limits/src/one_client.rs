//! `one-client`: as many workers as pages may be in flight, and one client whose pool keeps no more connections than they
//! can use.

use std::sync::{Arc, Mutex};

use reqwest::Client;
use shared::Lesson;
use tokio::task::{JoinSet, yield_now};

pub async fn run(lesson: &Lesson, at_once: usize) -> shared::Result {
    let urls: Vec<(u32, String)> = lesson.pages().map(|page| (page, lesson.url(page))).collect();
    // #region one-client
    let left = urls.len().saturating_sub(at_once);
    let client = Client::builder()
        // An idle connection keeps its buffers: no more of them than there are pages for.
        .pool_max_idle_per_host(left.min(at_once))
        .build()?;
    let urls = Arc::new(Mutex::new(urls.into_iter()));
    let mut workers = JoinSet::new();
    for _ in 0..at_once {
        let (client, urls) = (client.clone(), urls.clone());
        workers.spawn(async move {
            let next = || urls.lock().ok()?.next();
            while let Some((page, url)) = next() {
                let status = get_status(&client, url).await;
                println!("Page: {page} Status: {}", status.map_err(|why| why.on_page(page))?);
            }
            Ok::<_, shared::Error>(())
        });
    }
    // #endregion one-client
    while let Some(ended) = workers.join_next().await {
        ended??;
    }
    Ok(())
}

/// Asks for a page, and reads its body piece by piece, without keeping any.
async fn get_status(client: &Client, url: String) -> shared::Result<u16> {
    // #region drain
    let mut response = client.get(url).send().await?;
    let status = response.status().as_u16();
    // A connection can be used again when its answer has been read to the end.
    while response.chunk().await?.is_some() {}
    // And another task gives it back to the pool: it comes first, or the next request finds none.
    yield_now().await;
    // #endregion drain
    Ok(status)
}
