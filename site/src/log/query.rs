//! Queries: the statements that the practice database was asked to execute, and their transactions.

#[cfg(feature = "database")]
use std::collections::HashMap;
use std::collections::VecDeque;
use std::net::IpAddr;

use super::outcome::Outcome;
#[cfg(feature = "database")]
use crate::scenario::Verb;
use crate::scenario::{SqlState, Statement};

/// One statement and what became of it. Times are microseconds since the log began.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "files", derive(serde::Serialize))]
pub struct Query {
    /// Numbered from 1 in order of arrival. In JSON this is the field `query`.
    #[cfg_attr(feature = "files", serde(rename = "query"))]
    pub id: u64,
    /// Its kind, and its number among those of its kind.
    pub statement: Statement,
    /// Where it came from.
    pub client: IpAddr,
    /// The database connection it came on, numbered from 1 in the order of their first statements.
    pub connection: u64,
    /// The transaction that it belongs to, numbered from 1 in the order of their beginnings; `None` outside of one.
    /// BEGIN, COMMIT and ROLLBACK belong to it, too.
    pub transaction: Option<u64>,
    /// The statement's text, cut off after 256 bytes. Bound parameters are no part of it.
    pub text: String,
    /// When it was to be executed.
    #[cfg_attr(feature = "files", serde(rename = "arrived_us"))]
    pub arrived: u64,
    /// When its answer had been handed to the connection, or it had ended otherwise.
    #[cfg_attr(feature = "files", serde(rename = "finished_us"))]
    pub finished: Option<u64>,
    /// How many rows it returned or changed, if it was executed.
    pub rows: Option<u64>,
    /// The error's code, if it failed.
    pub sqlstate: Option<SqlState>,
    /// How it ended. A statement that failed was answered.
    pub outcome: Outcome,
}

impl Query {
    /// How long it took in microseconds; `None` while it is in flight.
    pub fn took(&self) -> Option<u64> {
        Some(self.finished? - self.arrived)
    }
}

/// A transaction, from BEGIN to COMMIT or ROLLBACK. Times are microseconds since the log began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transaction {
    /// Numbered from 1 in the order of their beginnings.
    pub id: u64,
    /// The connection that it was on, numbered as in [`Query`].
    pub connection: u64,
    /// When BEGIN arrived.
    pub began: u64,
    /// When it had ended.
    pub ended: Option<u64>,
    /// How it ended.
    pub end: TransactionEnd,
}

/// How a transaction ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransactionEnd {
    /// It has not ended yet, or had not when the site stopped.
    Open,
    /// All of it is in the database.
    Committed,
    /// None of it is in the database: it was rolled back, its COMMIT failed, or its connection was closed.
    RolledBack,
}

/// The queries of a log.
#[derive(Debug, Default)]
pub struct Queries {
    list: VecDeque<Query>,
    transactions: VecDeque<Transaction>,
    /// How many queries were dropped, oldest first, because the log was full.
    pub dropped: u64,
    /// How many database connections were used by statements.
    pub connections_used: u64,
    /// The most queries that were ever in flight at once.
    pub peak_in_flight: usize,
    /// How many transactions were committed.
    pub committed: u64,
    /// How many transactions were rolled back.
    pub rolled_back: u64,
    in_flight: usize,
    arrived: u64,
    #[cfg(feature = "database")]
    began: u64,
    #[cfg(feature = "database")]
    numbers: HashMap<Verb, u32>,
}

impl Queries {
    /// The queries, in order of arrival.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Query> {
        self.list.iter()
    }

    /// The transactions, in the order of their beginnings; as many of the newest as the log keeps queries.
    pub fn transactions(&self) -> impl ExactSizeIterator<Item = &Transaction> {
        self.transactions.iter()
    }

    /// How many queries are in flight, those that were dropped included.
    pub fn in_flight(&self) -> usize {
        self.in_flight
    }

    /// How many queries ever arrived.
    pub fn arrived(&self) -> u64 {
        self.arrived
    }

    /// Whether there ever was one.
    pub fn is_empty(&self) -> bool {
        self.arrived == 0
    }
}

#[cfg(feature = "page")]
impl Queries {
    /// The query with this id, unless it was dropped or has not come yet.
    pub(crate) fn get(&self, id: u64) -> Option<&Query> {
        self.list.get(self.place_of(id)?)
    }

    /// The queries from this id on, in order of arrival.
    pub(crate) fn since(&self, id: u64) -> impl Iterator<Item = &Query> {
        let place = self.place_of(id).unwrap_or(0).min(self.list.len());
        self.list.range(place..)
    }

    /// The transaction with this id, unless it was dropped.
    pub(crate) fn transaction(&self, id: u64) -> Option<&Transaction> {
        let first = self.transactions.front()?.id;
        self.transactions.get(usize::try_from(id.checked_sub(first)?).ok()?)
    }

    /// The index of a query. Ids are consecutive, so it follows from the first one's id.
    fn place_of(&self, id: u64) -> Option<usize> {
        usize::try_from(id.checked_sub(self.dropped + 1)?).ok()
    }
}

#[cfg(feature = "database")]
impl Queries {
    /// Adds a query in flight, which gets its id and its statement's number; returns the one that was dropped for it.
    pub(super) fn add(&mut self, capacity: usize, verb: Verb, mut query: Query) -> (u64, Statement, Option<Query>) {
        let number = self.numbers.entry(verb).or_default();
        *number = number.saturating_add(1);
        self.arrived += 1;
        query.id = self.arrived;
        query.statement = Statement { verb, number: *number };
        let ids = (query.id, query.statement);
        let dropped = if self.list.len() == capacity { self.list.pop_front() } else { None };
        self.dropped += u64::from(dropped.is_some());
        self.in_flight += 1;
        self.peak_in_flight = self.peak_in_flight.max(self.in_flight);
        self.list.push_back(query);
        (ids.0, ids.1, dropped.filter(|query| query.finished.is_none()))
    }

    /// Ends a query; `None` if it was dropped meanwhile.
    pub(super) fn end(&mut self, id: u64, change: impl FnOnce(&mut Query)) -> Option<&Query> {
        self.in_flight -= 1;
        let query = by_id(&mut self.list, id, |query| query.id)?;
        change(query);
        Some(query)
    }

    /// The queries in flight that are still kept.
    pub(super) fn held(&self) -> impl Iterator<Item = &Query> {
        self.list.iter().filter(|query| query.finished.is_none())
    }

    /// Adds a transaction and returns its id.
    pub(super) fn begin(&mut self, capacity: usize, connection: u64, now: u64) -> u64 {
        self.began += 1;
        if self.transactions.len() == capacity {
            self.transactions.pop_front();
        }
        let (id, end) = (self.began, TransactionEnd::Open);
        self.transactions.push_back(Transaction { id, connection, began: now, ended: None, end });
        id
    }

    /// Ends a transaction.
    pub(super) fn finish(&mut self, id: u64, end: TransactionEnd, now: u64) {
        match end {
            TransactionEnd::Open => {}
            TransactionEnd::Committed => self.committed += 1,
            TransactionEnd::RolledBack => self.rolled_back += 1,
        }
        if let Some(transaction) = by_id(&mut self.transactions, id, |transaction| transaction.id) {
            transaction.ended = Some(now);
            transaction.end = end;
        }
    }
}

/// An element by its id. Ids are consecutive, so its place follows from the first one's id.
#[cfg(feature = "database")]
fn by_id<T>(all: &mut VecDeque<T>, id: u64, id_of: impl Fn(&T) -> u64) -> Option<&mut T> {
    let first = id_of(all.front()?);
    all.get_mut(usize::try_from(id.checked_sub(first)?).ok()?)
}
