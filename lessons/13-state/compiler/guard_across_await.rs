//! A guard of the standard mutex may not go to another thread, so a task that holds one while it awaits is not `Send`.
//! Get first, and lock for what is left.

use std::sync::{Arc, Mutex};

use tokio::task::JoinSet;

#[tokio::main]
async fn main() -> shared::Result {
    let lesson = shared::start()?;
    let sum = Arc::new(Mutex::new(0));
    let mut tasks: JoinSet<shared::Result> = JoinSet::new();
    for page in lesson.pages() {
        let (url, sum) = (lesson.url(page), Arc::clone(&sum));
        tasks.spawn(async move {
            #[cfg(not(feature = "cured"))]
            let mut sum = sum.lock().unwrap();
            let html = reqwest::get(url).await?.text().await?;
            #[cfg(feature = "cured")]
            let mut sum = sum.lock().unwrap();
            *sum += shared::first_price(&html).unwrap_or_default();
            Ok(())
        });
    }
    while let Some(added) = tasks.join_next().await {
        added??;
    }
    println!("Sum: {}", sum.lock().unwrap());
    lesson.finish()
}
