//! The queries of a run.

use std::collections::{HashMap, HashSet};
use std::ops::RangeInclusive;

use crate::log::{BATCH, Log, Query, Record, Transaction};
use crate::timeline::{Bracket, DatabasePart, QueryBar};

/// Which of a log's queries are a run's: those with ids in a range that came on its connections.
#[derive(Clone, Debug, Default)]
pub struct QuerySet {
    range: Option<(u64, u64)>,
    /// As the log numbers them.
    connections: HashSet<u64>,
}

impl QuerySet {
    pub fn is_empty(&self) -> bool {
        self.range.is_none()
    }

    /// The id of the first of them.
    pub fn first(&self) -> Option<u64> {
        self.range.map(|(first, _)| first)
    }

    pub fn has(&self, query: &Query) -> bool {
        self.ids().contains(&query.id) && self.connections.contains(&query.connection)
    }

    /// Copies of the queries.
    pub fn copies(&self, log: &Log) -> impl Iterator<Item = Query> + use<> {
        let set = self.clone();
        log.copies_of_queries(self.ids()).filter(move |query| set.has(query))
    }

    fn ids(&self) -> RangeInclusive<u64> {
        let (first, last) = self.range.unwrap_or((1, 0));
        first..=last
    }
}

/// The queries of a run that can still grow. Times are microseconds since the log began.
#[derive(Debug, Default)]
pub struct Queries {
    bars: Vec<QueryBar>,
    brackets: Vec<Bracket>,
    /// The indices of the bars of queries in flight, and of the brackets of open transactions.
    open_bars: Vec<usize>,
    open_brackets: Vec<usize>,
    /// The ids of the brackets' transactions.
    transactions: HashSet<u64>,
    /// The number of each connection within the run, by its number in the log.
    connections: HashMap<u64, u64>,
    busy_until: u64,
    /// The first connection, as the run numbers them, that may be the next program's.
    newcomer: Option<u64>,
    /// How many of the first the log has dropped.
    pub dropped: u64,
}

impl Queries {
    /// Adds a query with its transaction to a run that began at `began`.
    pub fn add(&mut self, query: &Query, transaction: Option<&Transaction>, began: u64, now: u64) {
        let next = self.next_connection();
        let connection = *self.connections.entry(query.connection).or_insert(next);
        if query.finished.is_none() {
            self.open_bars.push(self.bars.len());
        }
        self.bars.push(QueryBar::new(query, connection, began, now));
        self.busy_until = self.busy_until.max(query.finished.unwrap_or(0));
        let Some(transaction) = transaction.filter(|transaction| self.transactions.insert(transaction.id)) else {
            return;
        };
        if transaction.ended.is_none() {
            self.open_brackets.push(self.brackets.len());
        }
        self.brackets.push(Bracket::new(transaction, connection, began, now));
        self.busy_until = self.busy_until.max(transaction.ended.unwrap_or(0));
    }

    fn next_connection(&self) -> u64 {
        self.connections.len() as u64 + 1
    }

    /// Updates the queries that were in flight and the transactions that were open. Returns whether there were any.
    pub fn follow(&mut self, log: &Log, began: u64) -> bool {
        if !self.is_open() {
            return false;
        }
        let (mut bars, mut brackets) = (std::mem::take(&mut self.open_bars), std::mem::take(&mut self.open_brackets));
        for batch in bars.chunks_mut(BATCH) {
            let now = log.now();
            log.read(|record| {
                for place in batch {
                    let bar = &mut self.bars[*place];
                    // None if the log has dropped it, as this run soon will.
                    let Some(query) = record.queries().get(bar.id) else { continue };
                    bar.update(query, began, now);
                    self.busy_until = self.busy_until.max(query.finished.unwrap_or(0));
                    if query.finished.is_none() {
                        self.open_bars.push(*place);
                    }
                }
            });
        }
        for batch in brackets.chunks_mut(BATCH) {
            let now = log.now();
            log.read(|record| {
                for place in batch {
                    let bracket = &mut self.brackets[*place];
                    let Some(transaction) = record.queries().transaction(bracket.id) else { continue };
                    bracket.update(transaction, began, now);
                    self.busy_until = self.busy_until.max(transaction.ended.unwrap_or(0));
                    if transaction.ended.is_none() {
                        self.open_brackets.push(*place);
                    }
                }
            });
        }
        true
    }

    /// Whether a query is in flight or a transaction is open.
    pub fn is_open(&self) -> bool {
        !(self.open_bars.is_empty() && self.open_brackets.is_empty())
    }

    /// When the last of what has ended did.
    pub fn busy_until(&self) -> u64 {
        self.busy_until
    }

    /// Whether all had ended at a moment. Some of what was open a moment ago may have ended since.
    pub fn were_over(&self, moment: u64, record: &Record) -> bool {
        let queries = record.queries();
        let bars = self.open_bars.iter().rev().filter_map(|place| queries.get(self.bars[*place].id));
        let brackets =
            self.open_brackets.iter().rev().filter_map(|place| queries.transaction(self.brackets[*place].id));
        let mut ends = bars.map(|query| query.finished).chain(brackets.map(|transaction| transaction.ended));
        self.busy_until <= moment && ends.all(|end| end.is_some_and(|end| end <= moment))
    }

    pub fn has_connection(&self, connection: u64) -> bool {
        self.connections.contains_key(&connection)
    }

    /// Notes that the connections that begin from now on may be the next program's.
    pub fn note_newcomer(&mut self) {
        self.newcomer = self.newcomer.or(Some(self.next_connection()));
    }

    /// Notes that all connections are the run's own.
    pub fn keep_newcomers(&mut self) {
        self.newcomer = None;
    }

    /// Gives away the queries of the connections that may be the next program's. Returns their ids.
    pub fn give_newcomers(&mut self) -> Vec<u64> {
        let Some(newcomer) = self.newcomer.take() else { return Vec::new() };
        let given = self.bars.extract_if(.., |bar| bar.connection >= newcomer).map(|bar| bar.id).collect();
        let given_brackets = self.brackets.extract_if(.., |bracket| bracket.connection >= newcomer);
        for bracket in given_brackets {
            self.transactions.remove(&bracket.id);
        }
        self.connections.retain(|_, connection| *connection < newcomer);
        self.find_open();
        given
    }

    fn find_open(&mut self) {
        let places =
            |is_open: Vec<bool>| (0..).zip(is_open).filter_map(|(place, is_open)| is_open.then_some(place)).collect();
        self.open_bars = places(self.bars.iter().map(QueryBar::is_in_flight).collect());
        self.open_brackets = places(self.brackets.iter().map(Bracket::is_open).collect());
    }

    /// The run's part of the timeline.
    pub fn part(&self) -> DatabasePart {
        DatabasePart::of(&self.bars, &self.brackets)
    }

    /// Which of the log's queries they are.
    pub fn set(&self) -> QuerySet {
        let range = self.bars.first().zip(self.bars.last()).map(|(first, last)| (first.id, last.id));
        QuerySet { range, connections: self.connections.keys().copied().collect() }
    }

    /// The id of its first query that has not been dropped.
    pub fn ids_from(&self) -> Option<u64> {
        Some(self.bars.first()?.id)
    }

    /// Drops the queries up to `dropped`, and the transactions that were over before the others. Returns whether any are left.
    pub fn keeps_some_after(&mut self, dropped: u64) -> bool {
        let gone = self.bars.partition_point(|bar| bar.id <= dropped);
        if gone > 0 {
            self.bars.drain(..gone);
            self.dropped += gone as u64;
            let from = self.bars.first().map_or(u64::MAX, |bar| bar.start);
            self.brackets.retain(|bracket| bracket.is_open() || bracket.end >= from);
            self.find_open();
        }
        !self.bars.is_empty()
    }
}
