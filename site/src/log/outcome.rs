//! How exchanges and queries end.

/// How an exchange or a query ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "files", derive(serde::Serialize), serde(rename_all = "snake_case"))]
pub enum Outcome {
    /// The whole answer was sent.
    Answered,
    /// The client closed the connection before that.
    GivenUp,
    /// It has no whole answer yet: it is in flight, or was when the log dropped it or the site stopped.
    Held,
    /// The site reset the connection, as its scenario says; the database closed it.
    Reset,
}
