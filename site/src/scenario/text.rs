//! What the scenario's small grammars share: their error, lengths of time, numbers.

use std::fmt;
use std::time::Duration;

use console::options;

/// What is wrong with a scenario, in one line; where possible, with what to do.
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

/// Lets TOML hold what the command line takes, in the same words.
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
