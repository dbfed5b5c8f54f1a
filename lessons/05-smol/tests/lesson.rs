//! What lesson 05 promises: all pages at once, printed in their order; dropped tasks that give up their requests; and
//! reqwest, which can't do without tokio's reactor.

use testing::{Outcome, Program, Saw, outcomes, promises, site, well};

fn lesson(options: &str) -> Program {
    Program::new("lesson05", options)
}

testing::promises!(lesson);
testing::promises!(lesson: has_all_in_flight_at_once, prints_in_page_order);
#[cfg(unix)]
testing::promises!(lesson: too_few_open_files_are_one_line);
#[cfg(all(feature = "https", target_os = "linux"))]
testing::promises!(lesson: https_works_with_a_trusted_authority);

#[test]
fn a_page_has_a_connection_of_its_own() {
    let site = site(50, "", &[]);
    assert_eq!(lesson("--pages 50").asking(&site).run().done(), well(1..=50));
    assert_eq!(site.figures().connections, 50);
}

#[test]
fn what_comes_after_a_broken_page_is_given_up() {
    assert_eq!(promises::gives_up_after_a_broken_page(lesson), [1, 2]);
}

/// The pages from 2 on are never answered: only dropping their tasks can end them.
const ONLY_PAGE_1: &str = "--pages 4 --gate in-flight=4 --fault 2:never --fault 3:never --fault 4:never";

#[test]
fn dropped_tasks_give_up_their_requests() {
    let site = site(4, "in-flight=4", &["2:never", "3:never", "4:never"]);
    assert_eq!(lesson("drop --pages 4").asking(&site).run().done(), well([1]));
    let given_up = [2, 3, 4].map(|page| (page, Outcome::GivenUp));
    assert_eq!(outcomes(&site.ended())[1..], given_up);

    // The program's end would close their connections too; here the site sees them closed while it runs.
    let ended = lesson("drop").args(ONLY_PAGE_1).run();
    assert_eq!(ended.done(), well([1]));
    assert!(ended.stderr.contains("╳ given up by the client"), "{ended:?}");
    assert!(!ended.stderr.contains("still without an answer"), "{ended:?}");
}

#[test]
fn reqwest_needs_the_reactor_of_tokio() {
    let site = site(10, "", &[]);
    let ended = lesson("mixed").asking(&site).run();
    assert_eq!(ended.done(), well(1..=10));
    assert!(ended.stderr.contains("there is no reactor running"), "{ended:?}");
    // The attempt without it got nowhere, and one page came after the other.
    let figures = site.figures();
    assert_eq!((figures.requests, figures.peak_in_flight), (10, 1));
}

#[cfg(not(feature = "https"))]
#[test]
fn https_names_the_feature() {
    promises::https_names_the_feature(lesson, "cargo run -p lesson05 --features https");
}
