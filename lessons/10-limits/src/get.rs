//! What the forms have in common: asking for a page, and for the details page of its first car.

use reqwest::Client;
use shared::Lesson;
use tokio::runtime::Handle;

/// Asks for a page, and gives its status.
pub async fn get_status(client: &Client, url: String) -> shared::Result<u16> {
    let response = client.get(url).send().await?;
    let status = response.status().as_u16();
    response.bytes().await?;
    Ok(status)
}

/// Asks for a page, and gives its number, status and HTML.
pub async fn get_page(client: &Client, page: u32, url: String) -> shared::Result<(u32, u16, String)> {
    let response = client.get(url).send().await?;
    let status = response.status().as_u16();
    let html = response.text().await?;
    Ok((page, status, html))
}

/// Asks for the details page of a page's first car, if the page shows one.
pub async fn get_details(lesson: &Lesson, client: &Client, html: &str) -> shared::Result<Option<String>> {
    let Some(url) = lesson.details_url(html) else { return Ok(None) };
    Ok(Some(client.get(url).send().await?.text().await?))
}

/// How many tasks there are now that have not ended, reqwest's own included.
pub fn tasks() -> usize {
    Handle::current().metrics().num_alive_tasks()
}
