//! What lesson 06 promises: each form of gathering with its order, and with what becomes of the others when one fails.

use testing::{Outcome, Program, Saw, outcomes, promises, site, well};

/// The form that is shown unless another is asked for: `unordered`.
fn lesson(options: &str) -> Program {
    Program::new("lesson06", options)
}

fn join_all(options: &str) -> Program {
    lesson("join-all").args(options)
}

fn try_join_all(options: &str) -> Program {
    lesson("try-join-all").args(options)
}

fn buffered(options: &str) -> Program {
    lesson("buffered").args(options)
}

fn buffer_unordered(options: &str) -> Program {
    lesson("buffer-unordered").args(options)
}

fn join_set(options: &str) -> Program {
    lesson("join-set").args(options)
}

testing::promises!(lesson);
testing::promises!(lesson: has_all_in_flight_at_once, prints_each_page_as_it_arrives);
#[cfg(unix)]
testing::promises!(lesson: too_few_open_files_are_one_line);
#[cfg(target_os = "linux")]
testing::promises!(lesson: https_works_with_a_trusted_authority, no_root_certificates_are_one_line);

#[test]
fn unordered_ends_with_the_first_error() {
    promises::gives_up_after_a_broken_page(lesson);
}

#[test]
fn join_all_keeps_the_order() {
    promises::has_all_in_flight_at_once(join_all);
    promises::prints_in_page_order(join_all);
}

#[test]
fn join_all_gathers_the_others_when_one_fails() {
    assert_eq!(promises::goes_on_past_a_broken_page(join_all), [1, 2, 4, 5, 6, 7, 8, 9, 10]);
}

#[test]
fn try_join_all_keeps_the_order() {
    promises::has_all_in_flight_at_once(try_join_all);
    promises::prints_in_page_order(try_join_all);
}

#[test]
fn try_join_all_gives_up_the_others_when_one_fails() {
    assert!(promises::gives_up_after_a_broken_page(try_join_all).is_empty());
}

#[test]
fn try_join_all_gives_up_before_the_program_ends() {
    let options = "--pages 3 --gate in-flight=3 --fault 1:reset --fault 2:never --fault 3:never";
    let ended = try_join_all(options).run();
    ended.failed();
    assert!(ended.stderr.contains("╳ given up by the client"), "{ended:?}");
}

#[test]
fn buffers_have_as_many_in_flight_as_they_may() {
    for form in [buffered, buffer_unordered] {
        for at_once in [1, 3, 10] {
            // The first gate opens only if that many are in flight; the second one waits for any that come beyond them.
            for gate in [&format!("in-flight={at_once}"), "quiet=100ms"] {
                let site = site(10, gate, &[]);
                let mut pages = form("--at-once").arg(at_once.to_string()).asking(&site).run().done();
                pages.sort_unstable();
                assert_eq!(pages, well(1..=10));
                assert_eq!(site.figures().requests, 10);
                assert!(site.figures().peak_in_flight <= at_once, "{:?}", site.figures());
            }
        }
    }
}

#[test]
fn buffered_keeps_the_order() {
    promises::prints_in_page_order(|options| buffered("--at-once 10").args(options));
}

#[test]
fn buffer_unordered_goes_on_while_a_page_is_late() {
    let site = site(10, "", &["1:never"]);
    let mut running = buffer_unordered("--at-once 2").asking(&site).start();
    // With one page that takes its place for ever, the others come one after another.
    let pages: Vec<_> = running.until_lines(9).lines().map(str::to_owned).collect();
    assert_eq!(pages, (2..=10).map(|page| format!("Page: {page} Status: 200")).collect::<Vec<_>>());
    assert_eq!(site.figures().peak_in_flight, 2);
}

#[test]
fn buffers_ask_for_no_more_after_an_error() {
    for form in [buffered, buffer_unordered] {
        let site = site(10, "", &["3:reset"]);
        let failed = form("--at-once 1").asking(&site).run().failed();
        assert_eq!(failed.pages, well(1..=2));
        let expected = [(1, Outcome::Answered), (2, Outcome::Answered), (3, Outcome::Reset)];
        assert_eq!(outcomes(&site.ended()), expected);
    }
}

#[test]
fn buffers_refuse_to_have_none_in_flight() {
    let failed = buffered("--at-once 0").run().failed();
    assert!(failed.why.contains("'0' for '--at-once <K>'"), "{failed:?}");
}

#[cfg(unix)]
#[test]
fn buffers_need_few_open_files() {
    promises::needs_few_open_files(buffered);
    promises::needs_few_open_files(buffer_unordered);
}

#[test]
fn join_set_has_all_in_flight_and_prints_as_they_arrive() {
    promises::has_all_in_flight_at_once(join_set);
    promises::prints_each_page_as_it_arrives(join_set);
}

#[test]
fn join_set_aborts_the_others_when_one_fails() {
    promises::gives_up_after_a_broken_page(join_set);
}
