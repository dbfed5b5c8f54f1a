//! What lesson 11 promises: who stops the others, which limit fires, what is tried again, and how often.

use std::collections::BTreeMap;

use site::Target;
use testing::{Ended, Exchange, Outcome, Program, Saw, Site, deserted, outcomes, promises, site, well};

/// The form that is shown unless another is asked for: `fail-fast`.
fn lesson(options: &str) -> Program {
    Program::new("lesson11", options)
}

fn join_set(options: &str) -> Program {
    lesson("fail-fast-join-set").args(options)
}

fn tasks(options: &str) -> Program {
    lesson("fail-fast-tasks").args(options)
}

fn collect(options: &str) -> Program {
    lesson("collect").args(options)
}

/// With limits that no machine is too slow for.
fn timeout(options: &str) -> Program {
    lesson("timeout --connect 1h --attempt 1h --whole 1h").args(options)
}

fn retry(options: &str) -> Program {
    lesson("retry --attempt 1h").args(options)
}

fn backon(options: &str) -> Program {
    lesson("backon --attempt 1h").args(options)
}

fn reqwest_retry(options: &str) -> Program {
    lesson("reqwest-retry").args(options)
}

fn panic(options: &str) -> Program {
    lesson("panic --attempt 1h").args(options)
}

testing::promises!(lesson);
testing::promises!(lesson: has_all_in_flight_at_once, prints_each_page_as_it_arrives);
#[cfg(unix)]
testing::promises!(lesson: too_few_open_files_are_one_line);
#[cfg(target_os = "linux")]
testing::promises!(lesson: https_works_with_a_trusted_authority, no_root_certificates_are_one_line);

#[test]
fn every_form_has_all_in_flight_and_prints_what_was_served() {
    for form in [join_set, tasks, collect, timeout, retry, backon, reqwest_retry, panic] {
        promises::has_all_in_flight_at_once(form);
    }
    for form in [collect, timeout, retry, backon, reqwest_retry] {
        let site = site(3, "", &["2:404"]);
        let mut pages = form("--pages 3").asking(&site).run().done();
        pages.sort_unstable();
        assert_eq!(pages, [(1, 200), (2, 404), (3, 200)]);
        assert_eq!(site.figures().requests, 3);
    }
}

/// The lines about pages, by page, of a program that failed as it should, and why it did.
fn lines(ended: &Ended) -> (BTreeMap<u32, String>, &str) {
    assert_eq!(ended.status.code(), Some(1), "{ended:?}");
    let line = |line: &str| {
        let (page, what) = line.strip_prefix("Page: ")?.split_once(' ')?;
        Some((page.parse().ok()?, what.to_owned()))
    };
    let lines: BTreeMap<_, _> =
        ended.stdout.lines().map(|text| line(text).unwrap_or_else(|| panic!("{text:?}: {ended:?}"))).collect();
    assert_eq!(lines.len(), ended.stdout.lines().count(), "{ended:?}");
    let why = ended.stderr.lines().last().and_then(|line| line.strip_prefix("Error: "));
    (lines, why.unwrap_or_else(|| panic!("the last line is no error: {ended:?}")))
}

/// The attempts at a page, in their order.
fn attempts(site: &Site, page: u32) -> Vec<Exchange> {
    let mut attempts = site.ended();
    attempts.retain(|exchange| exchange.page() == Some(page));
    attempts.sort_by_key(|exchange| exchange.arrived);
    attempts
}

/// A site of so many pages with this fault each.
fn all(pages: u32, fault: &str) -> Site {
    let faults: Vec<_> = (1..=pages).map(|page| format!("{page}:{fault}")).collect();
    site(pages, "", &faults.iter().map(String::as_str).collect::<Vec<_>>())
}

#[test]
fn the_first_error_gives_up_what_is_dropped() {
    for form in [lesson, join_set] {
        promises::gives_up_after_a_broken_page(form);
    }
}

#[test]
fn tasks_run_on_when_their_handles_are_dropped() {
    let site = site(10, "in-flight=10", &["3:reset"]);
    site.hold_body(Target::Page(4));
    let mut running = tasks("").asking(&site).start();
    running.until_said("the function has ended: ");
    site.wait_until("the end of all others", |record| record.in_flight() == 1);
    site.let_through(Target::Page(4), u64::MAX);
    let ended = running.wait();
    assert_eq!(ended.status.code(), Some(1), "{ended:?}");
    let mut pages = ended.pages();
    pages.sort_unstable();
    assert_eq!(pages, well([1, 2, 4, 5, 6, 7, 8, 9, 10]));
    assert!(outcomes(&site.ended()).iter().all(|&(_, outcome)| outcome != Outcome::GivenUp));
}

#[test]
fn collecting_loses_nothing() {
    let site = site(10, "in-flight=10", &["3:reset", "4:cut", "5:503"]);
    let ended = collect("").asking(&site).run();
    let (lines, why) = lines(&ended);
    assert_eq!(lines.len(), 10);
    for (page, line) in lines {
        let expected = match page {
            3 | 4 => "Error: connection broken",
            5 => "Error: status 503 Service Unavailable",
            _ => "Status: 200",
        };
        assert_eq!(line, expected, "page {page}");
    }
    assert!(why.starts_with("page "), "{why}");
    // reqwest tries nothing again by itself.
    assert_eq!(site.figures().requests, 10);
}

#[test]
fn an_attempt_has_its_limit() {
    for fault in ["never", "drip=1h"] {
        let site = all(3, fault);
        let ended = lesson("timeout --connect 1h --attempt 1s --whole 1h --pages 3").asking(&site).run();
        let (lines, why) = lines(&ended);
        assert!(lines.len() == 3 && lines.values().all(|line| line == "Error: timeout"), "{lines:?}");
        assert!(why.starts_with("page ") && why.ends_with(": timeout"), "{why}");
        assert!(site.ended().iter().all(|exchange| exchange.outcome == Outcome::GivenUp));
        assert_eq!(site.figures().requests, 3);
    }
}

#[test]
fn the_whole_has_its_limit() {
    let site = all(3, "never");
    let failed = lesson("timeout --connect 1h --attempt 1h --whole 100ms --pages 3").asking(&site).run().failed();
    assert_eq!(failed.why, "all together took longer than 100ms; pages that were given up: 3");
    assert!(site.ended().iter().all(|exchange| exchange.outcome == Outcome::GivenUp));
}

/// A listener whose queue is full: the kernel answers no further attempts to connect.
#[cfg(target_os = "linux")]
#[test]
fn connecting_has_its_limit() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let _entered = runtime.enter();
    let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
    socket.bind("127.0.0.1:0".parse().expect("an address")).expect("a port");
    let listener = socket.listen(1).expect("a listener");
    let address = listener.local_addr().expect("an address");
    let connect = || std::net::TcpStream::connect_timeout(&address, std::time::Duration::from_secs(1));
    let queue: Vec<_> = (0..20).map_while(|_| connect().ok()).collect();
    assert!(queue.len() < 20, "the queue is never full");

    let ended = lesson("timeout --connect 100ms --attempt 1h --whole 1h --pages 1 --url")
        .arg(format!("http://{address}/"))
        .run();
    let (lines, why) = lines(&ended);
    assert_eq!(lines[&1], "Error: no connection in time");
    assert!(why.starts_with("page 1: no connection in time: "), "{why}");
}

#[test]
fn what_may_pass_is_tried_again_in_its_time() {
    for form in [retry, backon] {
        let faults = ["3:fail-first=2,retry-after=1", "7:cut-first=1", "5:404", "9:503"];
        let site = site(10, "", &faults);
        let ended = form("").asking(&site).run();
        let (lines, why) = lines(&ended);
        assert_eq!(why, "page 9: status 503 Service Unavailable");
        for (page, line) in lines {
            let (tries, expected) = match page {
                3 => (3, "Status: 200"),
                5 => (1, "Status: 404"),
                7 => (2, "Status: 200"),
                9 => (3, "Error: status 503 Service Unavailable"),
                _ => (1, "Status: 200"),
            };
            assert_eq!((attempts(&site, page).len(), line.as_str()), (tries, expected), "page {page}");
        }
        let attempts = attempts(&site, 3);
        for pair in attempts.windows(2) {
            let pause = pair[1].arrived - pair[0].answered.expect("an answer");
            assert!(pause >= 1_000_000, "{pause} µs");
        }
    }
}

#[test]
fn nobody_waits_for_a_page_that_pauses() {
    for form in [retry, backon] {
        let site = site(10, "", &["3:fail-first=1,retry-after=3600"]);
        let mut running = form("").asking(&site).start();
        let printed = running.until_lines(9);
        assert!(!printed.contains("Page: 3 "), "{printed}");
    }
}

#[test]
fn a_timeout_is_tried_again() {
    for form in ["retry", "backon"] {
        let site = all(1, "never");
        let ended = lesson(form).args("--pages 1 --attempt 1s --attempts 2").asking(&site).run();
        assert_eq!(lines(&ended).0[&1], "Error: timeout");
        assert_eq!(site.figures().requests, 2);
    }
}

#[test]
fn what_stays_as_it_is_gets_one_attempt() {
    for form in [retry, backon] {
        let nobody = format!("http://{}/", deserted().expect("a port"));
        let ended = form("--pages 1 --url").arg(nobody).run();
        let (lines, why) = lines(&ended);
        assert_eq!(lines[&1], "Error: no connection");
        assert!(why.contains("nothing listens there"), "{why}");
        assert!(!ended.stderr.contains(" attempts") && !ended.stderr.contains("; again in "), "{ended:?}");
    }
}

#[test]
fn a_budget_is_for_all_pages_together() {
    for (budget, requests) in [("0", 4), ("3", 7), ("100", 12)] {
        let site = all(4, "503");
        let ended = retry("--pages 4 --budget").arg(budget).asking(&site).run();
        assert_eq!(lines(&ended).0.len(), 4);
        assert_eq!(site.figures().requests, requests, "a budget of {budget}");
    }
}

#[test]
fn reqwest_tries_again_at_once_if_it_is_told_to() {
    let site = site(10, "", &["3:fail-first=2,retry-after=3600"]);
    let mut pages = reqwest_retry("").asking(&site).run().done();
    pages.sort_unstable();
    assert_eq!(pages, well(1..=10));
    assert_eq!(attempts(&site, 3).len(), 3);
}

#[test]
fn a_task_that_panics_stops_no_other() {
    let site = site(2, "", &["2:404"]);
    site.hold_body(Target::Page(1));
    let mut running = panic("--pages 2").asking(&site).start();
    running.until_said("panicked at ");
    running.until_lines(1);
    site.let_through(Target::Page(1), u64::MAX);
    let ended = running.wait();
    let (lines, why) = lines(&ended);
    assert_eq!((lines[&1].as_str(), lines[&2].as_str()), ("Status: 200", "Error: panicked"));
    assert!(why.starts_with("page 2: task ") && why.contains(" panicked with message \"a page has cars\""), "{why}");
}

#[test]
fn an_aborted_task_says_so() {
    let site = all(3, "never");
    let ended = lesson("panic --pages 3 --attempt 100ms").asking(&site).run();
    let (lines, why) = lines(&ended);
    assert!(lines.len() == 3 && lines.values().all(|line| line == "Error: cancelled"), "{lines:?}");
    assert!(why.starts_with("page ") && why.ends_with(" was cancelled"), "{why}");
    assert!(site.ended().iter().all(|exchange| exchange.outcome == Outcome::GivenUp));
}
