//! What lesson 10 promises: limits that are kept and used up, by gates; and who stands still meanwhile.

use std::collections::BTreeSet;

use site::{Gate, Record, Scenario, Target};
use testing::{Program, Saw, Site, promises, site, well};

/// The form that is shown unless another is asked for: `semaphore`. As many in flight as the promises ask for.
fn lesson(options: &str) -> Program {
    of_form("semaphore --at-once 60", options)
}

fn of_form(form: &str, options: &str) -> Program {
    Program::new("lesson10", form).args(options)
}

fn acquire_inside(options: &str) -> Program {
    of_form("acquire-inside --at-once 60", options)
}

fn buffered(options: &str) -> Program {
    of_form("buffered --at-once 60", options)
}

fn buffer_unordered(options: &str) -> Program {
    of_form("buffer-unordered --at-once 60", options)
}

fn workers(options: &str) -> Program {
    of_form("workers --at-once 60", options)
}

fn rate(options: &str) -> Program {
    of_form("rate --per-second 1000", options)
}

fn one_client(options: &str) -> Program {
    of_form("one-client --at-once 60", options)
}

testing::promises!(lesson);
testing::promises!(lesson: has_all_in_flight_at_once);
#[cfg(target_os = "linux")]
testing::promises!(lesson: https_works_with_a_trusted_authority, no_root_certificates_are_one_line);

#[test]
fn every_form_prints_what_was_served() {
    for form in [acquire_inside, buffered, buffer_unordered, workers, rate, one_client] {
        promises::failures_are_printed_as_served(form);
        promises::a_broken_answer_is_one_line(form);
    }
    for form in [acquire_inside, rate, one_client] {
        promises::has_all_in_flight_at_once(form);
    }
}

#[cfg(unix)]
#[test]
fn few_open_files_are_enough() {
    promises::needs_few_open_files(|options| of_form("semaphore", options));
    promises::needs_few_open_files(|options| of_form("acquire-inside", options));
    promises::needs_few_open_files(|options| of_form("buffered", options));
    promises::needs_few_open_files(|options| of_form("buffer-unordered", options));
    promises::needs_few_open_files(|options| of_form("workers", options));
    promises::needs_few_open_files(|options| of_form("one-client", options));
}

#[test]
fn limits_are_kept_and_used_up() {
    for form in ["semaphore", "acquire-inside", "one-client"] {
        for at_once in [1, 3, 10] {
            // The first gate opens only if that many are in flight; the second one waits for any that come beyond them.
            for gate in [&format!("in-flight={at_once}"), "quiet=100ms"] {
                let site = site(10, gate, &[]);
                let program = of_form(form, "--at-once").arg(at_once.to_string());
                let mut pages = program.asking(&site).run().done();
                pages.sort_unstable();
                assert_eq!(pages, well(1..=10));
                assert!(site.figures().peak_in_flight <= at_once, "{form}: {:?}", site.figures());
            }
        }
    }
}

#[test]
fn a_permit_before_the_task_bounds_the_tasks() {
    let tasks = |form: &str| {
        let site = holding(200);
        let running = of_form(form, "--pages 200").asking(&site).start();
        site.wait_until("three pages", |record| record.in_flight() == 3);
        give_it_time();
        site.open_gate();
        let ended = running.wait();
        ended.done();
        let line = ended.stderr.lines().find(|line| line.contains(" tasks at most")).expect("a line about tasks");
        line.split_once(' ').and_then(|(count, _)| count.parse::<u32>().ok()).expect("a number")
    };
    // Three of the lesson's own, and reqwest's: one for each connection, and one for each that comes back to the pool. On a
    // busy machine they come back late, and more are opened.
    assert!(tasks("semaphore") < 100);
    assert!(tasks("acquire-inside") >= 200);
}

/// A site with so many pages, which answers what the test releases.
fn holding(pages: u32) -> Site {
    let scenario = Scenario { pages, gate: Some(Gate::Manual), ..Scenario::default() };
    Site::start(scenario).expect("a site")
}

/// The details page of a page's first car.
fn details_of(page: u32) -> Target {
    Target::Car(site::car_ids(Scenario::default().seed, page)[0])
}

/// The pages that have been asked for.
fn asked(record: &Record) -> BTreeSet<u32> {
    record.exchanges().filter_map(testing::Exchange::page).collect()
}

/// Waits until a target is in flight.
fn until_asked(site: &Site, target: Target) {
    site.wait_until(&format!("a request for {target}"), |record| {
        record.exchanges().any(|exchange| exchange.target == Some(target) && exchange.finished.is_none())
    });
}

/// Gives a program time to ask for more than it may. Load can only let a wrong one pass.
fn give_it_time() {
    #[expect(clippy::disallowed_methods, reason = "nothing asynchronous is on a test's thread")]
    std::thread::sleep(std::time::Duration::from_millis(300));
}

/// Answers pages 1 to 3 while the details page of page 1 is held, and gives what is asked for meanwhile.
fn asked_beside_details(form: &str) -> BTreeSet<u32> {
    let site = holding(10);
    let _running = of_form(form, "--at-once 3").asking(&site).start();
    site.wait_until("three pages", |record| record.in_flight() == 3);
    site.release(Target::Page(1));
    until_asked(&site, details_of(1));
    site.release(Target::Page(2));
    site.release(Target::Page(3));
    site.wait_until("the answers of pages 2 and 3", |record| record.answered == 3);
    give_it_time();
    let beside = site.log().read(asked);
    // And then all goes on. Pages 2 and 3 are dealt with first where they are ready before page 4 is polled.
    (1..=3).for_each(|page| site.release(details_of(page)));
    until_asked(&site, Target::Page(4));
    beside
}

#[test]
fn buffers_stand_still_while_the_loop_awaits() {
    for form in ["buffered", "buffer-unordered"] {
        assert_eq!(asked_beside_details(form), (1..=3).collect(), "{form}");
    }
}

#[test]
fn workers_go_on_while_the_loop_awaits() {
    let site = holding(10);
    let _running = of_form("workers", "--at-once 3 --queue 2").asking(&site).start();
    site.wait_until("three pages", |record| record.in_flight() == 3);
    (1..=10).for_each(|page| site.release(Target::Page(page)));
    // One page is with the loop, two are in the queue, and three with workers that wait for it.
    site.wait_until("six answers", |record| record.answered == 6);
    give_it_time();
    assert_eq!(site.log().read(asked).len(), 6);
    (1..=10).for_each(|page| site.release(details_of(page)));
    site.wait_until("all answers", |record| record.answered == 20);
}

#[test]
fn buffered_keeps_the_order_and_the_other_one_does_not() {
    let first = |form: &str| {
        let site = holding(3);
        let mut running = of_form(form, "--at-once 3 --pages 3").asking(&site).start();
        site.wait_until("three pages", |record| record.in_flight() == 3);
        site.release(Target::Page(3));
        site.wait_until("an answer", |record| record.answered == 1);
        (1..=3).for_each(|page| site.release(details_of(page)));
        let unordered = form == "buffer-unordered";
        if unordered {
            running.until_lines(1);
        }
        site.open_gate();
        running.wait().done().first().copied()
    };
    assert_eq!(first("buffered"), Some((1, 200)));
    assert_eq!(first("buffer-unordered"), Some((3, 200)));
}

#[test]
fn a_rate_is_kept() {
    let ended = of_form("rate", "--per-second 20 --latency 0ms").run();
    ended.done();
    let time = ended.stdout.lines().find_map(|line| line.strip_prefix("Time: ")?.parse::<f64>().ok());
    // The first one goes at once. Load can only make it longer.
    assert!(time.expect("a time") >= 9.0 / 20.0, "{ended:?}");
}

#[test]
fn connections_are_used_again() {
    let site = site(100, "", &[]);
    of_form("one-client --at-once 5", "--pages 100").asking(&site).run().done();
    let connections = site.log().read(|record| record.connections);
    // A pool has one back a moment after its answer's end.
    assert!(connections <= 10, "{connections}");
}
