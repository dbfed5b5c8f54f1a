//! The log as runs, kept up to date without reading all of the log again.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use tokio::time::Instant;

use super::run::{Growing, Run};
use crate::log::{BATCH, Exchange, Log, Record};

/// The shortest time between two looks at the log.
const PACE: Duration = Duration::from_millis(100);
/// The pause after a look, in multiples of the look's duration, up to [`LONGEST_PAUSE`]: looking takes one hundredth of
/// a core.
const PAUSE_BY_LOOK: u32 = 100;
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

/// The runs as they were at one moment.
#[derive(Debug)]
pub struct Snapshot {
    /// The log's number of changes.
    pub changes: u64,
    pub requests: u64,
    pub in_flight: usize,
    pub peak_in_flight: usize,
    pub connections: u64,
    /// How many requests the log has dropped.
    pub dropped: u64,
    /// How many whole runs were dropped with them.
    pub dropped_runs: u64,
    /// The runs, the newest first.
    pub runs: Vec<Arc<Run>>,
}

/// The log's runs, brought up to date by [`refresh`](Self::refresh).
#[derive(Debug)]
pub struct Board {
    snapshot: Arc<Snapshot>,
    taken: Instant,
    due: Instant,
    runs: BTreeMap<u64, Growing>,
    /// The id of each client's newest run.
    newest: HashMap<IpAddr, u64>,
    next_exchange: u64,
    begun_runs: u64,
    dropped_runs: u64,
}

impl Board {
    pub fn new() -> Self {
        let now = Instant::now();
        let snapshot = Snapshot {
            changes: 0,
            requests: 0,
            in_flight: 0,
            peak_in_flight: 0,
            connections: 0,
            dropped: 0,
            dropped_runs: 0,
            runs: Vec::new(),
        };
        Self {
            snapshot: Arc::new(snapshot),
            taken: now,
            due: now,
            runs: BTreeMap::new(),
            newest: HashMap::new(),
            next_exchange: 1,
            begun_runs: 0,
            dropped_runs: 0,
        }
    }

    /// The last snapshot.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.snapshot)
    }

    /// When the snapshot was begun.
    pub fn taken(&self) -> Instant {
        self.taken
    }

    /// When the next snapshot may be taken at next to no cost.
    pub fn due(&self) -> Instant {
        self.due
    }

    /// The earliest moment at which the next snapshot may be taken.
    pub fn soonest(&self) -> Instant {
        self.due.min(self.taken + PACE)
    }

    /// Reads what has happened since the last time. After a hundred thousand requests that takes a while: do not call
    /// it on the thread that serves.
    pub fn refresh(&mut self, log: &Log) {
        self.taken = Instant::now();
        let changes = log.read(Record::changes);
        for run in self.runs.values_mut() {
            run.follow(log);
        }
        self.add_new(log);
        self.drop_old(log.read(|record| record.dropped));
        let runs = self.runs.values_mut().rev().map(Growing::snapshot).collect();
        self.snapshot = Arc::new(log.read(|record| Snapshot {
            changes,
            requests: record.arrived(),
            in_flight: record.in_flight(),
            peak_in_flight: record.peak_in_flight,
            connections: record.connections_used,
            dropped: record.dropped,
            dropped_runs: self.dropped_runs,
            runs,
        }));
        self.due = self.taken + (self.taken.elapsed() * PAUSE_BY_LOOK).clamp(PACE, LONGEST_PAUSE);
    }

    fn add_new(&mut self, log: &Log) {
        let began_at = log.began_at().duration_since(UNIX_EPOCH).unwrap_or_default();
        loop {
            let from = self.next_exchange;
            let now = log.now();
            let mut complete = Vec::new();
            log.read(|record| {
                for exchange in record.since(from).take(BATCH) {
                    self.next_exchange = exchange.id + 1;
                    complete.extend(self.add(exchange, began_at, now));
                }
            });
            // Not while the log is locked, because building a timeline takes a while.
            self.end(complete);
            if self.next_exchange == from {
                return;
            }
        }
    }

    /// Adds an exchange to its run. If that is a new run, returns the client's previous one, which is complete.
    fn add(&mut self, exchange: &Exchange, began_at: Duration, now: u64) -> Option<u64> {
        let mut complete = None;
        let newest = self.newest.get(&exchange.client).copied();
        let newest = newest.filter(|id| self.runs.get(id).is_some_and(|run| run.takes(exchange)));
        let id = newest.unwrap_or_else(|| {
            let began = (began_at + Duration::from_micros(exchange.arrived)).as_millis();
            let mut id = u64::try_from(began).unwrap_or(u64::MAX);
            while self.runs.contains_key(&id) {
                id += 1;
            }
            self.begun_runs += 1;
            complete = self.newest.insert(exchange.client, id);
            self.runs.insert(id, Growing::new(id, self.begun_runs, exchange));
            id
        });
        if let Some(run) = self.runs.get_mut(&id) {
            run.add(exchange, now);
        }
        complete
    }

    fn end(&mut self, complete: impl IntoIterator<Item = u64>) {
        for id in complete {
            if let Some(run) = self.runs.get_mut(&id) {
                run.end();
            }
        }
    }

    /// Drops the runs whose exchanges the log has dropped; a run that can still grow only loses those exchanges.
    fn drop_old(&mut self, dropped: u64) {
        let before = self.runs.len();
        self.runs.retain(|_, run| run.ids_from() > dropped || run.keeps_some_after(dropped));
        self.dropped_runs += (before - self.runs.len()) as u64;
        self.newest.retain(|_, id| self.runs.contains_key(id));
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::super::run::MOST_AGENTS;
    use super::*;
    use crate::log::Outcome;
    use crate::scenario::Target;

    /// A request in milliseconds: when it arrived and when it ended.
    fn exchange(id: u64, client: u8, page: Option<u32>, arrived: u64, finished: Option<u64>) -> Exchange {
        Exchange {
            id,
            target: page.map(Target::Page),
            attempt: 7,
            client: Ipv4Addr::new(10, 0, 0, client).into(),
            connection: id,
            method: "GET".into(),
            path: "/path".to_owned(),
            user_agent: Some(format!("agent {}", id % 5).into()),
            arrived: arrived * 1000,
            answered: finished.map(|finished| finished * 1000),
            finished: finished.map(|finished| finished * 1000),
            status: finished.map(|_| 200),
            bytes: 0,
            outcome: if finished.is_some() { Outcome::Answered } else { Outcome::Held },
        }
    }

    /// The number of requests of each run as drawn, the newest run first.
    fn requests(board: &mut Board) -> Vec<u64> {
        board.runs.values_mut().rev().map(|run| run.snapshot().timeline.figures().requests).collect()
    }

    fn add(board: &mut Board, exchange: &Exchange) {
        let complete = board.add(exchange, Duration::ZERO, exchange.arrived);
        board.end(complete);
    }

    #[test]
    fn a_run_ends_after_two_quiet_seconds() {
        let mut board = Board::new();
        add(&mut board, &exchange(1, 1, Some(1), 0, Some(100)));
        add(&mut board, &exchange(2, 1, Some(2), 2_100, Some(2_200)));
        assert_eq!(requests(&mut board), [2]);
        add(&mut board, &exchange(3, 1, Some(1), 4_201, None));
        assert_eq!(requests(&mut board), [1, 2]);
        // A run continues as long as one of its requests is in flight.
        add(&mut board, &exchange(4, 1, Some(2), 9_000, Some(9_100)));
        assert_eq!(requests(&mut board), [2, 2]);
    }

    #[test]
    fn clients_have_runs_of_their_own() {
        let mut board = Board::new();
        for id in 1..=6 {
            add(&mut board, &exchange(id, u8::try_from(id % 2).unwrap(), Some(1), 0, Some(100)));
        }
        assert_eq!(requests(&mut board), [3, 3]);
        let ids: Vec<u64> = board.runs.keys().copied().collect();
        assert_eq!(ids, [0, 1], "two that begin in the same millisecond have ids of their own");
    }

    #[test]
    fn what_the_log_drops_goes_run_by_run() {
        let mut board = Board::new();
        for id in 1..=3 {
            add(&mut board, &exchange(id, 1, Some(1), id, Some(100)));
        }
        for id in 4..=6 {
            add(&mut board, &exchange(id, 1, Some(1), 5_000 + id, Some(5_100)));
        }
        board.drop_old(0);
        assert_eq!((requests(&mut board), board.dropped_runs), (vec![3, 3], 0));
        board.drop_old(1);
        assert_eq!((requests(&mut board), board.dropped_runs), (vec![3], 1));
        // A run that can still grow only loses its beginning.
        board.drop_old(5);
        assert_eq!((requests(&mut board), board.dropped_runs), (vec![1], 1));
        assert_eq!(board.runs.values_mut().next().unwrap().snapshot().dropped, 2);
        board.drop_old(6);
        assert_eq!((requests(&mut board), board.dropped_runs), (vec![], 2));
        add(&mut board, &exchange(7, 1, Some(1), 5_200, Some(5_300)));
        assert_eq!(requests(&mut board), [1]);
    }

    #[test]
    fn attempts_are_counted_within_a_run_and_some_agents_named() {
        let mut board = Board::new();
        for id in 1..=5 {
            add(&mut board, &exchange(id, 1, (id > 1).then_some(1), 0, Some(100)));
        }
        let run = board.runs.values_mut().next().unwrap().snapshot();
        assert_eq!((run.agents.len(), run.more_agents), (MOST_AGENTS, true));
        let drawn = run.timeline.svg(console::Lang::En);
        for name in [">…path<", ">1<", ">1.2<", ">1.4<"] {
            assert!(drawn.contains(name), "{name} in {drawn}");
        }
        assert!(!drawn.contains(">1.5<") && !drawn.contains(">1.7<"));
    }

    #[tokio::test]
    async fn it_follows_what_is_in_flight() {
        let log = Log::new(10);
        let mut board = Board::new();
        let connection = crate::log::ConnectionNumber::default();
        let mut in_flight = log.arrived(crate::log::Arrival {
            target: Some(Target::Page(1)),
            exists: true,
            client: Ipv4Addr::LOCALHOST.into(),
            connection: &connection,
            method: "GET".into(),
            path: "/",
            user_agent: None,
        });
        board.refresh(&log);
        assert!(board.soonest() - board.taken() >= PACE, "the log is read ten times a second at most");
        let before = board.snapshot();
        assert_eq!((before.in_flight, before.runs[0].timeline.statuses().len()), (1, 0));
        in_flight.answered(200);
        in_flight.end(Outcome::Answered);
        board.refresh(&log);
        let after = board.snapshot();
        assert_eq!((after.in_flight, after.runs[0].timeline.statuses()[&Some(200)]), (0, 1));
        assert_eq!(after.runs[0].id, before.runs[0].id);
        board.refresh(&log);
        assert_eq!(board.snapshot().runs[0].version, after.runs[0].version, "what is over is not drawn again");
    }
}
