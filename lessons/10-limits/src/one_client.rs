//! `one-client`: as many workers as pages may be in flight, and one client that is told how much each connection may keep.
//! reqwest has no option for that; hyper-util's client, on which it stands, has.

use std::sync::{Arc, Mutex};

use http_body_util::{BodyExt, Empty};
use hyper::body::Bytes;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use shared::Lesson;
use tokio::task::JoinSet;

type HttpClient = Client<HttpConnector, Empty<Bytes>>;

pub async fn run(lesson: &Lesson, at_once: usize) -> shared::Result {
    lesson.without_tls("choose another form, whose client is reqwest's")?;
    let urls: Vec<(u32, String)> = lesson.pages().map(|page| (page, lesson.url(page))).collect();
    // #region one-client
    let left = urls.len().saturating_sub(at_once);
    let client: HttpClient = Client::builder(TokioExecutor::new())
        // An idle connection keeps its buffers: no more of them than there are pages for.
        .pool_max_idle_per_host(left.min(at_once))
        // Otherwise it grows with what arrives, and stays as large.
        .http1_read_buf_exact_size(8 * 1024)
        .build_http();
    // #endregion one-client
    let urls = Arc::new(Mutex::new(urls.into_iter()));
    let mut workers = JoinSet::new();
    for _ in 0..at_once {
        let (client, urls) = (client.clone(), urls.clone());
        workers.spawn(async move {
            let next = || urls.lock().ok()?.next();
            while let Some((page, url)) = next() {
                let status = get_status(&client, &url).await;
                println!("Page: {page} Status: {}", status.map_err(|why| why.on_page(page))?);
            }
            Ok::<_, shared::Error>(())
        });
    }
    while let Some(ended) = workers.join_next().await {
        ended??;
    }
    Ok(())
}

/// Asks for a page, and reads its body piece by piece, without keeping any.
async fn get_status(client: &HttpClient, url: &str) -> shared::Result<u16> {
    // #region drain
    let mut response = client.get(url.parse()?).await?;
    // A connection can be used again when its answer has been read to the end.
    while let Some(piece) = response.frame().await {
        piece?;
    }
    // #endregion drain
    Ok(response.status().as_u16())
}
