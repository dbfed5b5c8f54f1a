//! Faults: what goes wrong on purpose.

use std::ops::RangeInclusive;
use std::str::FromStr;
use std::time::Duration;

use super::target::Target;
use super::text::{Invalid, deserialize_from_words, duration, whole_number};

/// A fault of one target.
///
/// Written `3:404` or `details/1234:404` (that status), `3:fail-first=2` (503 with Retry-After twice, then as usual;
/// `,status=500` and `,retry-after=2` change that), `3:never` (no answer), `3:reset` (the connection is reset instead
/// of an answer), `3:cut` (the connection is reset in the middle of the body), `3:cut-first=1` (so the first time, and then
/// as usual), `3:drip=2s` (a body that takes that long).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "files", derive(serde::Deserialize), serde(try_from = "String"))]
pub struct Fault {
    /// The target.
    pub target: Target,
    /// What happens.
    pub kind: FaultKind,
}

/// A kind of fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// Answers with this status, 200 to 599, each time.
    Status(u16),
    /// Answers the first attempts with a failure, and then as usual.
    FailFirst {
        /// How many attempts fail.
        attempts: u32,
        /// With which status, 400 to 599.
        status: u16,
        /// The Retry-After header of a failure, in seconds.
        retry_after: u32,
    },
    /// Never answers.
    Never,
    /// Resets the connection instead of answering.
    Reset,
    /// Resets the connection in the middle of the body.
    Cut,
    /// Does so with so many attempts, and then answers as usual.
    CutFirst(u32),
    /// Answers with a body that takes this long to arrive.
    Drip(Duration),
}

impl FaultKind {
    /// Whether an attempt, counted from 1, is cut off in the middle of its body.
    pub(crate) fn cuts(self, attempt: u32) -> bool {
        match self {
            Self::Cut => true,
            Self::CutFirst(attempts) => attempt <= attempts,
            _ => false,
        }
    }
}

impl FromStr for Fault {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let (target, kind) = text
            .split_once(':')
            .ok_or_else(|| Invalid(format!("'{text}' is no fault: write it like 3:404 or details/1234:never")))?;
        Ok(Self { target: target.parse()?, kind: kind.parse()? })
    }
}

impl FromStr for FaultKind {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let mut parts = text.split(',').map(|part| part.split_once('=').unwrap_or((part, "")));
        let kind = match parts.next().unwrap_or_default() {
            ("never", "") => Self::Never,
            ("reset", "") => Self::Reset,
            ("cut", "") => Self::Cut,
            ("cut-first", attempts) => Self::CutFirst(first("cut-first", attempts)?),
            ("drip", time) => Self::Drip(duration(time)?),
            ("fail-first", attempts) => {
                let attempts = first("fail-first", attempts)?;
                let (mut status, mut retry_after) = (503, 1);
                for part in parts.by_ref() {
                    match part {
                        ("status", code) => status = status_in(400..=599, code)?,
                        ("retry-after", seconds) => retry_after = whole_number(seconds)?,
                        (name, _) => {
                            return Err(Invalid(format!("'{name}' is not part of fail-first: status, retry-after")));
                        }
                    }
                }
                Self::FailFirst { attempts, status, retry_after }
            }
            (code, "") if code.starts_with(|c: char| c.is_ascii_digit()) => Self::Status(status_in(200..=599, code)?),
            (name, _) => {
                return Err(Invalid(format!(
                    "'{name}' is no fault: a status, fail-first=N, never, reset, cut, cut-first=N or drip=TIME"
                )));
            }
        };
        match parts.next() {
            None => Ok(kind),
            Some((name, _)) => Err(Invalid(format!("'{name}' has no meaning in '{text}'"))),
        }
    }
}

/// How many attempts fail.
fn first(name: &str, attempts: &str) -> Result<u32, Invalid> {
    match whole_number(attempts)? {
        0 => Err(Invalid(format!("{name}=0 never fails: leave the fault out"))),
        attempts => Ok(attempts),
    }
}

fn status_in(range: RangeInclusive<u16>, text: &str) -> Result<u16, Invalid> {
    text.parse().ok().filter(|status| range.contains(status)).ok_or_else(|| {
        Invalid(format!("'{text}': a status here is a number from {} to {}", range.start(), range.end()))
    })
}

deserialize_from_words!(Fault);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_written_in_words() {
        let why = |text: &str| text.parse::<Fault>().unwrap_err().to_string();
        let fault = |kind| Ok(Fault { target: Target::Page(3), kind });
        assert_eq!("3:404".parse(), fault(FaultKind::Status(404)));
        assert_eq!("3:never".parse(), fault(FaultKind::Never));
        assert_eq!("details/12:never".parse(), Ok(Fault { target: Target::Car(12), kind: FaultKind::Never }));
        assert_eq!("3:cut-first=1".parse(), fault(FaultKind::CutFirst(1)));
        assert_eq!(why("3:cut-first=0"), "cut-first=0 never fails: leave the fault out");
        assert_eq!("3:drip=2s".parse(), fault(FaultKind::Drip(Duration::from_secs(2))));
        assert_eq!("3:fail-first=2".parse(), fault(FaultKind::FailFirst { attempts: 2, status: 503, retry_after: 1 }));
        assert_eq!(
            "3:fail-first=1,status=500,retry-after=7".parse(),
            fault(FaultKind::FailFirst { attempts: 1, status: 500, retry_after: 7 })
        );
        assert_eq!(why("3:99"), "'99': a status here is a number from 200 to 599");
        assert_eq!(why("0:never"), "pages are numbered from 1, so there is no page 0");
        assert_eq!(why("3:reset,status=500"), "'status' has no meaning in 'reset,status=500'");
        assert_eq!(why("3:drip=2days"), "'2days' is more than a day");
        assert_eq!(
            why("3:sulk"),
            "'sulk' is no fault: a status, fail-first=N, never, reset, cut, cut-first=N or drip=TIME"
        );
    }
}
