//! What all forms have in common: one request.

use reqwest::Client;

/// Asks for a page, reads it whole, and gives its number and status.
pub async fn get_page(client: &Client, page: u32, url: String) -> shared::Result<(u32, u16)> {
    let response = client.get(url).send().await?;
    let status = response.status().as_u16();
    response.bytes().await?;
    Ok((page, status))
}
