//! The log: every exchange and every query with its times and its outcome.
//!
//! - `outcome`: how both end
//! - `query`: the practice database's statements and transactions

mod outcome;
mod query;

use std::borrow::Cow;
use std::collections::{HashMap, VecDeque};
#[cfg(feature = "files")]
use std::iter;
use std::net::IpAddr;
#[cfg(feature = "files")]
use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::time::{Duration, Instant, SystemTime};

use tokio::sync::watch;

pub use outcome::Outcome;
pub use query::{Queries, Query, Transaction, TransactionEnd};

use crate::program;
use crate::scenario::Target;
#[cfg(feature = "database")]
use crate::scenario::{SqlState, Statement, Verb};

/// The most exchanges that are read under one lock, so that the site never waits long to write.
#[cfg(feature = "files")]
pub(crate) const BATCH: usize = 256;

/// One request and what became of it. Times are microseconds since the log began.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "files", derive(serde::Serialize))]
pub struct Exchange {
    /// Numbered from 1 in order of arrival.
    pub id: u64,
    /// The page or car that was requested, if it was one. In JSON these are the fields `page` and `car`.
    #[cfg_attr(feature = "files", serde(flatten, serialize_with = "page_and_car"))]
    pub target: Option<Target>,
    /// The number of this request among those for the same target, from 1. Always 1 for targets that the site does not
    /// have.
    pub attempt: u32,
    /// Where the request came from.
    pub client: IpAddr,
    /// The connection it came on, numbered from 1 in the order of their first requests.
    pub connection: u64,
    /// The HTTP method.
    pub method: Cow<'static, str>,
    /// Path and query, cut off after 256 bytes.
    pub path: String,
    /// The User-Agent header, cut off likewise.
    pub user_agent: Option<Arc<str>>,
    /// When the request's head had been read.
    #[cfg_attr(feature = "files", serde(rename = "arrived_us"))]
    pub arrived: u64,
    /// Whether a gate held it, or holds it still.
    pub gated: bool,
    /// When that gate let it go.
    #[cfg_attr(feature = "files", serde(rename = "released_us"))]
    pub released: Option<u64>,
    /// When the last of the answer was to be sent, if the scenario says so: a gate that holds it and some faults do not.
    #[cfg_attr(feature = "files", serde(rename = "due_us"))]
    pub due: Option<u64>,
    /// When the answer's head was ready to be sent.
    #[cfg_attr(feature = "files", serde(rename = "answered_us"))]
    pub answered: Option<u64>,
    /// When the last of the answer had been handed to the connection, or the exchange had ended otherwise.
    #[cfg_attr(feature = "files", serde(rename = "finished_us"))]
    pub finished: Option<u64>,
    /// The answer's status.
    pub status: Option<u16>,
    /// How much of the answer's body was handed to the connection.
    pub bytes: u64,
    /// How it ended.
    pub outcome: Outcome,
}

impl Exchange {
    /// The number of the listing page asked for, if it was one.
    pub fn page(&self) -> Option<u32> {
        self.target?.page()
    }

    /// The name of the program that asked: the one in its URL, or else its User-Agent.
    pub fn program(&self) -> Option<&str> {
        let path = self.path.split('?').next().unwrap_or_default();
        program::split(path).0.or(self.user_agent.as_deref())
    }

    /// How long it took in microseconds; `None` while it is in flight.
    pub fn took(&self) -> Option<u64> {
        Some(self.finished? - self.arrived)
    }

    fn is_in_flight(&self) -> bool {
        self.finished.is_none()
    }
}

#[cfg(feature = "files")]
#[expect(clippy::ref_option, clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
fn page_and_car<S: serde::Serializer>(target: &Option<Target>, serializer: S) -> Result<S::Ok, S::Error> {
    use serde::ser::SerializeMap;

    let mut map = serializer.serialize_map(Some(2))?;
    map.serialize_entry("page", &target.and_then(Target::page))?;
    map.serialize_entry("car", &target.and_then(Target::car))?;
    map.end()
}

/// What a log's journal has: an exchange, or a query. As JSON, a query is told by its field `query`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "files", derive(serde::Serialize), serde(untagged))]
pub enum Entry {
    /// A request and what became of it.
    Exchange(Exchange),
    /// A statement and what became of it.
    Query(Query),
}

/// A handle to the record of all exchanges and queries; clones share the record.
#[derive(Clone, Debug)]
pub struct Log(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    began: Instant,
    began_at: SystemTime,
    capacity: usize,
    record: Mutex<Record>,
    changed: watch::Sender<()>,
}

/// The contents of a log.
#[derive(Debug, Default)]
pub struct Record {
    exchanges: VecDeque<Exchange>,
    queries: Queries,
    /// How many exchanges were dropped, oldest first, because the log was full.
    pub dropped: u64,
    /// How many connections were ever opened.
    pub connections: u64,
    /// How many of them were used by requests.
    pub connections_used: u64,
    /// How many exchanges ended with the whole answer sent, those that were dropped included.
    pub answered: u64,
    /// The most exchanges that were ever in flight at once.
    pub peak_in_flight: usize,
    in_flight: usize,
    next_id: u64,
    changes: u64,
    attempts: HashMap<Target, u32>,
    closed: bool,
    journal: Option<mpsc::Sender<Entry>>,
}

impl Record {
    /// The exchanges, in order of arrival.
    pub fn exchanges(&self) -> impl ExactSizeIterator<Item = &Exchange> {
        self.exchanges.iter()
    }

    /// The practice database's queries.
    pub fn queries(&self) -> &Queries {
        &self.queries
    }

    /// How many exchanges are in flight, those that were dropped included.
    pub fn in_flight(&self) -> usize {
        self.in_flight
    }

    /// How many requests ever arrived.
    pub fn arrived(&self) -> u64 {
        self.next_id - 1
    }

    /// How often the record changed. If the number is the same as before, nothing has happened.
    pub fn changes(&self) -> u64 {
        self.changes
    }

    /// The exchange with this id, unless it was dropped or has not come yet.
    pub fn get(&self, id: u64) -> Option<&Exchange> {
        self.exchanges.get(self.place_of(id)?)
    }

    /// The exchanges from this id on, in order of arrival.
    pub fn since(&self, id: u64) -> impl Iterator<Item = &Exchange> {
        let place = self.place_of(id).unwrap_or(0).min(self.exchanges.len());
        self.exchanges.range(place..)
    }

    /// Sends an entry to the journal, if there is one.
    fn note(&mut self, entry: Entry) {
        if let Some(journal) = &self.journal
            && journal.send(entry).is_err()
        {
            self.journal = None;
        }
    }

    fn get_mut(&mut self, id: u64) -> Option<&mut Exchange> {
        let place = self.place_of(id)?;
        self.exchanges.get_mut(place)
    }

    /// The index of an exchange. Ids are consecutive, so it follows from the first one's id.
    fn place_of(&self, id: u64) -> Option<usize> {
        usize::try_from(id.checked_sub(self.dropped + 1)?).ok()
    }
}

/// The number of a connection, assigned with its first logged request.
#[derive(Debug, Default)]
pub(crate) struct ConnectionNumber(AtomicU64);

impl ConnectionNumber {
    /// The number, assigned now if there is none; `used` counts those that have one.
    fn assigned(&self, used: &mut u64) -> u64 {
        let number = self.0.load(Ordering::Relaxed);
        if number > 0 {
            return number;
        }
        *used += 1;
        self.0.store(*used, Ordering::Relaxed);
        *used
    }
}

/// What is known of a request when it arrives.
#[derive(Debug)]
pub(crate) struct Arrival<'a> {
    pub target: Option<Target>,
    /// Whether the site has the target. Attempts are counted only then, which limits how many counts there are.
    pub exists: bool,
    pub client: IpAddr,
    pub connection: &'a ConnectionNumber,
    pub method: Cow<'static, str>,
    pub path: &'a str,
    pub user_agent: Option<&'a str>,
}

impl Log {
    /// How many exchanges a log keeps unless told otherwise.
    pub const CAPACITY: usize = 100_000;

    /// An empty log that begins now and keeps the newest `capacity` exchanges.
    pub fn new(capacity: usize) -> Self {
        Self(Arc::new(Shared {
            began: Instant::now(),
            began_at: SystemTime::now(),
            capacity,
            record: Mutex::new(Record { next_id: 1, ..Record::default() }),
            changed: watch::Sender::new(()),
        }))
    }

    /// How many exchanges it keeps.
    pub fn capacity(&self) -> usize {
        self.0.capacity
    }

    /// When the log began.
    pub fn began_at(&self) -> SystemTime {
        self.0.began_at
    }

    /// A copy of the exchanges, in order of arrival.
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.read(|record| record.exchanges().cloned().collect())
    }

    /// Iterates over copies of the exchanges with these ids, in order of arrival. They are copied [`BATCH`] at a time
    /// when the iterator gets to them, so that neither memory nor the site's waiting grows with the log.
    #[cfg(feature = "files")]
    pub(crate) fn copies(&self, ids: RangeInclusive<u64>) -> impl Iterator<Item = Exchange> + use<> {
        let copy = |record: &Record, ids: RangeInclusive<u64>| {
            let exchanges = record.since(*ids.start()).take(BATCH);
            exchanges.take_while(|exchange| exchange.id <= *ids.end()).cloned().collect()
        };
        self.in_batches(ids, copy, |exchange: &Exchange| exchange.id)
    }

    /// Likewise queries.
    #[cfg(feature = "page")]
    pub(crate) fn copies_of_queries(&self, ids: RangeInclusive<u64>) -> impl Iterator<Item = Query> + use<> {
        let copy = |record: &Record, ids: RangeInclusive<u64>| {
            let queries = record.queries.since(*ids.start()).take(BATCH);
            queries.take_while(|query| query.id <= *ids.end()).cloned().collect()
        };
        self.in_batches(ids, copy, |query: &Query| query.id)
    }

    /// Iterates over what has these ids. `copy` gives the first of them, and `id_of` the id of each.
    #[cfg(feature = "files")]
    fn in_batches<T>(
        &self,
        ids: RangeInclusive<u64>,
        copy: fn(&Record, RangeInclusive<u64>) -> Vec<T>,
        id_of: fn(&T) -> u64,
    ) -> impl Iterator<Item = T> + use<T> {
        let log = self.clone();
        let (mut next, last) = ids.into_inner();
        let batches = iter::from_fn(move || {
            let batch = log.read(|record| copy(record, next..=last));
            next = id_of(batch.last()?) + 1;
            Some(batch)
        });
        batches.flatten()
    }

    /// A copy of the queries, in order of arrival.
    pub fn queries(&self) -> Vec<Query> {
        self.read(|record| record.queries.iter().cloned().collect())
    }

    /// Subscribes to all exchanges and queries that end from now on, in the order in which they end. Those that are
    /// still held come when the log drops them or is closed, after which the channel is closed. The channel has no
    /// limit: entries wait in memory until they are received.
    pub fn journal(&self) -> mpsc::Receiver<Entry> {
        let (sender, receiver) = mpsc::channel();
        self.record().journal = Some(sender);
        receiver
    }

    /// Reads the log as it is now. The site waits meanwhile, so `look` must be brief.
    pub fn read<T>(&self, look: impl FnOnce(&Record) -> T) -> T {
        look(&self.record())
    }

    /// Waits until `condition` holds. It is checked now and after each change.
    pub async fn wait_for(&self, mut condition: impl FnMut(&Record) -> bool) {
        let mut changes = self.0.changed.subscribe();
        while !self.read(&mut condition) {
            // Never an error: the sender lives as long as this handle.
            let _ = changes.changed().await;
        }
    }

    /// Closes the log: exchanges in flight stay 'held' for good.
    pub(crate) fn close(&self) {
        self.change(|record| {
            record.closed = true;
            if let Some(journal) = record.journal.take() {
                let held = record.exchanges.iter().filter(|exchange| exchange.is_in_flight());
                // An error means that the receiver is gone.
                held.for_each(|exchange| drop(journal.send(Entry::Exchange(exchange.clone()))));
                #[cfg(feature = "database")]
                record.queries.held().for_each(|query| drop(journal.send(Entry::Query(query.clone()))));
            }
        });
    }

    pub(crate) fn connection_opened(&self) {
        self.change(|record| record.connections += 1);
    }

    pub(crate) fn arrived(&self, arrival: Arrival<'_>) -> InFlight {
        let path = arrival.path.to_owned();
        let (id, attempt) = self.change(|record| {
            let id = record.next_id;
            record.next_id += 1;
            let attempt = match arrival.target {
                Some(target) if arrival.exists => {
                    let attempts = record.attempts.entry(target).or_default();
                    *attempts += 1;
                    *attempts
                }
                _ => 1,
            };
            if record.exchanges.len() == self.0.capacity {
                if let Some(dropped) = record.exchanges.pop_front().filter(Exchange::is_in_flight) {
                    record.note(Entry::Exchange(dropped));
                }
                record.dropped += 1;
            }
            record.in_flight += 1;
            record.peak_in_flight = record.peak_in_flight.max(record.in_flight);
            let connection = arrival.connection.assigned(&mut record.connections_used);
            // Most requests come from the same program, and share one copy of its name.
            let last_agent = record.exchanges.back().and_then(|last| last.user_agent.clone());
            let user_agent = match last_agent {
                Some(last) if arrival.user_agent == Some(&last) => Some(last),
                _ => arrival.user_agent.map(Arc::from),
            };
            record.exchanges.push_back(Exchange {
                id,
                target: arrival.target,
                attempt,
                client: arrival.client,
                connection,
                method: arrival.method,
                path,
                user_agent,
                arrived: self.now(),
                gated: false,
                released: None,
                due: None,
                answered: None,
                finished: None,
                status: None,
                bytes: 0,
                outcome: Outcome::Held,
            });
            (id, attempt)
        });
        InFlight { log: self.clone(), id, attempt, bytes: 0, ended: false }
    }

    /// Microseconds since the log began.
    pub(crate) fn now(&self) -> u64 {
        u64::try_from(self.0.began.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    fn record(&self) -> MutexGuard<'_, Record> {
        // The lock can only be poisoned by a caller's closure in `read`, which can't change the record.
        self.0.record.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change<T>(&self, change: impl FnOnce(&mut Record) -> T) -> T {
        let result = {
            let mut record = self.record();
            record.changes += 1;
            change(&mut record)
        };
        // Waiters subscribe before they read the record, so none misses a change; without waiters nothing is sent.
        if self.0.changed.receiver_count() > 0 {
            self.0.changed.send_replace(());
        }
        result
    }
}

/// An exchange in flight. If it is dropped before it has ended, the client has given up: hyper drops the work for a
/// connection that was closed.
#[derive(Debug)]
pub(crate) struct InFlight {
    log: Log,
    id: u64,
    pub attempt: u32,
    pub bytes: u64,
    ended: bool,
}

impl InFlight {
    /// A gate begins to hold it.
    pub fn gated(&self) {
        self.update(|exchange, _| exchange.gated = true);
    }

    /// Its gate has let it go.
    pub fn released(&self) {
        self.update(|exchange, now| exchange.released = Some(now));
    }

    /// Its answer is to take this long from now on.
    pub fn due(&self, time: Duration) {
        let time = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        self.update(|exchange, now| exchange.due = Some(now.saturating_add(time)));
    }

    pub fn answered(&self, status: u16) {
        self.update(|exchange, now| {
            exchange.answered = Some(now);
            exchange.status = Some(status);
        });
    }

    /// Changes the exchange, unless the log has dropped it. `change` is given the present moment.
    fn update(&self, change: impl FnOnce(&mut Exchange, u64)) {
        let now = self.log.now();
        self.log.change(|record| {
            if let Some(exchange) = record.get_mut(self.id) {
                change(exchange, now);
            }
        });
    }

    pub fn end(&mut self, outcome: Outcome) {
        if std::mem::replace(&mut self.ended, true) {
            return;
        }
        let now = self.log.now();
        self.log.change(|record| {
            record.in_flight -= 1;
            if record.closed {
                return;
            }
            record.answered += u64::from(outcome == Outcome::Answered);
            if let Some(exchange) = record.get_mut(self.id).filter(|exchange| exchange.is_in_flight()) {
                exchange.finished = Some(now);
                exchange.bytes = self.bytes;
                exchange.outcome = outcome;
                if record.journal.is_some()
                    && let Some(ended) = record.get(self.id).cloned()
                {
                    record.note(Entry::Exchange(ended));
                }
            }
        });
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.end(Outcome::GivenUp);
    }
}

/// What is known of a statement when it is to be executed.
#[cfg(feature = "database")]
#[derive(Debug)]
pub(crate) struct Asked<'a> {
    pub verb: Verb,
    pub client: IpAddr,
    pub connection: &'a ConnectionNumber,
    pub transaction: Option<u64>,
    pub text: &'a str,
}

#[cfg(feature = "database")]
impl Log {
    /// The most of a statement's text that is kept, in bytes.
    const LONGEST_TEXT: usize = 256;

    /// Notes that a statement is to be executed.
    pub(crate) fn asked(&self, asked: &Asked<'_>) -> QueryInFlight {
        let text = &asked.text[..asked.text.floor_char_boundary(Self::LONGEST_TEXT)];
        let mut query = Query {
            id: 0,
            statement: Statement { verb: asked.verb, number: 0 },
            client: asked.client,
            connection: 0,
            transaction: asked.transaction,
            text: text.to_owned(),
            arrived: 0,
            finished: None,
            rows: None,
            sqlstate: None,
            outcome: Outcome::Held,
        };
        let (id, statement) = self.change(|record| {
            query.connection = asked.connection.assigned(&mut record.queries.connections_used);
            query.arrived = self.now();
            let (id, statement, dropped) = record.queries.add(self.0.capacity, asked.verb, query);
            if let Some(dropped) = dropped {
                record.note(Entry::Query(dropped));
            }
            (id, statement)
        });
        QueryInFlight { log: self.clone(), id, statement, ended: false }
    }

    /// Notes a statement and its answer as the practice database does: for the benchmark of what that costs.
    #[doc(hidden)]
    pub fn note_statement(&self, text: &str) {
        let connection = &ConnectionNumber::default();
        let client = std::net::Ipv4Addr::LOCALHOST.into();
        let asked = Asked { verb: Verb::Select, client, connection, transaction: None, text };
        self.asked(&asked).end(Outcome::Answered, Some(1), None);
    }

    /// Notes that a transaction begins, and returns its number.
    pub(crate) fn transaction_began(&self, connection: &ConnectionNumber) -> u64 {
        let now = self.now();
        self.change(|record| {
            let connection = connection.assigned(&mut record.queries.connections_used);
            record.queries.begin(self.0.capacity, connection, now)
        })
    }

    /// Notes that a transaction has ended.
    pub(crate) fn transaction_ended(&self, id: u64, end: TransactionEnd) {
        let now = self.now();
        self.change(|record| {
            if !record.closed {
                record.queries.finish(id, end, now);
            }
        });
    }
}

/// A query in flight. If it is dropped before it has ended, the client has given up.
#[cfg(feature = "database")]
#[derive(Debug)]
pub(crate) struct QueryInFlight {
    log: Log,
    id: u64,
    pub statement: Statement,
    ended: bool,
}

#[cfg(feature = "database")]
impl QueryInFlight {
    pub fn end(&mut self, outcome: Outcome, rows: Option<u64>, sqlstate: Option<SqlState>) {
        if std::mem::replace(&mut self.ended, true) {
            return;
        }
        let now = self.log.now();
        self.log.change(|record| {
            let closed = record.closed;
            let ended = record.queries.end(self.id, |query| {
                if !closed {
                    query.finished = Some(now);
                    (query.outcome, query.rows, query.sqlstate) = (outcome, rows, sqlstate);
                }
            });
            if record.journal.is_some()
                && let Some(ended) = ended.cloned()
                && !closed
            {
                record.note(Entry::Query(ended));
            }
        });
    }
}

#[cfg(feature = "database")]
impl Drop for QueryInFlight {
    fn drop(&mut self) {
        self.end(Outcome::GivenUp, None, None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static CONNECTION: ConnectionNumber = ConnectionNumber(AtomicU64::new(0));

    fn arrival(page: u32) -> Arrival<'static> {
        Arrival {
            target: Some(Target::Page(page)),
            exists: true,
            client: std::net::Ipv4Addr::LOCALHOST.into(),
            connection: &CONNECTION,
            method: Cow::Borrowed("GET"),
            path: "/search/all/",
            user_agent: Some("test"),
        }
    }

    fn outcomes(log: &Log) -> Vec<Outcome> {
        log.exchanges().iter().map(|exchange| exchange.outcome).collect()
    }

    #[test]
    fn an_exchange_goes_from_held_to_its_outcome() {
        let log = Log::new(10);
        let mut first = log.arrived(arrival(1));
        let second = log.arrived(arrival(2));
        let third = log.arrived(arrival(1));
        assert_eq!(outcomes(&log), [Outcome::Held; 3]);
        assert_eq!(log.read(Record::in_flight), 3);

        first.answered(200);
        first.bytes = 5;
        first.end(Outcome::Answered);
        drop(first);
        drop(second);
        log.close();
        drop(third);
        assert_eq!(outcomes(&log), [Outcome::Answered, Outcome::GivenUp, Outcome::Held]);
        assert_eq!(log.read(Record::in_flight), 0);

        let exchanges = log.exchanges();
        assert_eq!((exchanges[0].bytes, exchanges[0].status), (5, Some(200)));
        assert!(exchanges[0].arrived <= exchanges[0].answered.unwrap());
        assert!(exchanges[0].answered <= exchanges[0].finished);
        assert_eq!(exchanges.iter().map(|exchange| exchange.attempt).collect::<Vec<_>>(), [1, 1, 2]);
    }

    #[test]
    fn an_exchange_has_when_it_was_let_go_and_when_it_was_due() {
        let log = Log::new(10);
        let [held, passed, open] = [1, 2, 3].map(|page| log.arrived(arrival(page)));
        held.gated();
        passed.gated();
        passed.released();
        open.due(Duration::from_secs(1));
        let [held, passed, open] = log.exchanges().try_into().unwrap();
        assert_eq!((held.gated, held.released, held.due), (true, None, None));
        assert!(passed.gated && passed.released >= Some(passed.arrived) && passed.due.is_none());
        assert!(!open.gated && open.due >= Some(open.arrived + 1_000_000) && open.released.is_none());
    }

    #[test]
    fn a_full_log_drops_its_oldest_and_counts_them() {
        let log = Log::new(2);
        let mut in_flight: Vec<_> = (1..=5).map(|page| log.arrived(arrival(page))).collect();
        in_flight[0].end(Outcome::Answered);
        in_flight[4].end(Outcome::Answered);
        assert_eq!(log.read(|record| record.dropped), 3);
        assert_eq!(log.read(Record::in_flight), 3);
        assert_eq!(outcomes(&log), [Outcome::Held, Outcome::Answered]);
        assert_eq!(log.exchanges()[0].id, 4);
    }

    #[test]
    fn a_journal_has_each_exchange_once() {
        let log = Log::new(2);
        let journal = log.journal();
        let [_dropped, mut ended, given_up, _held] = [1, 2, 3, 4].map(|page| log.arrived(arrival(page)));
        ended.end(Outcome::Answered);
        drop(given_up);
        log.close();
        let seen: Vec<_> = journal
            .iter()
            .filter_map(|entry| match entry {
                Entry::Exchange(exchange) => Some((exchange.page().unwrap(), exchange.outcome)),
                Entry::Query(_) => None,
            })
            .collect();
        // The log has room for two: it drops page 1 when page 3 arrives, and page 2 when page 4 does.
        let expected = [(1, Outcome::Held), (2, Outcome::Held), (3, Outcome::GivenUp), (4, Outcome::Held)];
        assert_eq!(seen, expected);
        assert_eq!(log.read(|record| record.answered), 1);
    }

    #[cfg(feature = "files")]
    #[test]
    fn copies_are_made_as_they_are_asked_for() {
        let log = Log::new(BATCH * 3);
        let _in_flight: Vec<_> = (1..=1_000).map(|page| log.arrived(arrival(page))).collect();
        let ids = |range| log.copies(range).map(|exchange| exchange.id).collect::<Vec<_>>();
        assert_eq!(ids(1..=u64::MAX), (233..=1_000).collect::<Vec<_>>());
        assert_eq!(ids(500..=900), (500..=900).collect::<Vec<_>>());
        assert_eq!(ids(1_001..=2_000), Vec::<u64>::new());
        let mut copies = log.copies(1..=u64::MAX);
        copies.next();
        let _more = log.arrived(arrival(1_001));
        assert_eq!(copies.last().unwrap().id, 1_001);
    }

    #[test]
    fn exchanges_are_found_by_their_ids() {
        let log = Log::new(2);
        let _in_flight: Vec<_> = (1..=5).map(|page| log.arrived(arrival(page))).collect();
        let since = |id| log.read(|record| record.since(id).map(|exchange| exchange.id).collect::<Vec<_>>());
        assert_eq!(
            [since(1), since(4), since(5), since(6), since(9)],
            [vec![4, 5], vec![4, 5], vec![5], vec![], vec![]]
        );
        let get = |id| log.read(|record| record.get(id).map(Exchange::page));
        assert_eq!([get(3), get(4), get(6)], [None, Some(Some(4)), None]);
        assert_eq!(log.read(|record| record.peak_in_flight), 5);
    }

    #[tokio::test]
    async fn a_change_wakes_its_waiters() {
        let log = Log::new(10);
        let waiting = tokio::spawn({
            let log = log.clone();
            async move { log.wait_for(|record| record.in_flight() == 2).await }
        });
        let _first = log.arrived(arrival(1));
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        let _second = log.arrived(arrival(2));
        waiting.await.unwrap();
    }
}
