//! What lesson 08 promises: queries one by one and as many at once as a pool has connections, pages that are stored whole or
//! not at all, queries that are executed though they were given up, and a driver that blocks, with its cures.

use std::thread;
use std::time::Duration;

use testing::{Program, Saw, Site, site, site_with_database, well};

/// The form that is shown unless another is asked for: `pool`.
fn lesson(options: &str) -> Program {
    Program::new("lesson08", options)
}

fn one_by_one(options: &str) -> Program {
    lesson("one-by-one").args(options)
}

testing::promises!(lesson);
testing::promises!(lesson: has_all_in_flight_at_once, prints_each_page_as_it_arrives);
#[cfg(unix)]
testing::promises!(lesson: too_few_open_files_are_one_line);
#[cfg(target_os = "linux")]
testing::promises!(lesson: https_works_with_a_trusted_authority, no_root_certificates_are_one_line);

/// How many cars of each page the database has.
fn stored(site: &Site) -> Vec<Vec<Option<String>>> {
    site.ask_database("SELECT page, count(*) FROM cars GROUP BY page ORDER BY page").unwrap()
}

/// The rows of [`stored`] when these pages are there whole.
fn whole(pages: impl IntoIterator<Item = u32>) -> Vec<Vec<Option<String>>> {
    pages.into_iter().map(|page| vec![Some(page.to_string()), Some("20".to_owned())]).collect()
}

fn release(site: &Site, statement: &str) {
    site.release_statement(statement.parse().unwrap());
}

#[test]
fn one_by_one_has_one_query_in_flight() {
    let site = site_with_database(3, false);
    assert_eq!(one_by_one("--pages 3").asking_both(&site).run().done(), well(1..=3));
    assert_eq!(stored(&site), whole(1..=3));
    site.log().read(|record| {
        let queries = record.queries();
        let names: Vec<_> = queries.iter().map(|query| query.statement.to_string()).collect();
        assert_eq!(names, ["create 1", "insert 1", "select 1", "insert 2", "select 2", "insert 3", "select 3"]);
        assert_eq!((queries.peak_in_flight, queries.connections_used), (1, 1));
    });
}

#[cfg(unix)]
#[test]
fn one_by_one_needs_few_open_files() {
    let pages = one_by_one("--pages 100 --latency 0ms --statement-latency 0ms").with_open_files(100).run().done();
    assert_eq!(pages, well(1..=100));
}

#[test]
fn a_pool_has_as_many_queries_in_flight_as_connections() {
    for connections in [1, 3, 5] {
        let site = site_with_database(10, true);
        release(&site, "create 1");
        let program = lesson("pool --connections").arg(connections.to_string()).asking_both(&site);
        let running = program.start();
        site.wait_until("as many queries as connections", |record| record.queries().in_flight() == connections);
        site.open_statement_gate();
        let mut pages = running.wait().done();
        pages.sort_unstable();
        assert_eq!(pages, well(1..=10));
        assert_eq!(stored(&site), whole(1..=10));
        site.log().read(|record| {
            assert_eq!(record.queries().peak_in_flight, connections);
            assert_eq!(record.queries().connections_used, connections as u64);
        });
    }
}

#[test]
fn who_waits_too_long_for_a_connection_is_told_what_helps() {
    let site = site_with_database(3, true);
    release(&site, "create 1");
    let program = lesson("pool --pages 3 --connections 1 --acquire-timeout 300ms").asking_both(&site);
    let failed = program.run().failed();
    assert!(failed.why.starts_with("pool timed out while waiting for an open connection; "), "{failed:?}");
    assert!(failed.why.contains("allow more, hold each for less time, or wait longer"), "{failed:?}");
}

#[test]
fn a_page_that_fails_half_way_is_rolled_back() {
    let site = site_with_database(5, false);
    let ended = lesson("transaction --pages 5 --broken 3").asking_both(&site).run();
    let mut pages = ended.done();
    pages.sort_unstable();
    assert_eq!(pages, well(1..=5));
    assert!(ended.stdout.contains("Page: 3 Status: 200 Cars: 0\n"), "{ended:?}");
    assert_eq!(stored(&site), whole([1, 2, 4, 5]));
    site.wait_until("the end of all transactions", |record| {
        (record.queries().committed, record.queries().rolled_back) == (4, 1)
    });
}

#[test]
fn what_was_stored_once_is_not_stored_again() {
    let site = site_with_database(3, false);
    for form in ["pool", "one-by-one", "transaction", "given-up"] {
        lesson(form).args("--pages 3 --broken 4 --timeout 1h").asking_both(&site).run().done();
        assert_eq!(stored(&site), whole(1..=3), "{form}");
    }
}

/// Before the INSERT itself the driver asks what its parameters are, and that may be what is given up: so patience grows
/// until it is not.
#[test]
fn a_query_that_is_given_up_is_executed_all_the_same() {
    for patience in (0..).map(|doublings| Duration::from_millis(20 << doublings)) {
        let site = site_with_database(1, true);
        release(&site, "create 1");
        let program = lesson("given-up --pages 1 --timeout").arg(format!("{}ms", patience.as_millis()));
        let mut running = program.asking_both(&site).start();
        let said = running.until_said("the INSERT was given up");
        assert!(said.contains("page 1: "), "{said}");
        let was_sent = site.log().read(|record| record.queries().in_flight() == 1);
        site.open_statement_gate();
        let ended = running.wait();
        assert_eq!(ended.done(), well([1]));
        if was_sent {
            assert!(ended.stdout.contains("Page: 1 Status: 200 Cars: 20"), "{ended:?}");
            return;
        }
    }
}

#[test]
fn each_form_with_a_file_stores_all_pages() {
    for form in ["blocking", "spawn-blocking", "thread"] {
        let ended = lesson(form).args("--latency 0ms --locked 50ms").run();
        let mut pages = ended.done();
        pages.sort_unstable();
        assert_eq!(pages, well(1..=10), "{form}");
        assert_eq!(ended.stdout.matches(" Cars: 20\n").count(), 10, "{ended:?}");
        assert!(!ended.stderr.contains("database"), "no other one is there: {ended:?}");
    }
}

#[test]
fn a_driver_that_blocks_stops_the_requests() {
    let site = site(10, "in-flight=3", &[]);
    let _running = lesson("blocking --locked 1h").asking(&site).start();
    site.wait_until("the first answers", |record| record.answered == 3);
    // What waits for the lock would have to ask for the fourth page.
    #[expect(clippy::disallowed_methods, reason = "nothing else runs on a test's thread")]
    thread::sleep(Duration::from_millis(300));
    assert_eq!(site.figures().requests, 3);
}

#[test]
fn a_thread_for_the_driver_keeps_the_requests_going() {
    for form in ["spawn-blocking", "thread"] {
        let site = site(10, "in-flight=3", &[]);
        let _running = lesson(form).args("--locked 1h").asking(&site).start();
        site.wait_until("all pages, while the file is locked", |record| record.answered == 10);
        assert_eq!(site.figures().peak_in_flight, 3, "{form}");
    }
}

#[test]
fn what_is_wrong_with_the_database_is_one_line() {
    let failed = lesson("--database nonsense").run().failed();
    assert!(failed.why.contains("write it like postgres://"), "{failed:?}");
    let failed = lesson("--database postgres://127.0.0.1:5432/x --statement-latency 1s").run().failed();
    assert!(failed.why.contains("cannot be used with"), "{failed:?}");
    let failed = lesson("--statement-latency 1s --statement-gate in-flight=3").run().failed();
    assert!(failed.why.starts_with("a gate decides when statements are answered"), "{failed:?}");
    let nobody = testing::deserted().expect("a port");
    let failed = lesson("--latency 0ms").env("DATABASE_URL", format!("postgres://{nobody}/x")).run().failed();
    assert!(
        failed.why.ends_with(
            "; the database can't be reached, or ended the connection: check its URL, or leave --database out"
        ),
        "{failed:?}"
    );
}

#[test]
fn what_the_database_saw_is_drawn() {
    let ended = lesson("one-by-one --pages 2 --latency 0ms --statement-latency 0ms").run();
    ended.done();
    assert!(ended.stderr.contains("\nThe practice database is at postgres://"), "{ended:?}");
    assert!(ended.stderr.contains("\ninsert 2 ") && ended.stderr.contains("\n5 queries · "), "{ended:?}");
    // With a site elsewhere it is the database alone.
    let site = site(2, "", &[]);
    let ended = lesson("one-by-one --pages 2 --statement-latency 0ms").asking(&site).run();
    ended.done();
    assert!(ended.stderr.contains("\n5 queries · ") && !ended.stderr.contains(" requests · "), "{ended:?}");
}
