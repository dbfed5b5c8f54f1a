//! What all forms have in common.

use reqwest::Client;
use tokio::task::JoinSet;

/// Asks for a page, and gives its status and HTML.
pub async fn get_page(client: &Client, url: String) -> shared::Result<(u16, String)> {
    let response = client.get(url).send().await?;
    let status = response.status().as_u16();
    Ok((status, response.text().await?))
}

/// Waits for all tasks. The first error ends the waiting, and the other tasks are aborted.
pub async fn all_done(mut tasks: JoinSet<shared::Result>) -> shared::Result {
    while let Some(ended) = tasks.join_next().await {
        ended??;
    }
    Ok(())
}
