//! What lesson 01 promises: one page after another, on one connection.

use testing::{Exchange, Program, Saw, site, well};

fn lesson(options: &str) -> Program {
    Program::new("lesson01", options)
}

testing::promises!(lesson);
#[cfg(unix)]
testing::promises!(lesson: needs_few_open_files);
#[cfg(target_os = "linux")]
testing::promises!(lesson: https_works_with_a_trusted_authority, no_root_certificates_are_one_line);

#[test]
fn one_is_in_flight_at_a_time() {
    let site = site(100, "", &[]);
    assert_eq!(lesson("--pages 100").asking(&site).run().done(), well(1..=100));
    let asked: Vec<_> = site.log().exchanges().iter().filter_map(Exchange::page).collect();
    assert_eq!(asked, (1..=100).collect::<Vec<_>>());
    let figures = site.figures();
    assert_eq!((figures.requests, figures.peak_in_flight, figures.connections), (100, 1, 1));
}

#[test]
fn a_broken_page_is_the_last() {
    let site = site(10, "", &["3:reset"]);
    let failed = lesson("").asking(&site).run().failed();
    assert_eq!(failed.pages, well(1..=2));
    assert_eq!(site.ended().len(), 3);
}

#[test]
fn stdout_may_close_after_a_line() {
    // More than a pipe holds, so that the program is still at work when it closes.
    let ended = lesson("--pages 5000 --latency 0ms").run_with_stdout_closed_after_a_line();
    let failed = ended.failed();
    assert!(failed.why.starts_with("stdout can't be written: "), "{failed:?}");
    assert!(ended.stderr.contains(" · peak in flight 1 · "), "{ended:?}");
}
