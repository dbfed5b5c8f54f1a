//! Holding and releasing the database's statements: one is executed at a time, and what is in the table is looked at
//! after each, so that no commit goes unseen.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use site::{Log, Outcome, Query, Site, Statement, Verb};
use tokio::time::Instant;

use crate::plan::Plan;

/// How long no statement may have come before it is believed that no more connections are coming.
const QUIET: Duration = Duration::from_millis(150);

/// What is noted of the statements while a program runs, and what is held of them.
#[derive(Debug, Default)]
pub struct Statements {
    /// Those that may be executed.
    released: BTreeSet<Statement>,
    /// The one that is being executed.
    running: Option<Statement>,
    /// Whether nothing is held for want of connections any more.
    is_hold_over: bool,
    /// How many statements had come when the hold was full, and since when that is so.
    full: Option<(u64, Instant)>,
    /// The first page that was half there.
    pub half: Option<HalfPage>,
    /// Whether the table ever had a row.
    pub has_stored: bool,
}

/// A page of which some cars were in the table, and others not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HalfPage {
    /// The page.
    pub page: u32,
    /// How many of its cars were there.
    pub cars: usize,
    /// The statement after which it was so.
    pub after: Statement,
}

impl Statements {
    /// Lets a statement be executed if it is time for one. Returns when to look again if nothing happens till then.
    pub fn step(&mut self, site: &Site, plan: &Plan) -> Option<Instant> {
        let (waiting, arrived) = in_flight(site.log());
        if let Some(running) = self.running {
            if waiting.iter().any(|query| query.statement == running) {
                return None;
            }
            self.running = None;
            self.look(site, plan, running);
        }
        let held = || waiting.iter().filter(|query| !self.released.contains(&query.statement));
        let mut next = held().next().map(|query| query.statement);
        if let Some(wanted) = plan.statement_hold.filter(|_| !self.is_hold_over) {
            let connections: BTreeSet<u64> =
                held().filter(|query| changes_rows(query)).map(|query| query.connection).collect();
            if connections.len() >= wanted as usize {
                let now = Instant::now();
                let since = self.full.filter(|(before, _)| *before == arrived).map_or(now, |(_, since)| since);
                self.full = Some((arrived, since));
                if now < since + QUIET {
                    return Some(since + QUIET);
                }
                self.is_hold_over = true;
            } else {
                // What prepares the table does not wait for others.
                next = held().find(|query| !changes_rows(query)).map(|query| query.statement);
            }
        }
        let next = next?;
        self.released.insert(next);
        self.running = Some(next);
        site.release_statement(next);
        None
    }

    /// How many statements have been let through.
    pub fn released(&self) -> usize {
        self.released.len()
    }

    /// Holds nothing for want of connections any more; whether something was held for that.
    pub fn give_up_hold(&mut self, site: &Site, plan: &Plan) -> bool {
        let holds = plan.statement_hold.is_some() && !self.is_hold_over;
        let is_waiting = in_flight(site.log()).0.iter().any(|query| !self.released.contains(&query.statement));
        self.is_hold_over |= holds && is_waiting;
        holds && is_waiting
    }

    /// Looks which of each page's cars are in the table.
    fn look(&mut self, site: &Site, plan: &Plan, after: Statement) {
        if self.half.is_some() {
            return;
        }
        // There may be no table yet.
        let Ok(rows) = site.ask_database("SELECT id FROM cars") else { return };
        let there: BTreeSet<u32> = rows.iter().filter_map(|row| row.first()?.as_ref()?.parse().ok()).collect();
        self.has_stored |= !rows.is_empty();
        let stored: BTreeMap<u32, usize> = (1..=plan.pages())
            .map(|page| (page, site::car_ids(plan.seed, page).iter().filter(|id| there.contains(id)).count()))
            .collect();
        let half = stored.into_iter().find(|(_, cars)| (1..site::CARS_A_PAGE as usize).contains(cars));
        self.half = half.map(|(page, cars)| HalfPage { page, cars, after });
    }
}

/// Whether a statement is one that is held until enough connections have one.
fn changes_rows(query: &Query) -> bool {
    matches!(query.statement.verb, Verb::Insert | Verb::Update | Verb::Delete)
}

/// The statements in flight that wait to be executed, in order of arrival, and how many statements ever came.
fn in_flight(log: &Log) -> (Vec<Query>, u64) {
    log.read(|record| {
        let queries = record.queries();
        let waits =
            |query: &&Query| query.finished.is_none() && query.outcome == Outcome::Held && query.statement.verb.waits();
        (queries.iter().filter(waits).cloned().collect(), queries.arrived())
    })
}
