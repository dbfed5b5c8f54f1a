//! What the forms that need a page as a whole have in common.

use reqwest::Client;

/// Asks for a page, and gives its number, status and HTML.
pub async fn get_page(client: &Client, page: u32, url: String) -> shared::Result<(u32, u16, String)> {
    let response = client.get(url).send().await?;
    let status = response.status().as_u16();
    let html = response.text().await?;
    Ok((page, status, html))
}
