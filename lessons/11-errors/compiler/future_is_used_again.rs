//! A future is one attempt: `.await` uses it up. Another attempt needs another future, made by a closure.

use reqwest::Client;

#[tokio::main]
async fn main() -> shared::Result {
    let lesson = shared::start()?;
    let client = Client::new();
    for page in lesson.pages() {
        #[cfg(not(feature = "cured"))]
        let answer = retry(client.get(lesson.url(page)).send()).await?;
        #[cfg(feature = "cured")]
        let answer = retry(async || client.get(lesson.url(page)).send().await).await?;
        println!("Page: {page} Status: {}", answer.status().as_u16());
    }
    lesson.finish()
}

#[cfg(not(feature = "cured"))]
async fn retry<T>(attempt: impl Future<Output = reqwest::Result<T>>) -> reqwest::Result<T> {
    for _ in 1..3 {
        if let Ok(answer) = attempt.await {
            return Ok(answer);
        }
    }
    attempt.await
}

#[cfg(feature = "cured")]
async fn retry<T>(attempt: impl AsyncFn() -> reqwest::Result<T>) -> reqwest::Result<T> {
    for _ in 1..3 {
        if let Ok(answer) = attempt().await {
            return Ok(answer);
        }
    }
    attempt().await
}
