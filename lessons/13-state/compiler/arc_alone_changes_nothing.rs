//! An `Arc` shares, and what is shared can't be changed without a lock: that is how the compiler rules data races out.

use std::sync::Arc;
#[cfg(feature = "cured")]
use std::sync::Mutex;

use tokio::task::JoinSet;

#[tokio::main]
async fn main() -> shared::Result {
    let lesson = shared::start()?;
    #[cfg(not(feature = "cured"))]
    let sum = Arc::new(0);
    #[cfg(feature = "cured")]
    let sum = Arc::new(Mutex::new(0));
    let mut tasks: JoinSet<shared::Result> = JoinSet::new();
    for page in lesson.pages() {
        let (url, sum) = (lesson.url(page), Arc::clone(&sum));
        tasks.spawn(async move {
            let html = reqwest::get(url).await?.text().await?;
            let price = shared::first_price(&html).unwrap_or_default();
            #[cfg(not(feature = "cured"))]
            {
                *sum += price;
            }
            #[cfg(feature = "cured")]
            {
                *sum.lock().unwrap() += price;
            }
            Ok(())
        });
    }
    while let Some(added) = tasks.join_next().await {
        added??;
    }
    lesson.finish()
}
