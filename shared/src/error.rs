//! Errors as a learner should meet them: one line with all causes, and what to do where that is known.

use std::error::Error as StdError;
use std::fmt;
use std::io;

/// An error of a lesson, which is shown as one line. `main` may return it.
pub struct Error(Box<dyn StdError + Send + Sync>);

/// The result of a lesson's functions.
pub type Result<T = ()> = std::result::Result<T, Error>;

// As in anyhow: `?` converts every error. So `Error` can't be a `std::error::Error` itself: the standard library's
// conversion of a type into itself would be a second one.
impl<E: Into<Box<dyn StdError + Send + Sync>>> From<E> for Error {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl Error {
    /// The same error with the page that it was about, for libraries that don't say so.
    #[must_use]
    pub fn on_page(self, page: u32) -> Self {
        Self(Box::new(OnPage { page, cause: self.0 }))
    }

    /// The error and its causes, outermost first.
    fn chain(&self) -> impl Iterator<Item = &(dyn StdError + 'static)> {
        let outermost: &(dyn StdError + 'static) = self.0.as_ref();
        std::iter::successors(Some(outermost), |&error| error.source())
    }

    fn advice(&self, text: &str) -> Option<&'static str> {
        let kind = self.chain().find_map(|cause| {
            // hyper and rustls wrap errors in an `io::Error` that says only `Other`.
            cause.downcast_ref::<io::Error>().map(io::Error::kind).filter(|kind| *kind != io::ErrorKind::Other)
        });
        let lower = text.to_lowercase();
        // Some libraries keep nothing of their causes but the words.
        let says = |words: &[&str]| words.iter().any(|word| lower.contains(word));
        Some(match kind {
            _ if says(&["certificate", "unknownissuer"]) => {
                "the server can't be trusted as it is: check the address, the clock and the system's certificates"
            }
            _ if says(&["invalidcontenttype", "wrong version number"]) => {
                "the server does not speak https there: try http"
            }
            _ if says(&["dns error", "lookup address", "name or service", "no such host"]) => {
                "no such host is known: check its name and the network"
            }
            _ if says(&["communicating with database"]) => {
                "the database can't be reached, or ended the connection: check its URL, or leave --database out"
            }
            _ if says(&["pool timed out"]) => {
                "all connections were busy for too long: allow more, hold each for less time, or wait longer"
            }
            _ if says(&["too many open files"]) => "allow more open files with `ulimit -n`, or ask for fewer pages",
            Some(io::ErrorKind::ConnectionRefused) => NOTHING_LISTENS,
            None if says(&["connection refused"]) => NOTHING_LISTENS,
            Some(io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted | io::ErrorKind::BrokenPipe) => {
                CUT_OFF
            }
            Some(io::ErrorKind::UnexpectedEof) => CUT_OFF,
            // So says Unix when it can't start a thread.
            Some(io::ErrorKind::WouldBlock) => "the system allows no more threads: ask for fewer pages",
            None if says(&["connection reset", "connection closed", "unexpected eof", "incomplete"]) => CUT_OFF,
            Some(io::ErrorKind::NetworkUnreachable | io::ErrorKind::HostUnreachable | io::ErrorKind::TimedOut) => {
                "the site can't be reached: check the network"
            }
            _ => return None,
        })
    }
}

const NOTHING_LISTENS: &str = "nothing listens there: start a site with `cargo run -p site`, or leave --url out";
const CUT_OFF: &str = "the site ended the connection before its answer was complete";

#[derive(Debug)]
struct OnPage {
    page: u32,
    cause: Box<dyn StdError + Send + Sync>,
}

impl fmt::Display for OnPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "page {}", self.page)
    }
}

impl StdError for OnPage {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(self.cause.as_ref())
    }
}

/// As for people: `main` prints an error that it returns like this.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The error, its causes, and what to do where that is known, in one line.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut line = String::new();
        for cause in self.chain() {
            let text = cause.to_string();
            // Some libraries repeat a cause's text in their own.
            if !line.ends_with(&text) {
                line += if line.is_empty() { "" } else { ": " };
                line += &text;
            }
        }
        if let Some(advice) = self.advice(&line) {
            line = format!("{line}; {advice}");
        }
        f.write_str(&line.replace(['\n', '\r'], " "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_shown_alike_in_all_forms() {
        let error = || Error::from(io::Error::from(io::ErrorKind::ConnectionReset)).on_page(7);
        let line = "page 7: connection reset; the site ended the connection before its answer was complete";
        assert_eq!([error().to_string(), format!("{:?}", error())], [line, line]);
    }

    #[test]
    fn an_error_is_one_line_with_its_causes_and_advice() {
        let refused = Error::from(io::Error::from(io::ErrorKind::ConnectionRefused));
        let advice = "nothing listens there: start a site with `cargo run -p site`, or leave --url out";
        assert_eq!(refused.on_page(3).to_string(), format!("page 3: connection refused; {advice}"));
        let in_words = Error::from("deep down: Connection refused (os error 111)");
        assert_eq!(in_words.to_string(), format!("deep down: Connection refused (os error 111); {advice}"));
        assert_eq!(Error::from("two\nlines").to_string(), "two lines");
        assert_eq!(Error::from("page 3").on_page(3).to_string(), "page 3");
    }
}
