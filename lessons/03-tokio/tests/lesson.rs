//! What lesson 03 promises: all pages at once, printed in their order.

use testing::{Program, promises};

fn lesson(options: &str) -> Program {
    Program::new("lesson03", options)
}

testing::promises!(lesson);
testing::promises!(lesson: has_all_in_flight_at_once, prints_in_page_order);
#[cfg(unix)]
testing::promises!(lesson: too_few_open_files_are_one_line);
#[cfg(target_os = "linux")]
testing::promises!(lesson: https_works_with_a_trusted_authority, no_root_certificates_are_one_line);

#[test]
fn what_comes_after_a_broken_page_is_given_up() {
    assert_eq!(promises::gives_up_after_a_broken_page(lesson), [1, 2]);
}
