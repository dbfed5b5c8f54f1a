//! One request, with an error type of the program's own: whoever gets one can decide what to do.

use std::time::Duration;

use reqwest::header::RETRY_AFTER;
use reqwest::{Client, Response, StatusCode};
use thiserror::Error;
use tokio::time::timeout;

/// What a page leads to: its status, or an error.
pub type Answer = Result<u16, PageError>;

// #region page_error
/// What can become of a page instead of an answer.
#[derive(Debug, Error)]
pub enum PageError {
    #[error("no connection in time")]
    ConnectTimeout(#[source] reqwest::Error),
    #[error("no connection")]
    NoConnection(#[source] reqwest::Error),
    #[error("timeout")]
    Timeout,
    #[error("connection broken")]
    Broken(#[source] reqwest::Error),
    #[error("status {status}")]
    Later { status: StatusCode, pause: Option<Duration> },
}
// #endregion page_error

// #region from
impl From<reqwest::Error> for PageError {
    fn from(why: reqwest::Error) -> Self {
        match (why.is_connect(), why.is_timeout()) {
            (true, true) => Self::ConnectTimeout(why),
            (true, false) => Self::NoConnection(why),
            (false, true) => Self::Timeout,
            (false, false) => Self::Broken(why),
        }
    }
}
// #endregion from

impl PageError {
    /// Whether another attempt may help.
    pub fn may_pass(&self) -> bool {
        // #region may_pass
        use PageError::{Broken, ConnectTimeout, Later, NoConnection, Timeout};
        match self {
            ConnectTimeout(_) | Timeout | Broken(_) | Later { .. } => true,
            // Nobody listens there, or no such host is known.
            NoConnection(_) => false,
        }
        // #endregion may_pass
    }

    /// For how long the site has asked to be left alone.
    pub fn pause(&self) -> Duration {
        match self {
            Self::Later { pause, .. } => pause.unwrap_or_default(),
            _ => Duration::ZERO,
        }
    }
}

// #region get_page
/// Asks for a page, reads it whole, and gives its status.
pub async fn get_page(client: &Client, url: &str) -> Answer {
    let response = client.get(url).send().await?;
    let status = response.status();
    // 404 will be 404 in a second, too. These may pass.
    if matches!(status.as_u16(), 408 | 429 | 500 | 502 | 503 | 504) {
        let pause = retry_after(&response);
        return Err(PageError::Later { status, pause });
    }
    response.bytes().await?;
    Ok(status.as_u16())
}
// #endregion get_page

/// The same, if it takes no longer than `limit`.
pub async fn get_page_within(limit: Duration, client: &Client, url: &str) -> Answer {
    // #region attempt
    let answer = timeout(limit, get_page(client, url)).await;
    // The outer error, if there is one, says only that time is up.
    answer.unwrap_or(Err(PageError::Timeout))
    // #endregion attempt
}

// #region retry_after
/// What the header says, if that is a number of seconds, and no date.
fn retry_after(response: &Response) -> Option<Duration> {
    let header = response.headers().get(RETRY_AFTER)?;
    header.to_str().ok()?.parse().ok().map(Duration::from_secs)
}
// #endregion retry_after

/// Says what became of a page, and gives the error back, with the page that it was about.
pub fn print(page: u32, answer: Answer) -> shared::Result {
    match answer {
        Ok(status) => println!("Page: {page} Status: {status}"),
        Err(why) => {
            println!("Page: {page} Error: {why}");
            return Err(shared::Error::from(why).on_page(page));
        }
    }
    Ok(())
}
