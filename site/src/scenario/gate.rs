//! Gates: when held answers are let go.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use super::text::{Invalid, deserialize_from_words, duration, whole_number};

/// A condition until which requests for listing and details pages are held.
///
/// Written `in-flight=10`, `in-flight=10,backwards`, `in-flight=10,one-at-a-time` or `quiet=200ms`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "files", derive(serde::Deserialize), serde(try_from = "String"))]
pub enum Gate {
    /// Holds every answer until `count` requests are in flight, then lets them go and stays open.
    InFlight {
        /// How many pages must be in flight.
        count: u32,
        /// In which order they are let go.
        release: Release,
    },
    /// Holds every answer until no further request has arrived for this long.
    Quiet(Duration),
    /// Holds every answer until the code that owns the site releases its target or opens the gate: see [`Site::release`]
    /// and [`Site::open_gate`]. It has no textual form, because a site that is started from the command line has no such
    /// owner.
    ///
    /// [`Site::release`]: crate::Site::release
    /// [`Site::open_gate`]: crate::Site::open_gate
    Manual,
}

/// The order in which held requests are let go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Release {
    /// All in the order of their targets, back to back.
    #[default]
    Forwards,
    /// All in reverse order, back to back.
    Backwards,
    /// In the order of their targets, each only when the answer before it has been sent or given up.
    OneAtATime,
}

impl Gate {
    fn new(in_flight: Option<u32>, release: Option<Release>, quiet: Option<Duration>) -> Result<Self, Invalid> {
        match (in_flight, release, quiet) {
            (Some(0), ..) => Err(Invalid::new("a gate that waits for 0 in flight is no gate")),
            (Some(count), release, None) => Ok(Self::InFlight { count, release: release.unwrap_or_default() }),
            (None, None, Some(quiet)) => Ok(Self::Quiet(quiet)),
            (None, Some(_), _) => Err(Invalid::new("a gate's release order goes with in-flight")),
            _ => Err(Invalid::new("a gate waits either for in-flight=N or for quiet=TIME")),
        }
    }
}

impl FromStr for Gate {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let (mut in_flight, mut release, mut quiet) = (None, None, None);
        for part in text.split(',') {
            match part.split_once('=').unwrap_or((part, "")) {
                ("in-flight", count) => in_flight = Some(whole_number(count)?),
                ("quiet", time) => quiet = Some(duration(time)?),
                ("forwards", "") => release = Some(Release::Forwards),
                ("backwards", "") => release = Some(Release::Backwards),
                ("one-at-a-time", "") => release = Some(Release::OneAtATime),
                _ => {
                    return Err(Invalid(format!(
                        "'{part}' is not part of a gate: in-flight=N, forwards, backwards, one-at-a-time, quiet=TIME"
                    )));
                }
            }
        }
        Self::new(in_flight, release, quiet)
    }
}

impl fmt::Display for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InFlight { count, release } => {
                write!(f, "in-flight={count}")?;
                f.write_str(match release {
                    Release::Forwards => "",
                    Release::Backwards => ",backwards",
                    Release::OneAtATime => ",one-at-a-time",
                })
            }
            Self::Quiet(time) => write!(f, "quiet={}", humantime::format_duration(*time)),
            Self::Manual => f.write_str("manual"),
        }
    }
}

deserialize_from_words!(Gate);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gate_is_written_in_words() {
        let why = |text: &str| text.parse::<Gate>().unwrap_err().to_string();
        assert_eq!("in-flight=10".parse(), Ok(Gate::InFlight { count: 10, release: Release::Forwards }));
        assert_eq!("in-flight=3,one-at-a-time".parse(), Ok(Gate::InFlight { count: 3, release: Release::OneAtATime }));
        assert_eq!("quiet=200ms".parse(), Ok(Gate::Quiet(Duration::from_millis(200))));
        assert_eq!(why("in-flight=0"), "a gate that waits for 0 in flight is no gate");
        assert_eq!(why("backwards,quiet=1s"), "a gate's release order goes with in-flight");
        assert_eq!(why("in-flight=2,quiet=1s"), "a gate waits either for in-flight=N or for quiet=TIME");
        assert_eq!(why("quiet=500000000000years"), "'500000000000years' is more than a day");
    }
}
