//! The log as runs, kept up to date without reading all of the log again.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use tokio::time::Instant;

use super::asked::{Asked, by_arrival};
use super::run::{Asker, Growing, Run};
use crate::log::{BATCH, Exchange, Log, Query, Record};

/// The shortest time between two looks at the log.
const PACE: Duration = Duration::from_millis(100);
/// The pause after a look, in multiples of the look's duration, up to [`LONGEST_PAUSE`]: looking takes one hundredth of
/// a core.
const PAUSE_BY_LOOK: u32 = 100;
const LONGEST_PAUSE: Duration = Duration::from_millis(500);
/// How many runs are kept. A client can begin as many as it likes, by calling itself by another name each time.
const MOST_RUNS: usize = 1_000;

/// The runs as they were at one moment.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The log's number of changes.
    pub changes: u64,
    pub requests: u64,
    pub in_flight: usize,
    pub peak_in_flight: usize,
    pub connections: u64,
    pub queries: u64,
    pub queries_in_flight: usize,
    /// Whether a run has something that grows with time.
    pub grows: bool,
    /// How many requests the log has dropped.
    pub dropped: u64,
    /// How many whole runs are not kept any more.
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
    /// The id of each asker's newest run.
    newest: HashMap<Asker, u64>,
    /// The id of each client's newest run.
    newest_of_client: HashMap<IpAddr, u64>,
    /// The id of each database connection's run.
    of_connection: HashMap<u64, u64>,
    /// The ids of runs that can grow no more.
    complete: Vec<u64>,
    next_exchange: u64,
    next_query: u64,
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
            queries: 0,
            queries_in_flight: 0,
            grows: false,
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
            newest_of_client: HashMap::new(),
            of_connection: HashMap::new(),
            complete: Vec::new(),
            next_exchange: 1,
            next_query: 1,
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
        let (dropped, dropped_queries) = log.read(|record| (record.dropped, record.queries().dropped));
        self.drop_old(dropped, dropped_queries);
        let runs = self.runs.values_mut().rev().map(Growing::snapshot).collect();
        let grows = self.runs.values().any(Growing::is_open);
        self.snapshot = Arc::new(log.read(|record| Snapshot {
            changes,
            requests: record.arrived(),
            in_flight: record.in_flight(),
            peak_in_flight: record.peak_in_flight,
            connections: record.connections_used,
            queries: record.queries().arrived(),
            queries_in_flight: record.queries().in_flight(),
            grows,
            dropped: record.dropped,
            dropped_runs: self.dropped_runs,
            runs,
        }));
        self.due = self.taken + (self.taken.elapsed() * PAUSE_BY_LOOK).clamp(PACE, LONGEST_PAUSE);
    }

    fn add_new(&mut self, log: &Log) {
        let began_at = log.began_at().duration_since(UNIX_EPOCH).unwrap_or_default();
        loop {
            let from = (self.next_exchange, self.next_query);
            let now = log.now();
            log.read(|record| {
                for asked in by_arrival(record.since(from.0), record.queries().since(from.1)).take(BATCH) {
                    match asked {
                        Asked::Exchange(exchange) => {
                            self.next_exchange = exchange.id + 1;
                            self.add(exchange, record, began_at, now);
                        }
                        Asked::Query(query) => {
                            self.next_query = query.id + 1;
                            self.add_query(query, record, began_at, now);
                        }
                    }
                }
            });
            // Not while the log is locked, because building a timeline takes a while.
            self.end_complete(log);
            if (self.next_exchange, self.next_query) == from {
                return;
            }
        }
    }

    /// Adds an exchange to its run.
    fn add(&mut self, exchange: &Exchange, record: &Record, began_at: Duration, now: u64) {
        let asker = Asker::of(exchange);
        let newest = self.newest.get(&asker).copied();
        let takes = |id: &u64| self.runs.get(id).is_some_and(|run| run.takes(exchange, record));
        let id = self.begun_by_queries(exchange, newest).or_else(|| newest.filter(takes));
        let id = id.unwrap_or_else(|| self.begin_with_newcomers(exchange, record, began_at, now));
        if newest != Some(id) {
            self.newest.insert(asker.clone(), id);
            if let Some(newest) = newest {
                self.complete(newest);
            }
        }
        if let Some(run) = self.runs.get_mut(&id) {
            run.join(asker);
            run.add(exchange, now);
        }
    }

    /// Begins a run with a request, and with the queries that came before it from the same program.
    fn begin_with_newcomers(&mut self, exchange: &Exchange, record: &Record, began_at: Duration, now: u64) -> u64 {
        let before = self.newest_of_client.get(&exchange.client).and_then(|id| self.runs.get_mut(id));
        let ids = before.map(Growing::give_newcomers).unwrap_or_default();
        let queries: Vec<&Query> = ids.iter().filter_map(|id| record.queries().get(*id)).collect();
        let began = queries.first().map_or(exchange.arrived, |query| query.arrived);
        let id = self.begin(Asker::of(exchange), began_at, began);
        for query in queries {
            self.put_query(query, id, record, now);
        }
        id
    }

    /// The run that queries of this client have begun, if it is still without requests and its program may be at work;
    /// not for a request on a connection of its asker's newest run.
    fn begun_by_queries(&self, exchange: &Exchange, newest: Option<u64>) -> Option<u64> {
        let id = *self.newest_of_client.get(&exchange.client)?;
        let run = self.runs.get(&id)?;
        let newest = newest.and_then(|id| self.runs.get(&id));
        let is_other = newest.is_some_and(|newest| newest.has_connection(exchange.connection));
        (!run.has_requests() && run.is_going_on(exchange.arrived) && !is_other).then_some(id)
    }

    /// Adds a query to its run.
    fn add_query(&mut self, query: &Query, record: &Record, began_at: Duration, now: u64) {
        let of_connection = self.of_connection.get(&query.connection);
        let newest = self.newest_of_client.get(&query.client);
        let is_going_on = |id: &&u64| self.runs.get(id).is_some_and(|run| run.is_going_on(query.arrived));
        let id = of_connection.filter(is_going_on).or(newest.filter(is_going_on)).copied();
        let asker = Asker { client: query.client, program: None };
        let id = id.unwrap_or_else(|| self.begin(asker, began_at, query.arrived));
        if let Some(run) = self.runs.get_mut(&id) {
            run.note_connection(query, record);
        }
        self.put_query(query, id, record, now);
    }

    fn put_query(&mut self, query: &Query, id: u64, record: &Record, now: u64) {
        self.of_connection.insert(query.connection, id);
        let transaction = query.transaction.and_then(|id| record.queries().transaction(id));
        if let Some(run) = self.runs.get_mut(&id) {
            run.add_query(query, transaction, now);
        }
    }

    /// Begins a run at a moment of the log, and returns its id.
    fn begin(&mut self, asker: Asker, began_at: Duration, began: u64) -> u64 {
        let mut id = u64::try_from((began_at + Duration::from_micros(began)).as_millis()).unwrap_or(u64::MAX);
        while self.runs.contains_key(&id) {
            id += 1;
        }
        self.begun_runs += 1;
        // A run of queries that no request has joined until now is complete.
        if let Some(before) = self.newest_of_client.insert(asker.client, id)
            && self.runs.get(&before).is_some_and(|run| !run.has_requests())
        {
            self.complete(before);
        }
        self.runs.insert(id, Growing::new(id, self.begun_runs, asker, began));
        id
    }

    /// Notes that nothing more belongs to a run.
    fn complete(&mut self, id: u64) {
        if let Some(run) = self.runs.get_mut(&id) {
            run.complete();
            self.complete.push(id);
        }
    }

    fn end_complete(&mut self, log: &Log) {
        for id in std::mem::take(&mut self.complete) {
            if let Some(run) = self.runs.get_mut(&id) {
                // Its last requests may have ended since it was looked at.
                run.follow(log);
                run.end();
            }
        }
    }

    /// Drops the runs whose exchanges and queries the log has dropped; a run that can still grow only loses those.
    fn drop_old(&mut self, dropped: u64, dropped_queries: u64) {
        let before = self.runs.len();
        self.runs.retain(|_, run| run.keeps_some_after(dropped, dropped_queries));
        while self.runs.len() > MOST_RUNS {
            self.runs.pop_first();
        }
        self.dropped_runs += (before - self.runs.len()) as u64;
        self.newest.retain(|_, id| self.runs.contains_key(id));
        self.newest_of_client.retain(|_, id| self.runs.contains_key(id));
        self.of_connection.retain(|_, id| self.runs.contains_key(id));
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

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
            user_agent: None,
            arrived: arrived * 1000,
            gated: false,
            released: None,
            due: None,
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
        board.add(exchange, &Record::default(), Duration::ZERO, exchange.arrived);
        board.end_complete(&Log::new(0));
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
        board.drop_old(0, 0);
        assert_eq!((requests(&mut board), board.dropped_runs), (vec![3, 3], 0));
        board.drop_old(1, 0);
        assert_eq!((requests(&mut board), board.dropped_runs), (vec![3], 1));
        // A run that can still grow only loses its beginning.
        board.drop_old(5, 0);
        assert_eq!((requests(&mut board), board.dropped_runs), (vec![1], 1));
        assert_eq!(board.runs.values_mut().next().unwrap().snapshot().dropped, [2, 0]);
        board.drop_old(6, 0);
        assert_eq!((requests(&mut board), board.dropped_runs), (vec![], 2));
        add(&mut board, &exchange(7, 1, Some(1), 5_200, Some(5_300)));
        assert_eq!(requests(&mut board), [1]);
    }

    /// The pages of each run, the newest run first.
    fn pages(exchanges: &[Exchange]) -> Vec<Vec<u32>> {
        let mut board = Board::new();
        for exchange in exchanges {
            add(&mut board, exchange);
        }
        let runs = board.runs.values_mut().rev().map(|run| run.snapshot().exchanges);
        let pages = |(first, last)| exchanges.iter().filter(move |e| (first..=last).contains(&e.id));
        runs.map(|ids| pages(ids).filter_map(Exchange::page).collect()).collect()
    }

    #[test]
    fn a_run_ends_when_the_next_program_begins() {
        let first = [exchange(1, 1, Some(1), 0, Some(100)), exchange(2, 1, Some(2), 0, Some(200))];
        let again = |change: fn(Exchange) -> Exchange| {
            let [one, two] = first.clone();
            pages(&[one, two, change(exchange(3, 1, Some(2), 200, Some(300))), exchange(4, 1, Some(3), 200, Some(300))])
        };
        let one_run = [vec![1, 2, 2, 3]];
        assert_eq!(again(|next| next), [vec![2, 3], vec![1, 2]]);
        // A program may ask for a page again: on a connection that it has, or while it waits for another page.
        assert_eq!(again(|next| Exchange { connection: 2, ..next }), one_run);
        assert_eq!(again(|next| Exchange { arrived: 199_999, ..next }), one_run);
        // A page that was not asked for yet begins nothing.
        assert_eq!(again(|next| Exchange { target: Some(Target::Page(4)), ..next }), [vec![1, 2, 4, 3]]);
    }

    #[test]
    fn a_retry_begins_no_run() {
        let failed = |change: fn(Exchange) -> Exchange| {
            pages(&[
                change(exchange(1, 1, Some(1), 0, Some(100))),
                exchange(2, 1, Some(2), 0, Some(200)),
                exchange(3, 1, Some(1), 300, Some(400)),
            ])
        };
        assert_eq!(failed(|page| page), [vec![1], vec![1, 2]]);
        for failure in [
            |page| Exchange { status: Some(503), ..page },
            |page| Exchange { outcome: Outcome::Reset, ..page },
            |page| Exchange { outcome: Outcome::GivenUp, status: None, ..page },
        ] {
            assert_eq!(failed(failure), [vec![1, 2, 1]]);
        }
    }

    #[test]
    fn programs_that_name_themselves_have_runs_of_their_own_even_at_once() {
        let named = |id, name: &str| Exchange {
            path: format!("/as/{name}/search/all/?page=1"),
            ..exchange(id, 1, Some(1), id, Some(100))
        };
        let agent =
            |id, agent: &str| Exchange { user_agent: Some(agent.into()), ..exchange(id, 1, Some(1), id, Some(100)) };
        let mut board = Board::new();
        let exchanges = [
            named(1, "a"),
            named(2, "b"),
            agent(3, "curl"),
            named(4, "a"),
            agent(5, "curl"),
            exchange(6, 1, Some(1), 6, None),
        ];
        for exchange in &exchanges {
            add(&mut board, exchange);
        }
        // The name in the URL comes before the User-Agent.
        add(&mut board, &Exchange { user_agent: Some("curl".into()), ..named(7, "b") });
        let runs: Vec<_> = board
            .runs
            .values_mut()
            .map(|run| {
                let run = run.snapshot();
                (run.asker.program.as_deref().map(str::to_owned), run.timeline.figures().requests)
            })
            .collect();
        let name = |name: &str| Some(name.to_owned());
        assert_eq!(runs, [(name("a"), 2), (name("b"), 2), (name("curl"), 2), (None, 1)]);
    }

    #[test]
    fn a_client_of_many_names_does_not_fill_the_memory() {
        let mut board = Board::new();
        for id in 1..=MOST_RUNS as u64 + 5 {
            add(
                &mut board,
                &Exchange { user_agent: Some(id.to_string().into()), ..exchange(id, 1, Some(1), id, None) },
            );
        }
        board.drop_old(0, 0);
        assert_eq!((board.runs.len(), board.newest.len(), board.dropped_runs), (MOST_RUNS, MOST_RUNS, 5));
    }

    #[test]
    fn attempts_and_connections_are_counted_within_a_run() {
        let mut board = Board::new();
        for id in 1..=5 {
            let on = Exchange { connection: 1_000 + id % 2, ..exchange(id, 1, (id > 1).then_some(1), 0, Some(100)) };
            add(&mut board, &on);
        }
        let drawn = board.runs.values_mut().next().unwrap().snapshot().timeline.svg(console::Lang::En);
        for name in [">…path<", ">1<", ">1.2<", ">1.4<", ">#1<", ">#2<"] {
            assert!(drawn.contains(name), "{name} in {drawn}");
        }
        assert!(
            !drawn.contains(">1.5<") && !drawn.contains(">1.7<") && !drawn.contains("#3<") && !drawn.contains("#1000")
        );
    }

    /// The log is read in two steps; what ends and begins in between is told apart all the same.
    #[tokio::test]
    async fn a_program_that_begins_while_the_log_is_read_begins_a_run() {
        let log = Log::new(10);
        let mut board = Board::new();
        let ask = |number| {
            log.arrived(crate::log::Arrival {
                target: Some(Target::Page(1)),
                exists: true,
                client: Ipv4Addr::LOCALHOST.into(),
                connection: number,
                method: "GET".into(),
                path: "/",
                user_agent: None,
            })
        };
        let (one, other) = Default::default();
        let mut first = ask(&one);
        board.refresh(&log);
        first.answered(200);
        first.end(Outcome::Answered);
        let _second = ask(&other);
        // As if the open requests had been followed before those changes.
        board.add_new(&log);
        let runs: Vec<_> = board.runs.values_mut().map(|run| run.snapshot().timeline.statuses().len()).collect();
        assert_eq!(runs, [1, 0]);
    }

    /// What a run is called, and how many requests, queries and database connections it has; the oldest run first.
    fn figures(board: &mut Board) -> Vec<(Option<String>, u64, u64, u64)> {
        let figures = |run: &mut Growing| {
            let Run { asker, timeline, .. } = &*run.snapshot();
            let database = timeline.database_figures();
            let name = asker.program.as_deref().map(str::to_owned);
            (name, timeline.figures().requests, database.queries, database.connections)
        };
        board.runs.values_mut().map(figures).collect()
    }

    /// What programs ask, in milliseconds.
    #[derive(Clone, Copy)]
    enum Event {
        /// A page of a client's program, on a connection of its own, from its arrival to its end.
        Page(u8, &'static str, u32, [u64; 2]),
        /// A query of a client on a database connection, likewise.
        Query(u8, u64, [u64; 2]),
    }

    fn runs_of(events: &[Event]) -> Vec<(Option<String>, u64, u64, u64)> {
        use crate::scenario::{Statement, Verb};

        let mut board = Board::new();
        for (id, event) in (1..).zip(events) {
            match *event {
                Event::Page(client, program, page, [arrived, finished]) => {
                    let exchange = exchange(id, client, Some(page), arrived, Some(finished));
                    add(&mut board, &Exchange { user_agent: Some(program.into()), ..exchange });
                }
                Event::Query(client, connection, [arrived, finished]) => {
                    let query = Query {
                        id,
                        statement: Statement { verb: Verb::Select, number: 1 },
                        client: Ipv4Addr::new(10, 0, 0, client).into(),
                        connection,
                        transaction: None,
                        text: "SELECT 1".to_owned(),
                        arrived: arrived * 1000,
                        finished: Some(finished * 1000),
                        rows: Some(1),
                        sqlstate: None,
                        outcome: Outcome::Answered,
                    };
                    board.add_query(&query, &Record::default(), Duration::ZERO, query.arrived);
                    board.end_complete(&Log::new(0));
                }
            }
        }
        figures(&mut board)
    }

    fn run(name: &str, requests: u64, queries: u64, connections: u64) -> (Option<String>, u64, u64, u64) {
        (Some(name.to_owned()).filter(|name| !name.is_empty()), requests, queries, connections)
    }

    #[test]
    fn a_program_that_begins_with_a_query_is_one_run() {
        use Event::{Page, Query};

        let program = [
            Query(1, 1, [0, 10]),
            Page(1, "a", 1, [20, 100]),
            Query(1, 1, [110, 120]),
            // After all was over: a pool opens its connections when it needs them.
            Query(1, 2, [130, 140]),
            Page(1, "a", 2, [150, 200]),
            Query(1, 2, [1_900, 2_000]),
        ];
        assert_eq!(runs_of(&program), [run("a", 2, 4, 2)]);
    }

    #[test]
    fn a_client_that_only_asks_the_database_has_runs() {
        use Event::Query;

        let quiet = [Query(1, 1, [0, 10]), Query(1, 2, [20, 30]), Query(1, 2, [2_031, 2_040])];
        assert_eq!(runs_of(&quiet), [run("", 0, 2, 2), run("", 0, 1, 1)]);
    }

    #[test]
    fn queries_are_in_runs_of_their_client() {
        use Event::{Page, Query};

        let clients = [
            Page(1, "a", 1, [0, 100]),
            Query(2, 1, [10, 20]),
            Page(2, "b", 1, [20, 100]),
            Query(1, 2, [30, 40]),
            Query(2, 1, [40, 50]),
            Query(2, 3, [50, 60]),
        ];
        assert_eq!(runs_of(&clients), [run("a", 1, 1, 1), run("b", 1, 3, 2)]);
    }

    /// The first request of the next program, be it the same or another one, shows whose the queries before it were.
    #[cfg(feature = "database")]
    #[tokio::test]
    async fn queries_before_the_next_programs_first_request_are_that_programs() {
        use crate::log::{Arrival, Asked, ConnectionNumber};
        use crate::scenario::Verb;

        for (next, in_first, in_second) in [("a", 3, 4), ("b", 4, 3)] {
            let log = Log::new(100);
            // No two events are at the same moment.
            let tick = || {
                let now = log.now();
                while log.now() == now {}
            };
            let query = |connection: &ConnectionNumber| {
                tick();
                let client = Ipv4Addr::LOCALHOST.into();
                log.asked(&Asked { verb: Verb::Select, client, connection, transaction: None, text: "" })
            };
            let answered = |connection| {
                let mut query = query(connection);
                tick();
                query.end(Outcome::Answered, None, None);
            };
            let request = |program| {
                tick();
                let arrival = Arrival {
                    target: Some(Target::Page(1)),
                    exists: true,
                    client: Ipv4Addr::LOCALHOST.into(),
                    connection: &ConnectionNumber::default(),
                    method: "GET".into(),
                    path: "/",
                    user_agent: Some(program),
                };
                let mut request = log.arrived(arrival);
                request.answered(200);
                tick();
                request.end(Outcome::Answered);
            };
            let [one, two, three] = Default::default();
            answered(&one);
            request("a");
            let mut in_flight = query(&one);
            // Not after all was over.
            answered(&two);
            in_flight.end(Outcome::Answered, None, None);
            answered(&three);
            answered(&three);
            request(next);
            answered(&three);
            // The first may be at work still, unless the second is the same program.
            answered(&one);
            let mut board = Board::new();
            board.refresh(&log);
            let (first, second) = (run("a", 1, in_first, 2), run(next, 1, in_second, in_second - 2));
            assert_eq!(figures(&mut board), [first, second]);
        }
    }

    /// A run goes on while a query is in flight or a transaction is open.
    #[cfg(feature = "database")]
    #[tokio::test]
    async fn it_follows_queries_and_transactions() {
        use crate::log::{Asked, ConnectionNumber, TransactionEnd};
        use crate::scenario::Verb;

        let log = Log::new(3);
        let mut board = Board::new();
        let connection = ConnectionNumber::default();
        let ask = |transaction| {
            log.asked(&Asked {
                verb: Verb::Insert,
                client: Ipv4Addr::LOCALHOST.into(),
                connection: &connection,
                transaction,
                text: "INSERT",
            })
        };
        let transaction = log.transaction_began(&connection);
        let mut query = ask(Some(transaction));
        let mut look = || {
            board.refresh(&log);
            let snapshot = board.snapshot();
            let figures = snapshot.runs[0].timeline.database_figures();
            (snapshot.grows, snapshot.queries_in_flight, figures.committed)
        };
        assert_eq!(look(), (true, 1, 0));
        query.end(Outcome::Answered, Some(1), None);
        assert_eq!(look(), (true, 0, 0));
        log.transaction_ended(transaction, TransactionEnd::Committed);
        assert_eq!(look(), (false, 0, 1));
        let _more = [ask(None), ask(None), ask(None)];
        assert_eq!(look(), (true, 3, 0));
        let run = &board.snapshot().runs[0];
        assert_eq!((run.dropped, run.queries.copies(&log).count()), ([0, 1], 3));
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
