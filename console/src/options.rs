//! Command lines: parsing them, and the types of their values.

use std::time::Duration;

use clap::Parser;
use clap::error::ErrorKind;

use crate::message::fail;

/// The longest length of time that an option takes.
pub const LONGEST: Duration = Duration::from_hours(24);

/// Parses the command line. A mistake in it is said in one line, and ends the program with status 1.
pub fn parse<T: Parser>() -> T {
    try_parse().unwrap_or_else(|why| fail(why))
}

/// Parses the command line. Help is printed, and ends the program.
///
/// # Errors
/// One line that says what is wrong with it.
pub fn try_parse<T: Parser>() -> Result<T, String> {
    try_parse_or(|_| None)
}

/// Parses the command line. Help is printed, and ends the program.
///
/// # Errors
/// One line that says what is wrong with it: the one of `explain`, or clap's.
pub fn try_parse_or<T: Parser>(explain: impl FnOnce(&clap::Error) -> Option<String>) -> Result<T, String> {
    T::try_parse().map_err(|error| {
        if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
            error.exit();
        }
        if let Some(line) = explain(&error) {
            return line;
        }
        // clap's first paragraph says what is wrong, a later one what may be meant; the others give usage.
        let text = error.to_string();
        let mut paragraphs = text.split("\n\n").map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "));
        let what = paragraphs.next().unwrap_or_default();
        let tip = paragraphs.find_map(|text| text.strip_prefix("tip: ").map(|tip| format!("; {tip}")));
        format!("{}{} (see --help)", what.strip_prefix("error: ").unwrap_or(&what), tip.unwrap_or_default())
    })
}

/// A whole number from 1.
///
/// # Errors
/// What is needed instead.
pub fn from_1(text: &str) -> Result<u32, String> {
    text.parse().ok().filter(|&number| number > 0).ok_or_else(|| "a whole number from 1 is needed".to_owned())
}

/// A length of time as people write it, up to [`LONGEST`]: `300ms`, `2s`, `1m 30s`.
///
/// # Errors
/// What is wrong with it, naming it.
pub fn duration(text: &str) -> Result<Duration, String> {
    let text = text.trim();
    match humantime::parse_duration(text) {
        Ok(duration) if duration <= LONGEST => Ok(duration),
        Ok(_) => Err(format!("'{text}' is more than a day")),
        Err(_) => Err(format!("'{text}' is no length of time: write it like 300ms or 2s")),
    }
}

/// How long to wait: a [`duration`] that is not zero.
///
/// # Errors
/// What is wrong with it.
pub fn patience(text: &str) -> Result<Duration, String> {
    match duration(text)? {
        Duration::ZERO => Err("nothing can be waited for in no time".to_owned()),
        patience => Ok(patience),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_from_1_is_whole() {
        assert_eq!(from_1("10"), Ok(10));
        for bad in ["0", "-3", "ten", "1e9", "", "4294967296"] {
            assert!(from_1(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_length_of_time_ends_at_a_day() {
        assert_eq!(duration(" 1m 30s "), Ok(Duration::from_secs(90)));
        assert_eq!(duration("24h"), Ok(LONGEST));
        assert_eq!(duration("500000000000years").unwrap_err(), "'500000000000years' is more than a day");
        assert_eq!(duration("soon").unwrap_err(), "'soon' is no length of time: write it like 300ms or 2s");
        for bad in ["25h", "-1s", "1", "", "99999999999999999999999s"] {
            assert!(duration(bad).is_err(), "{bad}");
        }
        assert!(patience("0s").is_err() && patience("1ms").is_ok());
    }
}
