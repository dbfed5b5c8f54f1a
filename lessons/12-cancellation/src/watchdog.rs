//! Ends the forms that would never end.

use std::time::Duration;

use tokio::time::timeout;

/// Gives `page`'s answer up when it does not come for much longer than `patience`, and says `why` that is.
pub async fn watch<T>(
    answer: impl Future<Output = shared::Result<T>>,
    patience: Duration,
    page: u32,
    why: &str,
) -> shared::Result<T> {
    let longest = patience * 10 + Duration::from_secs(1);
    let ended = timeout(longest, answer).await;
    ended.unwrap_or_else(|_| Err(format!("no answer for page {page} in {longest:?}: {why}").into()))
}
