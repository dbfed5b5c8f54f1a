//! Runs: what one program asks from its start to its end, as far as a site can tell.
//!
//! A request says who asks, a query only from which address: it belongs to the run of its connection and, if that is
//! new, to the newest run of its address. When there is none whose program is at work, a query begins a run, and the
//! next program of that address that makes a request joins it. A program that begins with a query while the run before
//! it has just ended, is told from that only by its first request: the queries of connections that were opened after
//! all had been answered are then taken along into its run.

use std::collections::{HashMap, HashSet};
use std::net::IpAddr;
use std::sync::Arc;

use super::queries::{Queries, QuerySet};
use crate::log::{BATCH, Exchange, Log, Outcome, Query, Record, Transaction};
use crate::scenario::Target;
use crate::timeline::{Bar, Timeline};

/// How long a program must have no request in flight for its next one to begin a new run, in microseconds.
const QUIET: u64 = 2_000_000;

/// Who asks: requests of different programs, or from different machines, are never in one run.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Asker {
    pub client: IpAddr,
    /// Its name for itself, if it gives one: see [`Exchange::program`].
    pub program: Option<Arc<str>>,
}

impl Asker {
    pub fn of(exchange: &Exchange) -> Self {
        Self { client: exchange.client, program: exchange.program().map(Arc::from) }
    }

    pub fn has_sent(&self, exchange: &Exchange) -> bool {
        self.client == exchange.client && self.program.as_deref() == exchange.program()
    }
}

/// A run of one program.
#[derive(Debug)]
pub struct Run {
    /// When it began, in milliseconds of Unix time; a little later if another run began at the same time. So ids stay
    /// unique when the site is restarted.
    pub id: u64,
    /// Its number since the site was started, from 1.
    pub number: u64,
    /// How often it has changed.
    pub version: u64,
    pub asker: Asker,
    /// How many of its first requests, and how many of its first queries, the log has dropped.
    pub dropped: [u64; 2],
    /// The ids of its first and last exchange; if there are none, of an empty range.
    pub exchanges: (u64, u64),
    pub queries: QuerySet,
    pub timeline: Timeline,
}

/// A run that can still grow. Times are microseconds since the log began.
#[derive(Debug)]
pub struct Growing {
    run: Arc<Run>,
    asker: Asker,
    began: u64,
    busy_until: u64,
    /// The ids of the bars' exchanges.
    ids: Vec<u64>,
    bars: Vec<Bar>,
    /// The indices of the bars of requests in flight.
    open: Vec<usize>,
    attempts: HashMap<Target, u32>,
    /// What it has received whole and without an error.
    received: HashSet<Target>,
    /// The number of each connection within the run, by its number in the log.
    connections: HashMap<u64, u64>,
    queries: Queries,
    dropped: u64,
    /// Whether nothing more belongs to it, and whether all of that is known.
    is_complete: bool,
    has_ended: bool,
    changed: bool,
}

/// The ids of no exchanges.
const NO_EXCHANGES: (u64, u64) = (1, 0);

impl Growing {
    /// A run that begins at a moment of the log.
    pub fn new(id: u64, number: u64, asker: Asker, began: u64) -> Self {
        let run = Run {
            id,
            number,
            version: 0,
            asker: asker.clone(),
            dropped: [0; 2],
            exchanges: NO_EXCHANGES,
            queries: QuerySet::default(),
            timeline: Timeline::new(&[]),
        };
        Self {
            run: Arc::new(run),
            asker,
            began,
            busy_until: began,
            ids: Vec::new(),
            bars: Vec::new(),
            open: Vec::new(),
            attempts: HashMap::new(),
            received: HashSet::new(),
            connections: HashMap::new(),
            queries: Queries::default(),
            dropped: 0,
            is_complete: false,
            has_ended: false,
            changed: false,
        }
    }

    /// Whether it has requests.
    pub fn has_requests(&self) -> bool {
        !self.connections.is_empty()
    }

    /// Makes a run that queries have begun that of the program that asks.
    pub fn join(&mut self, asker: Asker) {
        self.asker = asker;
        self.changed = true;
    }

    /// Whether its program may be at work at a moment.
    pub fn is_going_on(&self, moment: u64) -> bool {
        let busy_until = self.busy_until.max(self.queries.busy_until());
        !self.is_complete && (self.is_open() || moment <= busy_until + QUIET)
    }

    /// Whether something of it can still end.
    pub fn is_open(&self) -> bool {
        !self.open.is_empty() || self.queries.is_open()
    }

    /// Whether a request on this connection is one of the same program.
    pub fn has_connection(&self, connection: u64) -> bool {
        self.connections.contains_key(&connection)
    }

    /// Whether all had been answered at a moment.
    fn was_over(&self, moment: u64, record: &Record) -> bool {
        // Some of those that were open a moment ago may have ended since.
        let mut open = self.open.iter().rev().filter_map(|place| record.get(self.ids[*place]));
        self.busy_until <= moment
            && open.all(|open| open.finished.is_some_and(|finished| finished <= moment))
            && self.queries.were_over(moment, record)
    }

    /// Whether a new exchange of the same asker belongs to this run. It does not after two quiet seconds, nor when it
    /// shows that the program has been started anew: when everything had been answered, and what the run has received
    /// already is asked for again on a new connection. Asking again for what failed is a retry.
    pub fn takes(&self, exchange: &Exchange, record: &Record) -> bool {
        if !self.is_going_on(exchange.arrived) {
            return false;
        }
        let asks_again = exchange.target.is_some_and(|target| self.attempts.contains_key(&target))
            && !self.has_connection(exchange.connection);
        if !asks_again || !self.was_over(exchange.arrived, record) {
            return true;
        }
        let mut since = self.open.iter().rev().filter_map(|place| record.get(self.ids[*place]));
        let has_received = exchange.target.is_some_and(|target| self.received.contains(&target))
            || since.any(|open| open.target == exchange.target && is_received(open));
        !has_received
    }

    pub fn add(&mut self, exchange: &Exchange, now: u64) {
        let attempt = exchange.target.map_or(1, |target| {
            let attempts = self.attempts.entry(target).or_default();
            *attempts += 1;
            *attempts
        });
        let next = self.connections.len() as u64 + 1;
        let connection = *self.connections.entry(exchange.connection).or_insert(next);
        if exchange.finished.is_none() {
            self.open.push(self.bars.len());
        }
        self.ids.push(exchange.id);
        self.bars.push(Bar::new(exchange, attempt, connection, self.began, now));
        self.note_end(exchange);
        self.queries.keep_newcomers();
        self.changed = true;
    }

    /// Notes that a query is the first of a new connection, if it is. After all had been answered, that may be the next
    /// program's.
    pub fn note_connection(&mut self, query: &Query, record: &Record) {
        if self.has_requests() && !self.queries.has_connection(query.connection) && self.was_over(query.arrived, record)
        {
            self.queries.note_newcomer();
        }
    }

    /// Adds a query with its transaction, if it is in one.
    pub fn add_query(&mut self, query: &Query, transaction: Option<&Transaction>, now: u64) {
        self.queries.add(query, transaction, self.began, now);
        self.changed = true;
    }

    /// Gives away the queries that are the next program's, now that this has begun. Returns their ids.
    pub fn give_newcomers(&mut self) -> Vec<u64> {
        self.changed = true;
        self.queries.give_newcomers()
    }

    fn note_end(&mut self, exchange: &Exchange) {
        self.busy_until = self.busy_until.max(exchange.finished.unwrap_or(0));
        if is_received(exchange) {
            self.received.extend(exchange.target);
        }
    }

    /// Updates the requests and queries that were in flight, and the transactions that were open.
    pub fn follow(&mut self, log: &Log) {
        self.changed |= self.queries.follow(log, self.began);
        let mut open = std::mem::take(&mut self.open);
        for batch in open.chunks_mut(BATCH) {
            let now = log.now();
            log.read(|record| {
                for place in batch {
                    // None if the log has dropped it, as this run soon will.
                    let Some(exchange) = record.get(self.ids[*place]) else { continue };
                    self.bars[*place].update(exchange, self.began, now);
                    self.note_end(exchange);
                    if exchange.finished.is_none() {
                        self.open.push(*place);
                    }
                }
            });
            self.changed = true;
        }
    }

    /// Drops what the log has dropped: exchanges and queries up to these ids. If it has ended, that is all of it. Returns
    /// whether something is left.
    pub fn keeps_some_after(&mut self, exchanges: u64, queries: u64) -> bool {
        let (first_exchange, first_query) = if self.has_ended {
            (Some(self.run.exchanges.0).filter(|_| self.run.exchanges != NO_EXCHANGES), self.run.queries.first())
        } else {
            (self.ids.first().copied(), self.queries.ids_from())
        };
        let is_whole = first_exchange.is_none_or(|id| id > exchanges) && first_query.is_none_or(|id| id > queries);
        if is_whole || self.has_ended {
            return is_whole;
        }
        let gone = self.ids.partition_point(|id| *id <= exchanges);
        self.ids.drain(..gone);
        self.bars.drain(..gone);
        self.open.retain_mut(|place| {
            let stays = *place >= gone;
            *place = place.saturating_sub(gone);
            stays
        });
        self.dropped += gone as u64;
        self.changed = true;
        self.queries.keeps_some_after(queries) || !self.ids.is_empty()
    }

    /// Notes that nothing more belongs to it.
    pub fn complete(&mut self) {
        self.is_complete = true;
    }

    /// Ends it, unless something of it is open: frees what only a growing run needs.
    pub fn end(&mut self) {
        if self.is_open() {
            return;
        }
        self.snapshot();
        self.has_ended = true;
        self.ids = Vec::new();
        self.bars = Vec::new();
        self.attempts = HashMap::new();
        self.received = HashSet::new();
        self.connections = HashMap::new();
        self.queries = Queries::default();
    }

    pub fn snapshot(&mut self) -> Arc<Run> {
        self.snapshot_as(self.run.version + 1)
    }

    /// The run as it is now; if it has changed, as this version.
    pub fn snapshot_as(&mut self, version: u64) -> Arc<Run> {
        if std::mem::take(&mut self.changed) {
            let exchanges = self.ids.first().copied().zip(self.ids.last().copied());
            self.run = Arc::new(Run {
                id: self.run.id,
                number: self.run.number,
                version,
                asker: self.asker.clone(),
                dropped: [self.dropped, self.queries.dropped],
                exchanges: exchanges.unwrap_or(NO_EXCHANGES),
                queries: self.queries.set(),
                timeline: Timeline::of(&self.bars).with_queries(self.queries.part()),
            });
        }
        Arc::clone(&self.run)
    }
}

fn is_received(exchange: &Exchange) -> bool {
    exchange.outcome == Outcome::Answered && exchange.status.is_some_and(|status| status < 400)
}
