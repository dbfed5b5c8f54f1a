//! Each task takes a token of its own: a clone, which is told when any of them is cancelled.

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

#[tokio::main]
async fn main() -> shared::Result {
    let lesson = shared::start()?;
    let (token, tracker) = (CancellationToken::new(), TaskTracker::new());
    for page in lesson.pages() {
        let url = lesson.url(page);
        #[cfg(feature = "cured")]
        let token = token.clone();
        tracker.spawn(async move {
            if let Some(Ok(response)) = token.run_until_cancelled(reqwest::get(url)).await {
                println!("Page: {page} Status: {}", response.status().as_u16());
            }
        });
    }
    tracker.close();
    tracker.wait().await;
    lesson.finish()
}
