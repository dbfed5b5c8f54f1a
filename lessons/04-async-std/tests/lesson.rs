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

#[cfg(not(feature = "https"))]
#[test]
fn https_names_the_feature() {
    promises::https_names_the_feature(lesson, "cargo run -p lesson04 --features https");
}
