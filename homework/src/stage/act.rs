//! A start of the program: `[[act]]` of homework.toml.

use serde::Deserialize;
use toml::Spanned;

/// A start of the program, on a stage that outlives it: what one leaves in its folder, the next one finds.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Act {
    /// Arguments after the program's own.
    #[serde(default)]
    pub arguments: Vec<String>,
    /// When it is killed, with all its processes.
    pub kill: Option<Spanned<Moment>>,
    /// When it is sent what Ctrl-C sends. Where answers are held this waits until the program is at rest.
    pub interrupt: Option<Spanned<Moment>>,
    /// Whether one of the first pages is answered only when all others are done.
    #[serde(default)]
    pub slow: bool,
}

/// A moment of an act: when the first of these counts is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Moment {
    /// So many pages have been answered whole since the act began.
    pub answered: Option<u32>,
    /// So many pages' lines have been printed since the act began.
    pub lines: Option<u32>,
    /// So many pages are in flight.
    #[serde(rename = "in-flight")]
    pub in_flight: Option<u32>,
}

impl Moment {
    /// Whether it has come.
    pub fn has_come(self, answered: u32, lines: u32, in_flight: u32) -> bool {
        let counts = [(self.answered, answered), (self.lines, lines), (self.in_flight, in_flight)];
        counts.into_iter().any(|(wanted, now)| wanted.is_some_and(|wanted| now >= wanted))
    }

    /// The counts that it names.
    fn counts(self) -> impl Iterator<Item = u32> {
        [self.answered, self.lines, self.in_flight].into_iter().flatten()
    }
}

/// What contradicts itself in an act: where, and what.
pub fn contradiction(act: &Act) -> Option<(std::ops::Range<usize>, String)> {
    if let (Some(_), Some(interrupt)) = (&act.kill, &act.interrupt) {
        return Some((interrupt.span(), "an act is either killed or interrupted".to_owned()));
    }
    let moment = act.kill.as_ref().or(act.interrupt.as_ref())?;
    if moment.get_ref().counts().next().is_none() {
        return Some((moment.span(), "a moment is { answered = N }, { lines = N } or { in-flight = N }".to_owned()));
    }
    let zero = moment.get_ref().counts().any(|count| count == 0);
    zero.then(|| (moment.span(), "a moment is counted from 1".to_owned()))
}
