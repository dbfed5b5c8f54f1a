//! What the scenario's grammars share: the error, lengths of time and numbers.

use std::fmt;
use std::time::Duration;

use console::options;

/// An error in a scenario: one line that says what is wrong and, where possible, what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid(pub(super) String);

impl Invalid {
    pub(super) fn new(why: impl Into<String>) -> Self {
        Self(why.into())
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Invalid {}

/// A length of time as people write it, up to a day: `300ms`, `2s`, `1m 30s`.
pub(super) fn duration(text: &str) -> Result<Duration, Invalid> {
    options::duration(text).map_err(Invalid)
}

pub(super) fn whole_number(text: &str) -> Result<u32, Invalid> {
    text.trim().parse().map_err(|_| Invalid(format!("'{text}' is no whole number")))
}

/// Makes a type deserialize from the words that the command line takes.
macro_rules! deserialize_from_words {
    ($written:ty) => {
        #[cfg(feature = "files")]
        impl TryFrom<String> for $written {
            type Error = Invalid;

            fn try_from(text: String) -> Result<Self, Invalid> {
                text.parse()
            }
        }
    };
}
pub(super) use deserialize_from_words;
