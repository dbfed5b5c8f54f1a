//! The practice database: its scenario, its log, and clients that mean no good.

#![cfg(feature = "database")]

mod support;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::num::NonZero;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use postgres::{Client, Error, NoTls};
use site::{DatabaseScenario, Gate, Outcome, Query, Record, Scenario, Site, Statement, TransactionEnd, Verb};
use support::{PATIENCE, connect, get, status};

/// A query that never ends.
const ENDLESS: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT 1 FROM n) SELECT count(*) FROM n";

fn start(database: DatabaseScenario) -> Site {
    let latency = vec!["0s".parse().unwrap()];
    Site::start(Scenario { latency, database: Some(database), ..Scenario::default() }).unwrap()
}

fn faults(faults: &[&str]) -> DatabaseScenario {
    DatabaseScenario { faults: faults.iter().map(|fault| fault.parse().unwrap()).collect(), ..at_once() }
}

fn at_once() -> DatabaseScenario {
    DatabaseScenario { latency: "0s".parse().ok(), ..DatabaseScenario::default() }
}

fn client(site: &Site) -> Client {
    Client::connect(&site.database_url().unwrap(), NoTls).unwrap()
}

fn state(why: &Error) -> &str {
    why.code().unwrap_or_else(|| panic!("{why}")).code()
}

/// Waits until the log shows something.
fn wait(site: &Site, condition: impl FnMut(&Record) -> bool) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let waits = async { tokio::time::timeout(PATIENCE, site.log().wait_for(condition)).await };
    runtime.block_on(waits).unwrap_or_else(|_| panic!("never came: {:#?}", site.log().queries()));
}

fn statement(verb: Verb, number: u32) -> Statement {
    Statement { verb, number }
}

/// A query's statement, state and outcome in one line.
fn line(query: &Query) -> String {
    let state = query.sqlstate.map_or_else(String::new, |state| format!(" {state}"));
    format!("{}{state} {:?}", query.statement, query.outcome)
}

#[test]
fn the_log_has_each_statement_and_its_transaction() {
    let site = start(at_once());
    let mut client = client(&site);
    client.batch_execute("CREATE TABLE t (id int4 PRIMARY KEY, make text)").unwrap();
    let mut transaction = client.transaction().unwrap();
    assert_eq!(transaction.execute("INSERT INTO t VALUES ($1, $2), (2, $3)", &[&1, &"secret", &"x"]).unwrap(), 2);
    transaction.commit().unwrap();
    let mut transaction = client.transaction().unwrap();
    assert_eq!(state(&transaction.execute("INSERT INTO t (id) VALUES (1)", &[]).unwrap_err()), "23505");
    assert_eq!(state(&transaction.execute("SELECT 1", &[]).unwrap_err()), "25P02");
    transaction.rollback().unwrap();
    assert_eq!(client.query("SELECT * FROM t", &[]).unwrap().len(), 2);
    let other = Client::connect(&site.database_url().unwrap(), NoTls);
    other.unwrap().batch_execute("BEGIN; UPDATE t SET make = 'lost'").unwrap();
    wait(&site, |record| record.queries().rolled_back == 2);

    let queries = site.log().queries();
    let lines: Vec<_> = queries.iter().map(line).collect();
    let expected = [
        "create 1 Answered",
        "begin 1 Answered",
        "insert 1 Answered",
        "commit 1 Answered",
        "begin 2 Answered",
        "insert 2 23505 Answered",
        "select 1 25P02 Answered",
        "rollback 1 Answered",
        "select 2 Answered",
        "begin 3 Answered",
        "update 1 Answered",
    ];
    assert_eq!(lines, expected);
    assert_eq!(queries[2].text, "INSERT INTO t VALUES ($1, $2), (2, $3)");
    assert_eq!((queries[2].rows, queries[8].rows, queries[10].rows), (Some(2), Some(2), Some(2)));
    let transactions: Vec<_> = queries.iter().map(|query| (query.transaction, query.connection)).collect();
    assert_eq!(transactions[..4], [(None, 1), (Some(1), 1), (Some(1), 1), (Some(1), 1)]);
    assert_eq!(transactions[8..], [(None, 1), (Some(3), 2), (Some(3), 2)]);
    let ends: Vec<_> =
        site.log().read(|record| record.queries().transactions().map(|transaction| transaction.end).collect());
    assert_eq!(ends, [TransactionEnd::Committed, TransactionEnd::RolledBack, TransactionEnd::RolledBack]);
    assert_eq!(
        site.ask_database("SELECT count(*), max(make) FROM t"),
        Ok(vec![vec![Some("2".to_owned()), Some("x".to_owned())]])
    );
}

#[test]
fn statements_fail_as_the_scenario_says() {
    let site = start(faults(&["insert 2: 40001", "commit 1: 40001", "insert 4: close", "commit 2: lost"]));
    let mut first = client(&site);
    first.batch_execute("CREATE TABLE t (id int4 PRIMARY KEY)").unwrap();
    let insert = |client: &mut Client, id: i32| client.execute("INSERT INTO t VALUES ($1)", &[&id]);
    insert(&mut first, 1).unwrap();
    assert_eq!(state(&insert(&mut first, 2).unwrap_err()), "40001");
    first.batch_execute("BEGIN").unwrap();
    insert(&mut first, 3).unwrap();
    assert_eq!(state(&first.batch_execute("COMMIT").unwrap_err()), "40001");
    first.batch_execute("BEGIN").unwrap();
    let closed = insert(&mut first, 4).unwrap_err();
    assert!(closed.code().is_none() && first.is_closed(), "{closed}");
    let mut second = client(&site);
    second.batch_execute("BEGIN").unwrap();
    insert(&mut second, 5).unwrap();
    assert!(second.batch_execute("COMMIT").unwrap_err().code().is_none());
    let kept: Vec<i32> =
        client(&site).query("SELECT id FROM t ORDER BY id", &[]).unwrap().iter().map(|row| row.get(0)).collect();
    assert_eq!(kept, [1, 5], "what was lost is the answer, not the commit");
    let reset: Vec<_> = site.log().queries().iter().filter(|query| query.outcome == Outcome::Reset).map(line).collect();
    assert_eq!(reset, ["insert 4 Reset", "commit 2 Reset"]);
}

#[test]
fn a_statement_that_is_never_answered_can_be_cancelled_and_given_up() {
    let site = start(faults(&["select 1: never", "select 2: never"]));
    let mut patient = client(&site);
    let cancel = patient.cancel_token();
    let waiting =
        thread::spawn(move || patient.simple_query("SELECT 1").map(drop).map_err(|why| state(&why).to_owned()));
    wait(&site, |record| record.queries().in_flight() == 1);
    cancel.cancel_query(NoTls).unwrap();
    assert_eq!(waiting.join().unwrap(), Err("57014".to_owned()));

    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (client, connection) =
            tokio_postgres::connect(&site.database_url().unwrap(), tokio_postgres::NoTls).await.unwrap();
        let connection = tokio::spawn(connection);
        let waiting = tokio::spawn(async move { client.simple_query("SELECT 1").await.map(drop) });
        let in_flight = |record: &Record| record.queries().in_flight() == 1;
        tokio::time::timeout(PATIENCE, site.log().wait_for(in_flight)).await.unwrap();
        connection.abort();
        let _ = waiting.await;
    });
    wait(&site, |record| record.queries().in_flight() == 0);
    assert_eq!(
        site.log().queries().iter().map(line).collect::<Vec<_>>(),
        ["select 1 57014 Answered", "select 2 GivenUp"]
    );
}

#[test]
fn a_gate_holds_statements_until_enough_are_in_flight() {
    let site =
        start(DatabaseScenario { gate: "in-flight=3,one-at-a-time".parse().ok(), ..DatabaseScenario::default() });
    let asking: Vec<_> = (0..3)
        .map(|_| {
            let mut client = client(&site);
            thread::spawn(move || client.simple_query("SELECT 1").map(drop))
        })
        .collect();
    for thread in asking {
        thread.join().unwrap().unwrap();
    }
    site.settle(PATIENCE);
    assert_eq!(site.log().read(|record| record.queries().peak_in_flight), 3);
}

#[test]
fn a_manual_gate_lets_go_one_statement() {
    let site = start(DatabaseScenario { gate: Some(Gate::Manual), ..DatabaseScenario::default() });
    let (done, order) = mpsc::channel();
    for number in 1..=2 {
        let (mut client, done) = (client(&site), done.clone());
        thread::spawn(move || {
            client.simple_query("SELECT 1").unwrap();
            done.send(number).unwrap();
        });
        wait(&site, |record| record.queries().arrived() == number);
    }
    site.release_statement(statement(Verb::Select, 2));
    assert_eq!(order.recv_timeout(PATIENCE), Ok(2));
    assert!(order.try_recv().is_err());
    site.open_statement_gate();
    assert_eq!(order.recv_timeout(PATIENCE), Ok(1));
}

#[test]
fn connections_beyond_the_limit_are_refused() {
    let site = start(DatabaseScenario { connections: NonZero::new(2).unwrap(), ..at_once() });
    let (first, second) = (client(&site), client(&site));
    let why = Client::connect(&site.database_url().unwrap(), NoTls).err().unwrap();
    assert_eq!(state(&why), "53300");
    assert_eq!(status(&get(site.address(), "/search/all/?page=1")), 200);
    drop((first, second));
    let again = || Client::connect(&site.database_url().unwrap(), NoTls).is_ok();
    let began = std::time::Instant::now();
    while !again() {
        assert!(began.elapsed() < PATIENCE);
        thread::yield_now();
    }
}

/// Sends bytes that no client sends, and reads what comes until the end.
fn rude(address: SocketAddr, bytes: &[u8]) -> Vec<u8> {
    let mut stream = connect(address);
    // It may be closed before all is sent.
    let _ = stream.write_all(bytes);
    let _ = stream.shutdown(std::net::Shutdown::Write);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    answer
}

/// A connection after its first messages.
fn session(address: SocketAddr) -> TcpStream {
    let mut stream = connect(address);
    stream.write_all(b"\0\0\0\x11\0\x03\0\0user\0me\0\0").unwrap();
    let mut read = Vec::new();
    while !read.ends_with(b"Z\0\0\0\x05I") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        read.push(byte[0]);
    }
    stream
}

#[test]
fn whatever_a_client_sends_others_are_served() {
    let gate = "in-flight=10".parse().ok();
    let site = Site::start(Scenario { gate, database: Some(at_once()), ..Scenario::default() }).unwrap();
    let address = site.database_address().unwrap();
    // Random bytes, half messages, impossible lengths, and messages that are too long.
    for bytes in [
        &b"GET / HTTP/1.1\r\n\r\n"[..],
        b"\0\0\0\x08",
        b"\xff\xff\xff\xff\0\x03\0\0",
        b"\0\0\0\x04\0\x03\0\0",
        b"\0\0\0\x10\x04\xd2\x16\x2e\0\0\0\x01\0\0\0\x01",
        b"",
    ] {
        rude(address, bytes);
    }
    for bytes in [
        &b"Q\0\0\0\x02"[..],
        b"Q\x7f\xff\xff\xff",
        b"B\0\0\0\x08\0\0\xff\xff",
        b"P\0\0\0\x05\0",
        b"\0\0\0\0\0\0\0\0",
        b"p\0\0\0\x05x",
    ] {
        let mut stream = session(address);
        stream.write_all(bytes).unwrap();
        let mut answer = Vec::new();
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let _ = stream.read_to_end(&mut answer);
        assert!(answer.is_empty() || answer.starts_with(b"E"), "{bytes:?}: {answer:?}");
    }
    let _half = session(address).write_all(b"Q\0\0\x01\0SELECT");

    // Endless statements, more than there are processors, and a result that nobody reads.
    let mut endless: Vec<_> = (0..8).map(|_| session(address)).collect();
    let query =
        [&b"Q"[..], &u32::try_from(ENDLESS.len() + 5).unwrap().to_be_bytes(), ENDLESS.as_bytes(), b"\0"].concat();
    for stream in &mut endless {
        stream.write_all(&query).unwrap();
    }
    let mut deaf = session(address);
    let rows = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) SELECT i, 'a row of some length' FROM n";
    let query = [&b"Q"[..], &u32::try_from(rows.len() + 5).unwrap().to_be_bytes(), rows.as_bytes(), b"\0"].concat();
    deaf.write_all(&query).unwrap();
    wait(&site, |record| record.queries().in_flight() >= 9);

    // Lesson 03's ten pages, all at once.
    let pages = (1..=10).map(|page| format!("/search/all/?page={page}"));
    let asked: Vec<_> = pages
        .map(|page| {
            thread::spawn({
                let address = site.address();
                move || get(address, &page)
            })
        })
        .collect();
    assert!(asked.into_iter().all(|page| status(&page.join().unwrap()) == 200));
    let mut client = client(&site);
    client.batch_execute("CREATE TABLE t (id int4 PRIMARY KEY)").unwrap();
    for id in 0..20 {
        client.execute("INSERT INTO t VALUES ($1)", &[&id]).unwrap();
    }
    let held = site.log().read(|record| record.queries().in_flight());
    assert!(held >= 8, "the others went on while these were being executed: {held}");
    // They end by themselves, with an error.
    for stream in &mut endless {
        stream.set_read_timeout(Some(Duration::from_mins(2))).unwrap();
        let mut first = [0];
        stream.read_exact(&mut first).unwrap();
        assert_eq!(first, *b"E");
    }
    let interrupted = |query: &&Query| query.sqlstate.is_some_and(|state| state.code() == "57014");
    wait(&site, |record| record.queries().iter().filter(interrupted).count() == 8);
}

#[test]
fn a_huge_statement_or_result_is_refused() {
    let site = start(at_once());
    let mut client = client(&site);
    let long = format!("SELECT '{}'", "x".repeat(3 << 20));
    assert_eq!(client.simple_query(&long).map(|rows| rows.len()).unwrap(), 3);
    let huge = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n";
    assert_eq!(state(&client.simple_query(huge).unwrap_err()), "54000");
    let deep = format!("SELECT {}1{}", "(".repeat(100_000), ")".repeat(100_000));
    // Whether it is too deep is SQLite's to say.
    let _ = client.simple_query(&deep);
    assert!(client.simple_query("SELECT 1").is_ok());
    let too_long = format!("SELECT '{}'", "x".repeat(5 << 20));
    assert!(client.simple_query(&too_long).is_err() && client.is_closed());
    assert_eq!(status(&get(site.address(), "/search/all/?page=1")), 200);
}

#[test]
fn a_timeline_shows_queries_and_how_transactions_ended() {
    let site = start(faults(&["insert 3: 40001"]));
    let mut client = client(&site);
    client.batch_execute("CREATE TABLE t (id int4)").unwrap();
    client.batch_execute("BEGIN; INSERT INTO t VALUES (1), (2); COMMIT").unwrap();
    client.batch_execute("BEGIN; INSERT INTO t VALUES (3); ROLLBACK").unwrap();
    client.batch_execute("INSERT INTO t VALUES (4)").unwrap_err();
    get(site.address(), "/search/all/?page=1");
    site.settle(PATIENCE);
    let timeline = site::Timeline::of_log(site.log());
    let figures = timeline.database_figures();
    assert_eq!((figures.queries, figures.connections, figures.committed, figures.rolled_back), (8, 1, 1, 1));
    let canvas = |unicode| console::Canvas { width: 80, unicode, colour: false, lang: console::Lang::En };
    let drawn = timeline.draw(canvas(true));
    let line = |start: &str| {
        drawn.lines().find(|line| line.trim_start().starts_with(start)).unwrap_or_else(|| panic!("{drawn}"))
    };
    assert!(line("insert 3").contains('▄') && line("insert 3").ends_with("40001 #1"), "{drawn}");
    assert!(line("insert 1").contains(" 2 "), "{drawn}");
    assert!(line("transaction 1").contains('╛') && line("transaction 2").contains('╳'), "{drawn}");
    assert!(drawn.ends_with("8 queries · peak in flight 1 · 1 connection · committed 1 · rolled back 1\n"), "{drawn}");
    assert!(timeline.draw(canvas(false)).is_ascii());
    let svg = timeline.svg(console::Lang::Ru);
    for part in [
        ">insert 3</text>",
        ">40001</text>",
        "class=\"query refused\"",
        ">транзакция 2</text>",
        "class=\"bracket undone\"",
        ">транзакция зафиксирована</text>",
        ">8 запросов к базе · одновременно до 1 · 1 соединение</text>",
        ">транзакций зафиксировано 1 · отменено 1</text>",
    ] {
        assert!(svg.contains(part), "{part} is not in {svg}");
    }
    // Queries alone, and beside another run.
    let both = site::comparison_svg(&[("one", &timeline), ("two", &timeline)], console::Lang::En);
    assert_eq!(both.matches(">transaction 1</text>").count(), 2);
}
