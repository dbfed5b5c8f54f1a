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
    /// When it is sent what Ctrl-C sends.
    pub interrupt: Option<Spanned<Moment>>,
}

/// A moment of an act: when the first of these counts is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Moment {
    /// So many pages have been answered whole since the act began.
    pub answered: Option<u32>,
    /// So many pages' lines have been printed since the act began.
    pub lines: Option<u32>,
}

impl Moment {
    /// Whether it has come.
    pub fn has_come(self, answered: u32, lines: u32) -> bool {
        self.answered.is_some_and(|count| answered >= count) || self.lines.is_some_and(|count| lines >= count)
    }
}

/// What contradicts itself in an act: where, and what.
pub fn contradiction(act: &Act) -> Option<(std::ops::Range<usize>, String)> {
    if let (Some(_), Some(interrupt)) = (&act.kill, &act.interrupt) {
        return Some((interrupt.span(), "an act is either killed or interrupted".to_owned()));
    }
    let moment = act.kill.as_ref().or(act.interrupt.as_ref())?;
    match moment.get_ref() {
        Moment { answered: None, lines: None } => {
            Some((moment.span(), "a moment is { answered = N } or { lines = N }".to_owned()))
        }
        Moment { answered: Some(0), .. } | Moment { lines: Some(0), .. } => {
            Some((moment.span(), "a moment is counted from 1".to_owned()))
        }
        _ => None,
    }
}
