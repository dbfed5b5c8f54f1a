//! What lesson 02 promises: all pages at once, each printed by its own thread when its answer is there.

use testing::{Program, promises};

fn lesson(options: &str) -> Program {
    Program::new("lesson02", options)
}

testing::promises!(lesson);
testing::promises!(lesson: has_all_in_flight_at_once, prints_each_page_as_it_arrives);
#[cfg(unix)]
testing::promises!(lesson: too_few_open_files_are_one_line);
#[cfg(target_os = "linux")]
testing::promises!(lesson: https_works_with_a_trusted_authority, no_root_certificates_are_one_line);

#[test]
fn the_other_threads_go_on_past_a_broken_page() {
    let mut printed = promises::goes_on_past_a_broken_page(lesson);
    printed.sort_unstable();
    assert_eq!(printed, [1, 2, 4, 5, 6, 7, 8, 9, 10]);
}
