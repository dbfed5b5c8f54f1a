//! The first task takes the mutex along. Each needs a pointer of its own to the same one: an `Arc`, cloned.

#[cfg(feature = "cured")]
use std::sync::Arc;
use std::sync::Mutex;

use tokio::task::JoinSet;

#[tokio::main]
async fn main() -> shared::Result {
    let lesson = shared::start()?;
    #[cfg(not(feature = "cured"))]
    let sum = Mutex::new(0);
    #[cfg(feature = "cured")]
    let sum = Arc::new(Mutex::new(0));
    let mut tasks: JoinSet<shared::Result> = JoinSet::new();
    for page in lesson.pages() {
        let url = lesson.url(page);
        #[cfg(feature = "cured")]
        let sum = Arc::clone(&sum);
        tasks.spawn(async move {
            let html = reqwest::get(url).await?.text().await?;
            *sum.lock().unwrap() += shared::first_price(&html).unwrap_or_default();
            Ok(())
        });
    }
    while let Some(added) = tasks.join_next().await {
        added??;
    }
    lesson.finish()
}
