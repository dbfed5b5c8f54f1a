//! Latencies: how long answers take.

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;
use std::time::Duration;

use console::options::LONGEST;

use super::target::Target;
use super::text::{Invalid, deserialize_from_words, duration};
use crate::random::Draw;

/// A range from which each target's latency is drawn evenly. Written `100ms..300ms`, or `1s` when all are alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "files", derive(serde::Deserialize), serde(try_from = "String"))]
pub struct Latency {
    shortest: Duration,
    longest: Duration,
}

impl Latency {
    /// A latency from `shortest` to `longest`.
    ///
    /// # Errors
    /// When the range is empty, or ends later than a day.
    pub fn new(range: RangeInclusive<Duration>) -> Result<Self, Invalid> {
        let (shortest, longest) = range.into_inner();
        if shortest > longest {
            return Err(Invalid(format!(
                "an empty range: {} is more than {}; turn it round",
                humantime::format_duration(shortest),
                humantime::format_duration(longest)
            )));
        }
        if longest > LONGEST {
            return Err(Invalid::new("a latency of more than a day"));
        }
        Ok(Self { shortest, longest })
    }

    /// The shortest and the longest.
    #[cfg(feature = "page")]
    pub(crate) fn range(self) -> (Duration, Duration) {
        (self.shortest, self.longest)
    }

    pub(super) fn of(self, seed: u64, target: Target) -> Duration {
        let draw = match target {
            Target::Page(page) => Draw::PageLatency(page),
            Target::Car(id) => Draw::CarLatency(id),
        };
        self.draw(draw, seed)
    }

    pub(super) fn draw(self, draw: Draw, seed: u64) -> Duration {
        let micros = |duration: Duration| u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
        Duration::from_micros(draw.random(seed).u64(micros(self.shortest)..=micros(self.longest)))
    }
}

impl Default for Latency {
    fn default() -> Self {
        Self { shortest: Duration::from_millis(100), longest: Duration::from_millis(300) }
    }
}

impl FromStr for Latency {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let (shortest, longest) = text.split_once("..").unwrap_or((text, text));
        Self::new(duration(shortest)?..=duration(longest)?)
    }
}

impl fmt::Display for Latency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [shortest, longest] = [self.shortest, self.longest].map(humantime::format_duration);
        if self.shortest == self.longest { write!(f, "{shortest}") } else { write!(f, "{shortest}..{longest}") }
    }
}

deserialize_from_words!(Latency);

/// A latency for one target, or for all that no other rule names. Written `3:2s`, `details/1234:1s`, `100ms..300ms`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "files", derive(serde::Deserialize), serde(try_from = "String"))]
pub struct LatencyRule {
    /// The target; `None` for all that no other rule names.
    pub target: Option<Target>,
    /// How long it takes.
    pub latency: Latency,
}

impl From<Latency> for LatencyRule {
    fn from(latency: Latency) -> Self {
        Self { target: None, latency }
    }
}

impl FromStr for LatencyRule {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match text.split_once(':') {
            Some((target, latency)) => Ok(Self { target: Some(target.parse()?), latency: latency.parse()? }),
            None => text.parse::<Latency>().map(Self::from),
        }
    }
}

impl fmt::Display for LatencyRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.target {
            Some(target) => write!(f, "{target}:{}", self.latency),
            None => self.latency.fmt(f),
        }
    }
}

deserialize_from_words!(LatencyRule);

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(count: u64) -> Duration {
        Duration::from_millis(count)
    }

    #[test]
    fn a_latency_is_a_range_or_one_length() {
        let why = |text: &str| text.parse::<Latency>().unwrap_err().to_string();
        assert_eq!("100ms..300ms".parse(), Ok(Latency::default()));
        assert_eq!("1s".parse(), Latency::new(ms(1000)..=ms(1000)));
        assert_eq!(why("300ms..100ms"), "an empty range: 300ms is more than 100ms; turn it round");
        assert_eq!(why("fast"), "'fast' is no length of time: write it like 300ms or 2s");
        assert_eq!(why("0s..2days"), "'2days' is more than a day");
        assert!(Latency::new(ms(0)..=LONGEST + ms(1)).is_err());
    }

    #[test]
    fn a_rule_is_for_one_target_or_for_the_others() {
        for (text, target) in
            [("2s", None), ("3:2s", Some(Target::Page(3))), ("details/7:1s..2s", Some(Target::Car(7)))]
        {
            let rule: LatencyRule = text.parse().unwrap();
            assert_eq!((rule.target, rule.to_string().as_str()), (target, text));
        }
        for bad in ["", ":1s", "3:", "3:4:1s", "0:1s", "x:1s"] {
            assert!(bad.parse::<LatencyRule>().is_err(), "{bad}");
        }
    }
}
