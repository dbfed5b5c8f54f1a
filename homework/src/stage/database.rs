//! What the practice database does to a program: `[database]` of homework.toml.

use std::num::NonZero;
use std::ops::{Range, RangeInclusive};

use fastrand::Rng;
use serde::Deserialize;
use site::{DatabaseScenario, Gate, Latency, Statement, StatementFault, StatementFaultKind};
use toml::Spanned;

/// What the practice database does to the program.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Conditions {
    /// Statements that change rows are held until so many connections have one.
    pub hold: Option<Spanned<u32>>,
    /// How long statements take. Without it they are executed one at a time, each when the table has been looked at.
    pub latency: Option<Spanned<Latency>>,
    /// How many connections it lets in; further ones are refused with 53300.
    pub connections: Option<NonZero<u32>>,
    /// What goes wrong.
    pub faults: Option<Spanned<Vec<FaultRule>>>,
}

impl Conditions {
    /// The faults, in their order.
    pub fn faults(&self) -> &[FaultRule] {
        self.faults.as_ref().map_or(&[], |faults| faults.get_ref().as_slice())
    }

    /// What the database does in one run.
    pub fn draw(&self, random: &mut Rng) -> DatabaseScenario {
        let latency = self.latency.as_ref().map(|latency| *latency.get_ref());
        let base = DatabaseScenario::default();
        DatabaseScenario {
            gate: latency.is_none().then_some(Gate::Manual),
            latency,
            connections: self.connections.unwrap_or(base.connections),
            faults: faults(self.faults(), random),
        }
    }
}

/// A fault of a statement whose number may be left to be drawn for each run.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct FaultRule {
    /// The statement, by the first of its numbers, and what happens.
    first: StatementFault,
    /// The numbers to draw from.
    numbers: RangeInclusive<u32>,
}

impl TryFrom<String> for FaultRule {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let parse = |text: &str| text.parse::<StatementFault>().map_err(|why| why.to_string());
        let drawn = text.split_once("..").and_then(|(first, rest)| Some((first, rest.split_once(':')?)));
        let Some((first, (last, kind))) = drawn else {
            let first = parse(&text)?;
            return Ok(Self { first, numbers: first.statement.number..=first.statement.number });
        };
        let first = parse(&format!("{first}:{kind}"))?;
        let from = first.statement.number;
        match last.trim().parse() {
            Ok(last) if last >= from => Ok(Self { first, numbers: from..=last }),
            _ => Err(format!("'{last}' in '{text}' is no number from {from}: write it like insert 3..6: 40001")),
        }
    }
}

/// What contradicts itself in `[database]`: where, and what.
pub fn contradiction(conditions: &Conditions) -> Option<(Range<usize>, String)> {
    if let Some(hold) = conditions.hold.as_ref().filter(|hold| *hold.get_ref() == 0) {
        return Some((hold.span(), "hold needs a number of connections from 1".to_owned()));
    }
    if let Some(hold) = &conditions.hold {
        if let Some(latency) = &conditions.latency {
            return Some((latency.span(), "a latency beside hold: the hold decides when to execute".to_owned()));
        }
        if let Some(most) = conditions.connections.filter(|most| most.get() < *hold.get_ref()) {
            return Some((hold.span(), format!("hold waits for more connections than the {most} that are let in")));
        }
    }
    let span = conditions.faults.as_ref()?.span();
    let rules = conditions.faults();
    if rules.iter().any(|rule| rule.first.kind == StatementFaultKind::Never) {
        return Some((span, "a statement that is never answered would hold up the others".to_owned()));
    }
    // Whatever the first ones draw, a number must be left for the last.
    for (index, rule) in rules.iter().enumerate() {
        let taken = rules[..index].iter().filter(|other| other.first.statement.verb == rule.first.statement.verb);
        if rule.numbers.clone().count() <= taken.count() {
            let statement = rule.first.statement;
            return Some((span, format!("two faults on {statement}: a statement has one at most, so widen the range")));
        }
    }
    None
}

/// Draws the statements that fail, each another one.
fn faults(rules: &[FaultRule], random: &mut Rng) -> Vec<StatementFault> {
    let mut drawn: Vec<StatementFault> = Vec::new();
    for FaultRule { first, numbers } in rules {
        let statements = numbers.clone().map(|number| Statement { number, ..first.statement });
        let free: Vec<Statement> =
            statements.filter(|statement| drawn.iter().all(|fault| fault.statement != *statement)).collect();
        drawn.extend(random.choice(free).map(|statement| StatementFault { statement, ..*first }));
    }
    drawn
}

#[cfg(test)]
mod tests {
    use super::*;

    fn conditions(text: &str) -> Result<Conditions, String> {
        toml::from_str(text).map_err(|why| why.message().to_owned())
    }

    #[test]
    fn faults_are_drawn_and_befall_different_statements() {
        let rules = conditions("faults = ['insert 3..4: 40001', 'insert 3..4: close', 'commit 2: 40001']").unwrap();
        assert_eq!(contradiction(&rules), None);
        for seed in 0..20 {
            let drawn = faults(rules.faults(), &mut Rng::with_seed(seed));
            let numbers: Vec<u32> = drawn.iter().map(|fault| fault.statement.number).collect();
            assert!(numbers == [3, 4, 2] || numbers == [4, 3, 2], "{numbers:?}");
        }
    }

    #[test]
    fn statements_are_held_unless_they_take_time() {
        let drawn = |text: &str| conditions(text).unwrap().draw(&mut Rng::with_seed(1));
        let held = drawn("hold = 3\nconnections = 5");
        assert_eq!((held.gate, held.latency, held.connections.get()), (Some(Gate::Manual), None, 5));
        let timed = drawn("latency = '10ms..20ms'");
        assert_eq!((timed.gate, timed.latency), (None, "10ms..20ms".parse().ok()));
    }

    #[test]
    fn contradictions_are_found() {
        let why = |text: &str| contradiction(&conditions(text).unwrap()).map(|(_, what)| what);
        assert_eq!(why("hold = 0"), Some("hold needs a number of connections from 1".to_owned()));
        assert_eq!(
            why("faults = ['insert 3: 40001', 'insert 3: close']"),
            Some("two faults on insert 3: a statement has one at most, so widen the range".to_owned())
        );
        let latency = why("hold = 3\nlatency = '10ms'").unwrap();
        assert_eq!(latency, "a latency beside hold: the hold decides when to execute");
        let connections = why("hold = 3\nconnections = 2").unwrap();
        assert_eq!(connections, "hold waits for more connections than the 2 that are let in");
        let never = "a statement that is never answered would hold up the others";
        assert_eq!(why("faults = ['select 1: never']"), Some(never.to_owned()));
        assert_eq!(
            conditions("faults = ['insert 3..2: close']").unwrap_err(),
            "'2' in 'insert 3..2: close' is no number from 3: write it like insert 3..6: 40001"
        );
    }
}
