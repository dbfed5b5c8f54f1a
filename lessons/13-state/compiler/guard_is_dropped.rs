//! `drop(guard)` unlocks, but the compiler looks at the block that a guard is declared in: a block of its own ends before
//! the `.await`.

use std::sync::{Arc, Mutex};

use tokio::task::JoinSet;

#[tokio::main]
async fn main() -> shared::Result {
    let lesson = shared::start()?;
    let started = Arc::new(Mutex::new(0));
    let mut tasks: JoinSet<shared::Result> = JoinSet::new();
    for page in lesson.pages() {
        let (url, started) = (lesson.url(page), Arc::clone(&started));
        tasks.spawn(async move {
            #[cfg(not(feature = "cured"))]
            let mut count = started.lock().unwrap();
            #[cfg(not(feature = "cured"))]
            {
                *count += 1;
                println!("{count} have begun");
                drop(count);
            }
            #[cfg(feature = "cured")]
            {
                let mut count = started.lock().unwrap();
                *count += 1;
                println!("{count} have begun");
            }
            reqwest::get(url).await?.text().await?;
            Ok(())
        });
    }
    while let Some(ended) = tasks.join_next().await {
        ended??;
    }
    lesson.finish()
}
