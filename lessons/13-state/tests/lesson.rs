//! What lesson 13 promises: who waits for whom, and that all ways of sharing come to the same sums.

#![expect(clippy::disallowed_methods, reason = "nothing asynchronous is on a test's thread")]

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{fs, process};

use testing::{Outcome, Program, Saw, outcomes, promises, site, well};

/// The form that is shown unless another is asked for: `mutex`.
fn lesson(options: &str) -> Program {
    Program::new("lesson13", options)
}

fn guard(options: &str) -> Program {
    lesson("guard").args(options)
}

fn async_mutex(options: &str) -> Program {
    lesson("async-mutex --output").arg(file()).args(options)
}

fn actor(options: &str) -> Program {
    lesson("actor").args(options)
}

fn circle(options: &str) -> Program {
    lesson("circle").args(options)
}

fn watch(options: &str) -> Program {
    lesson("watch").args(options)
}

fn snapshot(options: &str) -> Program {
    lesson("snapshot").args(options)
}

/// A file for one program's cars.
fn file() -> PathBuf {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("lesson13-{}-{count}", process::id())).join("cars.csv")
}

testing::promises!(lesson);
testing::promises!(lesson: has_all_in_flight_at_once, prints_each_page_as_it_arrives);
#[cfg(unix)]
testing::promises!(lesson: too_few_open_files_are_one_line);
#[cfg(target_os = "linux")]
testing::promises!(lesson: https_works_with_a_trusted_authority, no_root_certificates_are_one_line);

#[test]
fn every_form_prints_what_was_served() {
    for form in [guard, async_mutex, actor, watch, snapshot] {
        promises::failures_are_printed_as_served(form);
        promises::a_broken_answer_is_one_line(form);
    }
    // The mailboxes have room for all that there is.
    promises::failures_are_printed_as_served(|options| circle("--mailbox 3").args(options));
    promises::a_broken_answer_is_one_line(circle);
}

#[test]
fn all_but_the_guard_have_all_in_flight_at_once() {
    for form in [async_mutex, actor, watch, snapshot] {
        promises::has_all_in_flight_at_once(form);
        promises::prints_each_page_as_it_arrives(form);
    }
}

#[test]
fn a_guard_across_an_await_lets_one_page_in_flight() {
    // The gate waits for any that would come beside the one in flight.
    let site = site(10, "quiet=100ms", &[]);
    let mut pages = guard("").asking(&site).run().done();
    pages.sort_unstable();
    assert_eq!(pages, well(1..=10));
    assert_eq!(site.figures().peak_in_flight, 1);
}

#[test]
fn who_holds_a_guard_for_ever_stops_all_others() {
    let never: Vec<_> = (1..=10).map(|page| format!("{page}:never")).collect();
    let site = site(10, "", &never.iter().map(String::as_str).collect::<Vec<_>>());
    let running = guard("").asking(&site).start();
    site.wait_until("one page in flight", |record| record.in_flight() == 1);
    std::thread::sleep(std::time::Duration::from_millis(300));
    assert_eq!(site.figures().requests, 1);
    drop(running);
}

/// The first prices of the pages that the site of the program's own serves.
fn first_prices() -> Vec<u32> {
    (1..=10).map(|page| site::first_price(1, page)).collect()
}

#[test]
fn all_forms_come_to_the_same_sums() {
    let prices = first_prices();
    let (sum, least, greatest): (u32, _, _) = (prices.iter().sum(), prices.iter().min(), prices.iter().max());
    let expected =
        format!("Prices: 10 Sum: {sum} Min: {} Max: {}\n", least.expect("a price"), greatest.expect("a price"));
    for form in [lesson, guard, actor, watch] {
        let ended = form("--latency 0ms").run();
        ended.done();
        assert!(ended.stderr.contains(&expected), "{expected}{ended:?}");
    }
}

#[test]
fn watchers_see_progress_while_pages_are_in_flight() {
    let others = [1, 3, 4, 5, 6, 8, 10].map(|page| format!("{page}:never"));
    let site = site(10, "in-flight=10", &others.each_ref().map(String::as_str));
    let mut running = watch("").asking(&site).start();
    // Nobody says how many values a watcher sees, but the newest one is among them.
    running.until_said("Prices: 3 Sum: ");
    drop(site);
    running.wait().failed();
}

#[test]
fn the_cheapest_car_is_found_by_lock_and_by_swap() {
    let cars = (1..=10).flat_map(|page| site::cars(1, page));
    let cheapest = cars.min_by_key(|car| (car.price_usd, car.id)).expect("a car");
    let car = format!("{} {}, {}\n", cheapest.make, cheapest.model, cheapest.price_usd);
    for _ in 0..5 {
        let ended = snapshot("--latency 0ms").run();
        ended.done();
        for expected in [format!("RwLock   {car}"), format!("ArcSwap  {car}")] {
            assert!(ended.stderr.contains(&expected), "{expected}{ended:?}");
        }
    }
}

#[test]
fn there_is_no_cheapest_car_on_pages_without_cars() {
    let site = site(1, "", &["1:500"]);
    let ended = snapshot("--pages 1").asking(&site).run();
    assert_eq!(ended.done(), [(1, 500)]);
    assert!(ended.stderr.contains("RwLock   no cars\nArcSwap  no cars\n"), "{ended:?}");
}

#[test]
fn the_lines_of_a_page_stay_together() {
    let (site, file) = (site(10, "in-flight=10", &[]), file());
    lesson("async-mutex --output").arg(&file).asking(&site).run().done();
    let saved = fs::read_to_string(&file).expect("a file");
    let mut pages: Vec<&str> = saved.lines().map(|line| line.split(';').next().expect("a page")).collect();
    assert_eq!(pages.len(), 200, "{saved}");
    pages.dedup();
    assert_eq!(pages.len(), 10, "{saved}");
}

#[test]
fn a_file_that_cannot_be_written_is_one_line() {
    let folder = file();
    fs::create_dir_all(&folder).expect("a folder");
    let failed = lesson("async-mutex --latency 0ms --output").arg(&folder).run().failed();
    assert!(failed.why.contains("can't be written: "), "{failed:?}");
    assert!(failed.why.ends_with("choose another with --output"), "{failed:?}");
}

#[test]
fn a_circle_of_full_mailboxes_stands_still() {
    for (mailbox, pages) in [(1, 5), (2, 8)] {
        let site = site(20, "", &[]);
        let failed = circle("--pages 20 --mailbox").arg(mailbox.to_string()).asking(&site).run().failed();
        assert!(failed.why.starts_with("both mailboxes are full, "), "{failed:?}");
        assert_eq!(failed.pages, well(1..=pages));
        assert_eq!(outcomes(&site.ended()), (1..=pages).map(|page| (page, Outcome::Answered)).collect::<Vec<_>>());
    }
}

#[test]
fn a_circle_of_roomy_mailboxes_gets_to_its_end() {
    let site = site(20, "", &[]);
    let pages = circle("--pages 20 --mailbox 10").asking(&site).run().done();
    assert_eq!(pages, well(1..=20));
    assert_eq!(circle("--pages 1").asking(&site).run().done(), well([1]));
}

#[cfg(unix)]
#[test]
fn a_circle_takes_no_slow_page_for_a_standstill() {
    let site = site(10, "", &["3:never"]);
    let mut running = circle("").asking(&site).start();
    running.until_lines(2);
    // Longer than the actors are given.
    std::thread::sleep(std::time::Duration::from_millis(1500));
    running.interrupt();
    assert_eq!(running.wait().status.code(), Some(130));
}

#[test]
fn mailboxes_without_room_are_refused() {
    let failed = actor("--mailbox 0").run().failed();
    assert!(failed.why.contains("'0' for '--mailbox <K>'"), "{failed:?}");
}

#[cfg(unix)]
#[test]
fn one_page_in_flight_needs_few_open_files() {
    promises::needs_few_open_files(guard);
    promises::needs_few_open_files(|options| circle("--mailbox 1000").args(options));
}
