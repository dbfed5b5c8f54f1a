//! What lesson 04 promises: all pages at once, also more than surf's pool holds unasked, printed in their order.

use testing::{Program, promises};

fn lesson(options: &str) -> Program {
    Program::new("lesson04", options)
}

testing::promises!(lesson);
testing::promises!(lesson: has_all_in_flight_at_once, prints_in_page_order);
#[cfg(unix)]
testing::promises!(lesson: too_few_open_files_are_one_line);
#[cfg(all(feature = "https", target_os = "linux"))]
testing::promises!(lesson: https_works_with_a_trusted_authority);

#[test]
fn what_comes_after_a_broken_page_is_given_up() {
    assert_eq!(promises::gives_up_after_a_broken_page(lesson), [1, 2]);
}

/// surf 2.3.2 hands the connection of a request that was given up to the next one, with the answer still to come.
#[test]
fn the_answer_of_a_cancelled_request_reaches_the_next_one() {
    let prices = || {
        // A slow machine may give the request up before it is sent, and then nothing is wrong.
        let printed = lesson("cancelled --latency 1s").run().stdout;
        let price = |line: &str| printed.lines().find_map(|l| l.strip_prefix(line)).map(str::to_owned);
        ["Page 1 from the same client: ", "Page 1 from a new client: ", "Page 2 from a new client: "].map(price)
    };
    let swapped =
        (0..20).map(|_| prices()).any(|[got, page_1, page_2]| got.is_some() && got == page_2 && got != page_1);
    assert!(swapped, "page 1's request never got page 2's answer");
}

#[cfg(not(feature = "https"))]
#[test]
fn https_names_the_feature() {
    promises::https_names_the_feature(lesson, "cargo run -p lesson04 --features https");
}
