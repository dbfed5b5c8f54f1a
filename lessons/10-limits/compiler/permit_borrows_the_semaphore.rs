//! A permit from `acquire` borrows the semaphore, which a task may outlive. One from `acquire_owned` shares it.

use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

#[tokio::main]
async fn main() -> shared::Result {
    let lesson = shared::start()?;
    let semaphore = Arc::new(Semaphore::new(3));
    let mut tasks = JoinSet::new();
    for page in lesson.pages() {
        #[cfg(not(feature = "cured"))]
        let permit = semaphore.acquire().await?;
        #[cfg(feature = "cured")]
        let permit = semaphore.clone().acquire_owned().await?;
        let url = lesson.url(page);
        tasks.spawn(async move {
            let _permit = permit;
            Ok::<_, shared::Error>((page, reqwest::get(url).await?.status().as_u16()))
        });
    }
    while let Some(ended) = tasks.join_next().await {
        let (page, status) = ended??;
        println!("Page: {page} Status: {status}");
    }
    lesson.finish()
}
