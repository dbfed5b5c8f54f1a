//! What all forms have in common: one request.

use reqwest::Client;
use shared::Car;

/// Asks for a page, reads it whole, and gives its status and its cars.
pub async fn get_page(client: &Client, url: String) -> shared::Result<(u16, Vec<Car>)> {
    let response = client.get(url).send().await?;
    let status = response.status().as_u16();
    let html = response.text().await?;
    Ok((status, shared::cars(&html)))
}
