//! What the site does to a program: `[site]` of homework.toml.

use serde::Deserialize;
use site::{Fault, FaultKind, Invalid, LatencyRule, SizeRule, Target};
use toml::{Spanned, Value};

/// What the site does to the program.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Conditions {
    /// How many pages there are: one of these, drawn for each run.
    pub pages: Spanned<Vec<u32>>,
    /// Whether details pages are part of the job, that of each page's first car, and when they are answered.
    pub details: Option<Spanned<Details>>,
    /// How many pages may wait for their details pages in a queue: where those are answered one at a time.
    pub queue: Option<Spanned<u32>>,
    /// Whether each act has the whole job to do, with everything held again.
    #[serde(default)]
    pub anew: bool,
    /// How large pages are.
    #[serde(rename = "page-size")]
    pub page_size: Option<Spanned<Vec<SizeOf>>>,
    /// Each answer is held until so many pages are in flight.
    pub hold: Option<Spanned<Count>>,
    /// How the held requests are answered then.
    pub answer: Option<Spanned<Answer>>,
    /// In which order.
    pub order: Option<Spanned<Order>>,
    /// What goes wrong.
    pub faults: Option<Spanned<Vec<FaultRule>>>,
    /// How long answers take where nothing is held.
    pub latency: Option<Spanned<Latencies>>,
}

impl Conditions {
    /// The least number of pages that may be drawn.
    pub fn fewest_pages(&self) -> u32 {
        self.pages.get_ref().iter().copied().min().unwrap_or(0)
    }

    /// How held requests are answered, if they are held.
    pub fn answer(&self) -> Option<Answer> {
        self.hold.as_ref().map(|_| self.answer.as_ref().map(|answer| *answer.get_ref()).unwrap_or_default())
    }

    /// When details pages are answered, if they are part of the job.
    pub fn details(&self) -> Option<Details> {
        self.details.as_ref().map(|details| *details.get_ref())
    }

    /// The faults, in their order.
    pub fn faults(&self) -> &[FaultRule] {
        self.faults.as_ref().map_or(&[], |faults| faults.get_ref().as_slice())
    }

    /// How large pages are, where that is said.
    pub fn sizes(&self) -> &[SizeOf] {
        self.page_size.as_ref().map_or(&[], |sizes| sizes.get_ref().as_slice())
    }

    /// Whether there is a fault of a kind.
    pub fn has_fault(&self, wanted: impl Fn(FaultKind) -> bool) -> bool {
        self.faults().iter().any(|fault| wanted(fault.kind))
    }
}

/// A number of pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Value")]
pub enum Count {
    /// As many as there are.
    All,
    /// So many.
    Exactly(u32),
}

impl Count {
    /// How many that is of `pages`.
    pub fn of(self, pages: u32) -> u32 {
        match self {
            Self::All => pages,
            Self::Exactly(count) => count,
        }
    }
}

impl TryFrom<Value> for Count {
    type Error = &'static str;

    fn try_from(value: Value) -> Result<Self, Self::Error> {
        let number = value.as_integer().and_then(|number| u32::try_from(number).ok()).filter(|&number| number > 0);
        match (number, value.as_str()) {
            (Some(number), _) => Ok(Self::Exactly(number)),
            (None, Some("all")) => Ok(Self::All),
            _ => Err("a whole number from 1, or \"all\", is needed"),
        }
    }
}

/// When the details pages are answered that are part of the job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Details {
    /// When they are asked for.
    AtOnce,
    /// One, when as many pages have been answered as the queue and the program's hands hold.
    OneAtATime,
    /// One after another when all are in flight, each when the sum up to the one before has been printed.
    All,
}

/// How large a page is, which may be left to be drawn for each run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum SizeOf {
    /// One page, or all that no other rule names.
    Rule(SizeRule),
    /// A page that is drawn: so many bytes.
    AnyPage(u64),
}

impl TryFrom<String> for SizeOf {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        match text.split_once(':') {
            Some(("any", size)) => site::bytes(size).map(Self::AnyPage),
            _ => text.parse().map(Self::Rule),
        }
    }
}

/// How long answers take: one rule, or a list of them.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "Value")]
pub struct Latencies(pub Vec<LatencyRule>);

impl TryFrom<Value> for Latencies {
    type Error = String;

    fn try_from(value: Value) -> Result<Self, Self::Error> {
        let rules = if let Value::Array(rules) = value { rules } else { vec![value] };
        let rules = rules.iter().map(|rule| match rule.as_str() {
            Some(rule) => rule.parse().map_err(|why: Invalid| why.to_string()),
            None => Err("a latency is written like \"0ms..50ms\" or \"3:1s\"".to_owned()),
        });
        rules.collect::<Result<_, _>>().map(Self)
    }
}

/// How held requests are answered once the hold is full.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// All, back to back.
    #[default]
    AtOnce,
    /// One, and the next when the hold is full again or all pages that are left are in flight.
    OneForOne,
    /// One, and the next when that one's line has been printed.
    AfterItsLine,
    /// One, and the next when all others in flight have been given up by the client.
    Race,
}

/// In which order held requests are answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// By page number.
    Forwards,
    /// From the last page to the first.
    Backwards,
    /// Those first that something goes wrong with, without waiting for their lines; then as if shuffled.
    FailuresFirst,
    /// Drawn for each run, and never by page number where there is more than one to choose from.
    #[default]
    Shuffled,
}

/// Something that goes wrong with one target, which may be left to be drawn for each run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct FaultRule {
    /// What it befalls.
    pub place: Place,
    /// What happens.
    pub kind: FaultKind,
}

/// What a fault befalls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// This one.
    Target(Target),
    /// A page that is drawn.
    AnyPage,
    /// The details page of the first car on a page that is drawn.
    AnyDetails,
}

impl TryFrom<String> for FaultRule {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        match text.split_once(':') {
            Some(("any", kind)) => Ok(Self { place: Place::AnyPage, kind: kind.parse()? }),
            Some(("details/any", kind)) => Ok(Self { place: Place::AnyDetails, kind: kind.parse()? }),
            _ => text.parse().map(|Fault { target, kind }| Self { place: Place::Target(target), kind }),
        }
    }
}

/// Whether a target with this fault is answered with a failing status, or not at all.
pub fn is_failure(kind: FaultKind) -> bool {
    match kind {
        FaultKind::Status(status) => status >= 400,
        FaultKind::Reset | FaultKind::Cut | FaultKind::CutFirst(_) | FaultKind::FailFirst { .. } => true,
        FaultKind::Never | FaultKind::Drip(_) => false,
    }
}

/// Whether the first attempts fail.
pub fn fails_first(kind: FaultKind) -> bool {
    matches!(kind, FaultKind::FailFirst { .. })
}
