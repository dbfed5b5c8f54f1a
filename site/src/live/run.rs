//! Runs: what one program asks from its start to its end, as far as a site can tell.

use std::collections::{HashMap, HashSet};
use std::net::IpAddr;
use std::sync::Arc;

use crate::log::{BATCH, Exchange, Log, Outcome, Record};
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
    /// How many of its first requests the log has dropped.
    pub dropped: u64,
    /// The ids of its first and last exchange.
    pub exchanges: (u64, u64),
    pub timeline: Timeline,
}

/// A run that can still grow. Times are microseconds since the log began.
#[derive(Debug)]
pub struct Growing {
    run: Arc<Run>,
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
    dropped: u64,
    changed: bool,
}

impl Growing {
    pub fn new(id: u64, number: u64, first: &Exchange) -> Self {
        let run = Run {
            id,
            number,
            version: 0,
            asker: Asker::of(first),
            dropped: 0,
            exchanges: (first.id, first.id),
            timeline: Timeline::new(&[]),
        };
        Self {
            run: Arc::new(run),
            began: first.arrived,
            busy_until: first.arrived,
            ids: Vec::new(),
            bars: Vec::new(),
            open: Vec::new(),
            attempts: HashMap::new(),
            received: HashSet::new(),
            connections: HashMap::new(),
            dropped: 0,
            changed: false,
        }
    }

    /// Whether a new exchange of the same asker belongs to this run. It does not after two quiet seconds, nor when it
    /// shows that the program has been started anew: when everything had been answered, and what the run has received
    /// already is asked for again on a new connection. Asking again for what failed is a retry.
    pub fn takes(&self, exchange: &Exchange, record: &Record) -> bool {
        if self.open.is_empty() && exchange.arrived > self.busy_until + QUIET {
            return false;
        }
        let asks_again = exchange.target.is_some_and(|target| self.attempts.contains_key(&target))
            && !self.connections.contains_key(&exchange.connection);
        if !asks_again || self.busy_until > exchange.arrived {
            return true;
        }
        // Some of those that were open a moment ago may have ended since.
        let since = || self.open.iter().rev().filter_map(|place| record.get(self.ids[*place]));
        let all_answered = since().all(|open| open.finished.is_some_and(|finished| finished <= exchange.arrived));
        let has_received = exchange.target.is_some_and(|target| self.received.contains(&target))
            || since().any(|open| open.target == exchange.target && is_received(open));
        !(all_answered && has_received)
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
        self.changed = true;
    }

    fn note_end(&mut self, exchange: &Exchange) {
        self.busy_until = self.busy_until.max(exchange.finished.unwrap_or(0));
        if is_received(exchange) {
            self.received.extend(exchange.target);
        }
    }

    /// Updates the requests that were in flight.
    pub fn follow(&mut self, log: &Log) {
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

    /// The id of its first exchange that has not been dropped.
    pub fn ids_from(&self) -> u64 {
        self.run.exchanges.0.max(self.ids.first().copied().unwrap_or(0))
    }

    /// Drops the exchanges up to `dropped`. Returns false, and changes nothing, if none would be left.
    pub fn keeps_some_after(&mut self, dropped: u64) -> bool {
        let gone = self.ids.partition_point(|id| *id <= dropped);
        if gone == self.ids.len() {
            return false;
        }
        self.ids.drain(..gone);
        self.bars.drain(..gone);
        self.open.retain_mut(|place| {
            let stays = *place >= gone;
            *place = place.saturating_sub(gone);
            stays
        });
        self.dropped += gone as u64;
        self.changed = true;
        true
    }

    /// Frees what only a growing run needs.
    pub fn end(&mut self) {
        self.snapshot();
        self.ids = Vec::new();
        self.bars = Vec::new();
        self.attempts = HashMap::new();
        self.received = HashSet::new();
        self.connections = HashMap::new();
    }

    pub fn snapshot(&mut self) -> Arc<Run> {
        self.snapshot_as(self.run.version + 1)
    }

    /// The run as it is now; if it has changed, as this version.
    pub fn snapshot_as(&mut self, version: u64) -> Arc<Run> {
        if std::mem::take(&mut self.changed) {
            let [first, last] = [self.ids.first(), self.ids.last()].map(|id| id.copied().unwrap_or(0));
            self.run = Arc::new(Run {
                id: self.run.id,
                number: self.run.number,
                version,
                asker: self.run.asker.clone(),
                dropped: self.dropped,
                exchanges: (first, last),
                timeline: Timeline::of(&self.bars),
            });
        }
        Arc::clone(&self.run)
    }
}

fn is_received(exchange: &Exchange) -> bool {
    exchange.outcome == Outcome::Answered && exchange.status.is_some_and(|status| status < 400)
}
