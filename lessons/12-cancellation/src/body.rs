//! A page's body as something to read from, for the forms that read lines.

use reqwest::Client;
use tokio::io::{AsyncWriteExt, DuplexStream, duplex};
use tokio::task::JoinHandle;

/// An answer whose body still comes.
pub struct Answer {
    pub status: u16,
    pub body: DuplexStream,
    /// How many bytes the body had, in the end.
    pub length: JoinHandle<shared::Result<usize>>,
}

/// Asks for a page. Its body comes through a pipe, as it would from a socket.
pub async fn ask(client: &Client, url: String) -> shared::Result<Answer> {
    let mut response = client.get(url).send().await?;
    let status = response.status().as_u16();
    let (mut to, body) = duplex(64 * 1024);
    let length = tokio::spawn(async move {
        let mut length = 0;
        while let Some(piece) = response.chunk().await? {
            to.write_all(&piece).await?;
            length += piece.len();
        }
        Ok(length)
    });
    Ok(Answer { status, body, length })
}

/// Refuses a page whose lines are not all there.
pub fn compare(page: u32, read: usize, length: usize) -> shared::Result {
    if read != length {
        return Err(format!("page {page}: {} of {length} bytes were lost", length.abs_diff(read)).into());
    }
    Ok(())
}
