//! What an expectation is, and what comes of it.

use std::fmt::Debug;

use console::Lang;
use site::FaultKind;

use crate::plan::Plan;
use crate::run::Run;
use crate::stage::Parts;
use crate::stage::site::{Answer, Conditions};

/// What became of one expectation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The expectation's name in `homework.toml`.
    pub name: &'static str,
    /// Whether it was met.
    pub status: Status,
    /// What was expected.
    pub expected: String,
    /// What was seen.
    pub seen: String,
    /// What helps, where that is to be shown.
    pub hint: Option<String>,
}

/// Whether an expectation was met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It was.
    Met,
    /// It was not.
    Unmet,
    /// The run does not show it.
    Unknown,
}

/// What is to be said about one expectation of a run.
#[derive(Debug)]
pub struct Judgement {
    /// Whether the expectation was met.
    pub status: Status,
    /// What was seen, in words.
    pub seen: String,
    /// What helps.
    pub hint: Hint,
}

/// What helps with an expectation that was not met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hint {
    /// The homework's own hint for this expectation, if it has one.
    OfHomework,
    /// These words.
    Words(String),
    /// Nothing: what was seen says it all.
    None,
    /// What a later expectation has to say.
    Later,
}

impl Judgement {
    /// A judgement with the homework's own hint.
    pub fn new(status: Status, seen: impl Into<String>) -> Self {
        Self { status, seen: seen.into(), hint: Hint::OfHomework }
    }

    /// Of an expectation that was met.
    pub fn met(seen: impl Into<String>) -> Self {
        Self::new(Status::Met, seen)
    }

    /// Of one that was not.
    pub fn unmet(seen: impl Into<String>) -> Self {
        Self::new(Status::Unmet, seen)
    }

    /// Of one that the run does not show.
    pub fn unknown(seen: impl Into<String>) -> Self {
        Self::new(Status::Unknown, seen)
    }

    /// Of an expectation whose time never came, as the run ended before.
    pub fn not_so_far(lang: Lang) -> Self {
        Self::unknown(lang.pick("the program did not get that far", "до этого программа не дошла"))
    }

    /// The same with another hint.
    pub fn hinting(self, hint: Hint) -> Self {
        Self { hint, ..self }
    }
}

/// Something that must be seen.
pub trait Expectation: Debug {
    /// What contradicts the conditions under which the program runs.
    fn contradiction(&self, _parts: Parts<'_>) -> Option<String> {
        None
    }

    /// What is expected, in words.
    fn expected(&self, plan: &Plan, lang: Lang) -> String;

    /// Whether it was seen.
    fn judge(&self, run: &Run, lang: Lang) -> Judgement;
}

/// Whether something was as expected.
pub fn met_if(met: bool) -> Status {
    if met { Status::Met } else { Status::Unmet }
}

/// The conditions' word for how held requests are answered, if they are the wanted ones.
pub fn needs(conditions: Option<&Conditions>, name: &str, wanted: Answer, word: &str) -> Option<String> {
    let is_so = conditions.and_then(Conditions::answer) == Some(wanted);
    (!is_so).then(|| format!("{name} goes with answer = \"{word}\""))
}

/// That there is no site, which an expectation needs.
pub fn needs_site(conditions: Option<&Conditions>, name: &str) -> Option<String> {
    conditions.is_none().then(|| format!("{name} is about a site: add [site]"))
}

/// That no target has such a fault, which an expectation needs.
pub fn needs_fault(conditions: Option<&Conditions>, has: fn(FaultKind) -> bool, why: &str) -> Option<String> {
    let has = conditions.is_some_and(|conditions| conditions.has_fault(has));
    (!has).then(|| why.to_owned())
}

/// Types of expectations that have no settings but a hint.
macro_rules! plain {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            pub(super) hint: Option<crate::text::Text>,
        }
    )*};
}
pub(super) use plain;
