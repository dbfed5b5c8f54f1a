//! What the practice database is to do: its statements as targets, their latency, gate and faults.

use std::fmt;
use std::num::NonZero;
use std::str::FromStr;
#[cfg(feature = "database")]
use std::time::Duration;

use super::gate::Gate;
use super::latency::Latency;
use super::text::{Invalid, deserialize_from_words, whole_number};
#[cfg(feature = "database")]
use crate::random::Draw;

/// The kind of a statement, by the word it begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verb {
    /// `SELECT`, and `VALUES`.
    Select,
    /// `INSERT`.
    Insert,
    /// `UPDATE`.
    Update,
    /// `DELETE`, and `TRUNCATE`.
    Delete,
    /// `CREATE`.
    Create,
    /// `ALTER`.
    Alter,
    /// `DROP`.
    Drop,
    /// `BEGIN`, and `START TRANSACTION`.
    Begin,
    /// `COMMIT`, and `END`.
    Commit,
    /// `ROLLBACK`, and `ABORT`.
    Rollback,
    /// `SAVEPOINT`, `RELEASE`, and `ROLLBACK TO`.
    Savepoint,
    /// What concerns the session alone: `SET`, `SHOW`, `RESET`, `DISCARD` and the like.
    Set,
    /// Anything else.
    Other,
}

impl Verb {
    const ALL: [(Self, &str); 13] = [
        (Self::Select, "select"),
        (Self::Insert, "insert"),
        (Self::Update, "update"),
        (Self::Delete, "delete"),
        (Self::Create, "create"),
        (Self::Alter, "alter"),
        (Self::Drop, "drop"),
        (Self::Begin, "begin"),
        (Self::Commit, "commit"),
        (Self::Rollback, "rollback"),
        (Self::Savepoint, "savepoint"),
        (Self::Set, "set"),
        (Self::Other, "other"),
    ];

    /// The word for it, in lower case.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(verb, _)| *verb == self).map_or("other", |(_, word)| word)
    }

    /// Whether such statements take time and wait at a gate: those that ask for data, change it or commit. What only
    /// concerns the session is answered at once.
    pub fn waits(self) -> bool {
        !matches!(self, Self::Begin | Self::Rollback | Self::Savepoint | Self::Set | Self::Other)
    }
}

impl fmt::Display for Verb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// One statement that the practice database was asked to execute: the `number`th of its kind, counted from 1 over all
/// connections. Written `insert 3`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Statement {
    /// Its kind.
    pub verb: Verb,
    /// Its number among those of its kind.
    pub number: u32,
}

impl fmt::Display for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.verb, self.number)
    }
}

impl FromStr for Statement {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let (word, number) = text.trim().split_once(' ').unwrap_or((text.trim(), ""));
        let named = |(verb, name): &(Verb, &str)| name.eq_ignore_ascii_case(word).then_some(*verb);
        let Some(verb) = Verb::ALL.iter().find_map(named) else {
            let words: Vec<_> = Verb::ALL.iter().map(|(_, word)| *word).collect();
            return Err(Invalid(format!(
                "'{text}' is no statement: write it like insert 3, with {}",
                words.join(", ")
            )));
        };
        match whole_number(number)? {
            0 => Err(Invalid(format!("statements are numbered from 1, so there is no {word} 0"))),
            number => Ok(Self { verb, number }),
        }
    }
}

/// A code that says what became of a statement, such as 40001; five digits or capital letters. PostgreSQL's
/// documentation lists them: <https://www.postgresql.org/docs/current/errcodes-appendix.html>.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SqlState([u8; 5]);

impl SqlState {
    /// The state with this code.
    #[cfg(feature = "database")]
    pub(crate) const fn new(code: [u8; 5]) -> Self {
        Self(code)
    }

    /// The code.
    pub fn code(&self) -> &str {
        // Only ASCII gets in.
        std::str::from_utf8(&self.0).unwrap_or("XX000")
    }
}

impl fmt::Display for SqlState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

impl FromStr for SqlState {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let code = <[u8; 5]>::try_from(text.as_bytes()).ok();
        code.filter(|code| code.iter().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase()))
            .map(Self)
            .ok_or_else(|| Invalid(format!("'{text}' is no SQLSTATE: five digits or capital letters, like 40001")))
    }
}

#[cfg(feature = "files")]
impl serde::Serialize for SqlState {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

#[cfg(feature = "files")]
impl serde::Serialize for Statement {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A fault of one statement.
///
/// Written `insert 3: 40001` (it fails with that SQLSTATE and does nothing; a COMMIT that fails rolls back), `select 2:
/// never` (no answer), `insert 5: close` (it is not executed, and the connection is closed instead of an answer),
/// `commit 2: lost` (it is executed, and the connection is closed instead of an answer).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "files", derive(serde::Deserialize), serde(try_from = "String"))]
pub struct StatementFault {
    /// The statement.
    pub statement: Statement,
    /// What happens.
    pub kind: StatementFaultKind,
}

/// A kind of fault of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatementFaultKind {
    /// Fails with this code instead of being executed.
    State(SqlState),
    /// Is never answered.
    Never,
    /// The connection is closed instead of executing it.
    Close,
    /// The connection is closed after executing it, instead of an answer.
    Lost,
}

impl FromStr for StatementFault {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let (statement, kind) = text
            .split_once(':')
            .ok_or_else(|| Invalid(format!("'{text}' is no statement's fault: write it like insert 3: 40001")))?;
        let kind = match kind.trim() {
            "never" => StatementFaultKind::Never,
            "close" => StatementFaultKind::Close,
            "lost" => StatementFaultKind::Lost,
            code if code.len() == 5 => StatementFaultKind::State(code.parse()?),
            other => {
                return Err(Invalid(format!(
                    "'{other}' is no statement's fault: a SQLSTATE like 40001, never, close or lost"
                )));
            }
        };
        Ok(Self { statement: statement.parse()?, kind })
    }
}

deserialize_from_words!(StatementFault);

/// What the practice database is to do; the table `database` of a scenario. [`DatabaseScenario::default`] executes each
/// statement after 10 to 30 ms, and accepts 100 connections.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "files", derive(serde::Deserialize))]
#[cfg_attr(feature = "files", serde(default, deny_unknown_fields))]
pub struct DatabaseScenario {
    /// How long statements take before they are executed. Unless said otherwise 10 to 30 ms, or no time if there is a
    /// gate.
    pub latency: Option<Latency>,
    /// How many connections there may be at once; further ones are refused with 53300.
    pub connections: NonZero<u32>,
    /// Holds statements until a condition is met.
    pub gate: Option<Gate>,
    /// The faults, at most one for each statement.
    pub faults: Vec<StatementFault>,
}

impl Default for DatabaseScenario {
    fn default() -> Self {
        const CONNECTIONS: NonZero<u32> = NonZero::new(100).unwrap();
        Self { latency: None, connections: CONNECTIONS, gate: None, faults: Vec::new() }
    }
}

impl DatabaseScenario {
    /// Checks that no part contradicts another.
    pub(super) fn check(&self) -> Result<(), Invalid> {
        if self.gate.is_some() && self.latency.is_some() {
            return Err(Invalid::new(
                "a gate decides when statements are answered, so a latency beside it has no meaning: leave one out",
            ));
        }
        for (index, fault) in self.faults.iter().enumerate() {
            if self.faults[..index].iter().any(|other| other.statement == fault.statement) {
                return Err(Invalid(format!("two faults on {}: one is possible at most", fault.statement)));
            }
        }
        Ok(())
    }

    /// How long a statement takes before it is executed.
    #[cfg(feature = "database")]
    pub(crate) fn latency_of(&self, seed: u64, statement: Statement) -> Duration {
        const DEFAULT: (Duration, Duration) = (Duration::from_millis(10), Duration::from_millis(30));
        let draw = Draw::StatementLatency { kind: statement.verb as u8, number: statement.number };
        let drawn = |latency: Latency| latency.draw(draw, seed);
        match self.latency {
            _ if !statement.verb.waits() => Duration::ZERO,
            Some(latency) => drawn(latency),
            None if self.gate.is_some() => Duration::ZERO,
            None => Latency::new(DEFAULT.0..=DEFAULT.1).map_or(Duration::ZERO, drawn),
        }
    }

    /// The fault of a statement, if it has one.
    #[cfg(feature = "database")]
    pub(crate) fn fault_of(&self, statement: Statement) -> Option<StatementFaultKind> {
        self.faults.iter().find(|fault| fault.statement == statement).map(|fault| fault.kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_written_as_it_is_read() {
        let fault = |text: &str| text.parse::<StatementFault>().unwrap();
        let insert = Statement { verb: Verb::Insert, number: 3 };
        let state = StatementFaultKind::State("40001".parse().unwrap());
        assert_eq!(fault("insert 3: 40001"), StatementFault { statement: insert, kind: state });
        assert_eq!(fault("INSERT 3:close").kind, StatementFaultKind::Close);
        assert_eq!(fault("commit 1: lost").statement.to_string(), "commit 1");
        assert_eq!(fault("select 2: never").kind, StatementFaultKind::Never);
        for bad in [
            "insert 3",
            "insert: 40001",
            "insert 0: close",
            "3: 40001",
            "merge 1: close",
            "insert 1: 4000",
            "insert 1: 4000a",
        ] {
            assert!(bad.parse::<StatementFault>().is_err(), "{bad}");
        }
    }

    #[test]
    fn contradictions_are_found() {
        let twice = DatabaseScenario {
            faults: ["insert 1: close", "insert 1: never"].map(|fault| fault.parse().unwrap()).to_vec(),
            ..DatabaseScenario::default()
        };
        assert_eq!(twice.check().unwrap_err().to_string(), "two faults on insert 1: one is possible at most");
        let gated = DatabaseScenario {
            gate: "in-flight=2".parse().ok(),
            latency: "1s".parse().ok(),
            ..DatabaseScenario::default()
        };
        assert!(gated.check().is_err());
    }
}
