//! Runs: bursts of one client's requests.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

use crate::log::{BATCH, Exchange, Log};
use crate::scenario::Target;
use crate::timeline::{Bar, Timeline};

/// How long a client must have no request in flight for its next one to begin a new run, in microseconds.
const QUIET: u64 = 2_000_000;
/// The most programs of a run that are named.
pub const MOST_AGENTS: usize = 3;

/// A burst of one client's requests.
#[derive(Debug)]
pub struct Run {
    /// When it began, in milliseconds of Unix time; a little later if another run began at the same time. So ids stay
    /// unique when the site is restarted.
    pub id: u64,
    /// Its number since the site was started, from 1.
    pub number: u64,
    /// How often it has changed.
    pub version: u64,
    pub client: IpAddr,
    /// Its programs' User-Agents, up to [`MOST_AGENTS`]; `more_agents` if there are more.
    pub agents: Vec<Arc<str>>,
    pub more_agents: bool,
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
    agents: Vec<Arc<str>>,
    more_agents: bool,
    dropped: u64,
    changed: bool,
}

impl Growing {
    pub fn new(id: u64, number: u64, first: &Exchange) -> Self {
        let run = Run {
            id,
            number,
            version: 0,
            client: first.client,
            agents: Vec::new(),
            more_agents: false,
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
            agents: Vec::new(),
            more_agents: false,
            dropped: 0,
            changed: false,
        }
    }

    /// Whether a new exchange of the same client belongs to this run.
    pub fn takes(&self, exchange: &Exchange) -> bool {
        !self.open.is_empty() || exchange.arrived <= self.busy_until + QUIET
    }

    pub fn add(&mut self, exchange: &Exchange, now: u64) {
        let attempt = exchange.target.map_or(1, |target| {
            let attempts = self.attempts.entry(target).or_default();
            *attempts += 1;
            *attempts
        });
        if let Some(agent) = &exchange.user_agent
            && !self.agents.contains(agent)
        {
            if self.agents.len() < MOST_AGENTS { self.agents.push(Arc::clone(agent)) } else { self.more_agents = true }
        }
        match exchange.finished {
            Some(finished) => self.busy_until = self.busy_until.max(finished),
            None => self.open.push(self.bars.len()),
        }
        self.ids.push(exchange.id);
        self.bars.push(Bar::new(exchange, attempt, self.began, now));
        self.changed = true;
    }

    /// Updates the requests that were in flight.
    pub fn follow(&mut self, log: &Log) {
        let mut open = std::mem::take(&mut self.open);
        for batch in open.chunks_mut(BATCH) {
            let now = log.now();
            log.read(|record| {
                for place in batch {
                    let exchange = record.get(self.ids[*place]);
                    if let Some(exchange) = exchange {
                        self.bars[*place].update(exchange, self.began, now);
                    }
                    match exchange.map(|exchange| exchange.finished) {
                        Some(None) => self.open.push(*place),
                        Some(Some(finished)) => self.busy_until = self.busy_until.max(finished),
                        // The log has dropped it, and this run soon will.
                        None => {}
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
    }

    pub fn snapshot(&mut self) -> Arc<Run> {
        if std::mem::take(&mut self.changed) {
            let [first, last] = [self.ids.first(), self.ids.last()].map(|id| id.copied().unwrap_or(0));
            self.run = Arc::new(Run {
                id: self.run.id,
                number: self.run.number,
                version: self.run.version + 1,
                client: self.run.client,
                agents: self.agents.clone(),
                more_agents: self.more_agents,
                dropped: self.dropped,
                exchanges: (first, last),
                timeline: Timeline::of(&self.bars),
            });
        }
        Arc::clone(&self.run)
    }
}
