//! What lessons promise. [`promises!`](crate::promises) has tests of what all of them do; the others, here, are called
//! by the tests of the lessons that promise as much.

use std::fs;
use std::path::PathBuf;
use std::{env, process};

#[cfg(target_os = "linux")]
use crate::https::Front;
#[cfg(unix)]
use crate::is_in_flight;
use crate::{Ended, Outcome, Program, Saw, assert_svg, deserted, outcomes, site, well};

/// Makes the program of a lesson, given its options.
pub type Lesson = fn(&str) -> Program;

/// Tests what every lesson promises of a [`Lesson`](crate::promises::Lesson).
#[macro_export]
macro_rules! promises {
    ($lesson:path) => {
        $crate::promises!($lesson:
            failures_are_printed_as_served,
            what_the_site_saw_is_drawn_in_both_languages,
            the_picture_is_written,
            a_picture_that_cannot_be_written_is_one_line,
            a_bad_command_line_is_one_line,
            an_unreachable_site_is_one_line,
            a_broken_answer_is_one_line,
            a_closed_stdout_is_one_line,
            proxies_do_not_get_what_is_for_this_machine,
        );
        #[cfg(unix)]
        $crate::promises!($lesson: ctrl_c_ends_it_with_what_was_done);
    };
    ($lesson:path: $($promise:ident),* $(,)?) => {$(
        #[test]
        fn $promise() {
            $crate::promises::$promise($lesson);
        }
    )*};
}

// What every lesson promises.

/// An answer that says that something is wrong is an answer.
pub fn failures_are_printed_as_served(lesson: Lesson) {
    let site = site(5, "", &["2:404", "3:500", "4:503"]);
    let mut pages = lesson("--pages 6").asking(&site).run().done();
    pages.sort_unstable();
    assert_eq!(pages, [(1, 200), (2, 404), (3, 500), (4, 503), (5, 200), (6, 404)]);
}

/// A run on the site of its own ends with the timeline, and so does one that fails.
pub fn what_the_site_saw_is_drawn_in_both_languages(lesson: Lesson) {
    let en = lesson("--latency 0ms").run();
    assert_eq!(sorted(en.done()), well(1..=10));
    assert!(en.stderr.starts_with("The practice site is at http://127.0.0.1:"), "{en:?}");
    assert!(en.stderr.contains("\n10 requests · "), "{en:?}");
    assert_eq!(bars(&en), (1..=10).collect::<Vec<_>>(), "{en:?}");

    let ru = lesson("--latency 0ms --lang ru").run();
    assert_eq!(sorted(ru.done()), well(1..=10));
    assert!(ru.stderr.starts_with("Учебный сайт: http://127.0.0.1:"), "{ru:?}");
    assert!(ru.stderr.contains("\n10 запросов · "), "{ru:?}");
    assert_eq!(bars(&ru), (1..=10).collect::<Vec<_>>(), "{ru:?}");
}

/// `--svg` writes a picture.
pub fn the_picture_is_written(lesson: Lesson) {
    let path = temporary("svg");
    for (lang, title) in [("en", "What the practice site saw"), ("ru", "Что увидел учебный сайт")] {
        lesson("--latency 0ms --svg").arg(&path).args("--lang").arg(lang).run().done();
        let svg = fs::read_to_string(&path).expect("a picture");
        assert_svg(&svg);
        assert!(svg.contains(title), "{svg}");
        fs::remove_file(&path).expect("a file to remove");
    }
}

/// A picture that can't be written is refused before anything is asked for.
pub fn a_picture_that_cannot_be_written_is_one_line(lesson: Lesson) {
    let refused = |path: PathBuf| {
        let ended = lesson("--svg").arg(&path).run();
        let failed = ended.failed();
        assert!(failed.why.starts_with(&format!("{} can't be written: ", path.display())), "{failed:?}");
        assert_eq!((failed.pages, ended.stderr.lines().count()), (vec![], 1));
        failed.why
    };
    let folder = temporary("folder");
    assert!(refused(folder.join("timeline.svg")).ends_with("its folder is not there; create it first"));
    fs::create_dir(&folder).expect("a folder");
    assert!(refused(folder.clone()).ends_with("it is a folder; give a file's name"));
    fs::remove_dir(&folder).expect("a folder to remove");
    // Where not even root can create a file.
    if cfg!(target_os = "linux") {
        assert!(refused("/sys/timeline.svg".into()).ends_with("its folder is read-only; choose another"));
    }
}

/// What is wrong with the command line is said in one line, with the words that are wrong, before anything is done.
pub fn a_bad_command_line_is_one_line(lesson: Lesson) {
    let cases = [
        ("--pages 0", "'0' for '--pages <N>': a whole number from 1 is needed"),
        ("--pages -3", "'-3' for '--pages <N>': a whole number from 1 is needed"),
        ("--pages ten", "'ten' for '--pages <N>': a whole number from 1 is needed"),
        ("--pages 1e9", "'1e9' for '--pages <N>': a whole number from 1 is needed"),
        ("--latency 300ms..100ms", "300ms is more than 100ms"),
        ("--latency soon", "'soon' is no length of time"),
        ("--url nonsense", "write it like http://"),
        ("--url ftp://127.0.0.1/", "ftp is not http or https"),
        ("--url http://127.0.0.1/ --latency 1s", "'--url <PREFIX>' cannot be used with '--latency <FROM..TO>'"),
        ("--pages 3 --fault 4:never", "a fault on page 4, but the last page is 3"),
        ("--pages 3 --gate in-flight=4", "a gate that waits for 4 pages in flight never opens"),
        ("--lang de", "'de' is not one of the course's languages"),
        ("--page 3", "unexpected argument '--page'"),
    ];
    let refused = |program: Program, what: &str| {
        let ended = program.run();
        let failed = ended.failed();
        assert!(failed.why.contains(what), "{what:?} is not in {ended:?}");
        assert_eq!((failed.pages, ended.stderr.lines().count()), (vec![], 1), "{ended:?}");
    };
    for (options, what) in cases {
        refused(lesson(options), what);
    }
    refused(lesson("").env("PAGES", "ten"), "'ten' for '--pages <N>'");
    refused(lesson("").env("PAGE_URL", "nonsense"), "'nonsense' for '--url <PREFIX>'");
}

/// A site that isn't there.
pub fn an_unreachable_site_is_one_line(lesson: Lesson) {
    // A name in other letters than ASCII's is no less a name.
    for host in ["no-such-host.invalid", "пример.invalid"] {
        let failed = lesson("--url").arg(format!("http://{host}/")).run().failed();
        assert!(failed.why.ends_with("; no such host is known: check its name and the network"), "{failed:?}");
    }

    let failed = lesson("--url").arg(format!("http://{}/", deserted().expect("a port"))).run().failed();
    assert!(failed.why.contains("; nothing listens there: start a site with `cargo run -p site`"), "{failed:?}");
    assert_eq!(failed.pages, []);
}

/// A connection that breaks instead of an answer, or in the middle of one: said after the timeline.
pub fn a_broken_answer_is_one_line(lesson: Lesson) {
    for fault in ["2:reset", "2:cut"] {
        let ended = lesson("--pages 3 --latency 0ms --fault").arg(fault).run();
        let failed = ended.failed();
        assert!(failed.why.contains("page=2") || failed.why.contains("page 2"), "{failed:?}");
        assert!(failed.why.ends_with("; the site ended the connection before its answer was complete"), "{failed:?}");
        assert!(failed.pages.iter().all(|&(page, status)| page != 2 && status == 200), "{failed:?}");
        assert!(bars(&ended).contains(&2), "{ended:?}");
        assert!(ended.stderr.contains("◆ connection reset by the site"), "{ended:?}");
    }
}

/// `| true`: no panic, and the timeline all the same.
pub fn a_closed_stdout_is_one_line(lesson: Lesson) {
    let ended = lesson("--pages 3 --latency 0ms").run_with_closed_stdout();
    let failed = ended.failed();
    assert!(failed.why.starts_with("stdout can't be written: "), "{failed:?}");
    assert!(ended.stderr.contains(" · peak in flight "), "{ended:?}");
}

/// reqwest needs root certificates even for http.
#[cfg(target_os = "linux")]
pub fn no_root_certificates_are_one_line(lesson: Lesson) {
    let nowhere = temporary("nowhere");
    let lesson = lesson("--pages 1 --latency 0ms").env("SSL_CERT_FILE", &nowhere).env("SSL_CERT_DIR", &nowhere);
    let failed = lesson.run().failed();
    assert!(failed.why.starts_with("the system has no root certificates"), "{failed:?}");
}

/// The environment's proxies are for elsewhere.
pub fn proxies_do_not_get_what_is_for_this_machine(lesson: Lesson) {
    let proxied = |program: Program| {
        let proxy = format!("http://{}", deserted().expect("a port"));
        let set = |program: Program, name: &&str| program.env(name, &proxy);
        ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"].iter().fold(program, set)
    };
    let pages = proxied(lesson("--pages 3 --latency 0ms")).run().done();
    assert_eq!(sorted(pages), well(1..=3));

    let site = site(3, "", &[]);
    let pages = proxied(lesson("--pages 3")).asking(&site).run().done();
    assert_eq!(sorted(pages), well(1..=3));
    // What the reader has excepted stays excepted.
    let pages = proxied(lesson("--pages 3")).env("NO_PROXY", "example.org").asking(&site).run().done();
    assert_eq!(sorted(pages), well(1..=3));
}

/// Ctrl-C while an answer is awaited: the status that shells expect, and what was done is said.
#[cfg(unix)]
pub fn ctrl_c_ends_it_with_what_was_done(lesson: Lesson) {
    let site = site(3, "", &["3:never"]);
    let mut running = lesson("--pages 3").asking(&site).start();
    running.until_lines(2);
    site.wait_until("a request for page 3", |record| is_in_flight(record, 3));
    running.interrupt();
    let ended = running.wait();
    assert_eq!(ended.status.code(), Some(130), "{ended:?}");
    assert_eq!(sorted(ended.pages()), well(1..=2));
    assert!(ended.stderr.contains("\nInterrupted after "), "{ended:?}");
    assert_eq!(site.ended()[2].outcome, Outcome::GivenUp);

    let mut running = lesson("--pages 3 --latency 0ms --fault 3:never --lang ru").start();
    running.until_lines(2);
    running.interrupt();
    let ended = running.wait();
    assert_eq!(ended.status.code(), Some(130), "{ended:?}");
    assert!(ended.stderr.contains("\nПрервано: "), "{ended:?}");
    assert!(ended.stderr.contains(" · одновременно до "), "{ended:?}");
    assert_eq!(bars(&ended)[..2], [1, 2], "{ended:?}");
}

// What some lessons promise.

/// All pages are in flight at once, also when they are more than the pools of some clients hold.
pub fn has_all_in_flight_at_once(lesson: Lesson) {
    for pages in [10, 60] {
        let site = site(pages, &format!("in-flight={pages}"), &[]);
        let printed = lesson("--pages").arg(pages.to_string()).asking(&site).run().done();
        assert_eq!(sorted(printed), well(1..=pages));
        let figures = site.figures();
        // HTTP/1 has one request at a time on a connection.
        let pages = u64::from(pages);
        assert_eq!((figures.requests, figures.peak_in_flight, figures.connections), (pages, pages, pages));
    }
}

/// Pages are printed in their order, whatever order the answers come in.
pub fn prints_in_page_order(lesson: Lesson) {
    for release in ["forwards", "backwards", "one-at-a-time"] {
        let site = site(10, &format!("in-flight=10,{release}"), &[]);
        assert_eq!(lesson("").asking(&site).run().done(), well(1..=10), "{release}");
    }
}

/// Pages are printed as they arrive: three of ten, while the others are waited for.
pub fn prints_each_page_as_it_arrives(lesson: Lesson) {
    let others = [1, 3, 4, 5, 6, 8, 10].map(|page| format!("{page}:never"));
    let site = site(10, "in-flight=10", &others.each_ref().map(String::as_str));
    let mut running = lesson("").asking(&site).start();
    running.until_lines(3);
    // What is still waited for breaks now, which ends the program.
    drop(site);
    let failed = running.wait().failed();
    assert_eq!(sorted(failed.pages), well([2, 7, 9]));
}

/// Page 3 breaks, and all others are answered all the same.
pub fn goes_on_past_a_broken_page(lesson: Lesson) -> Vec<u32> {
    let site = site(10, "in-flight=10", &["3:reset"]);
    let failed = lesson("").asking(&site).run().failed();
    assert!(failed.pages.iter().all(|&(_, status)| status == 200), "{failed:?}");
    for (page, outcome) in outcomes(&site.ended()) {
        assert_eq!(outcome, if page == 3 { Outcome::Reset } else { Outcome::Answered }, "page {page}");
    }
    failed.pages.into_iter().map(|(page, _)| page).collect()
}

/// Page 3 breaks, and the pages from 4 on, which are never answered, are given up.
pub fn gives_up_after_a_broken_page(lesson: Lesson) -> Vec<u32> {
    let never = [4, 5, 6, 7, 8, 9, 10].map(|page| format!("{page}:never"));
    let faults: Vec<_> = ["3:reset"].into_iter().chain(never.iter().map(String::as_str)).collect();
    let site = site(10, "in-flight=10", &faults);
    let failed = lesson("").asking(&site).run().failed();
    let ended = outcomes(&site.ended());
    assert_eq!(ended[2], (3, Outcome::Reset));
    assert!(ended[3..].iter().all(|&(_, outcome)| outcome == Outcome::GivenUp), "{ended:?}");
    assert!(failed.pages.iter().all(|&(page, status)| page < 3 && status == 200), "{failed:?}");
    failed.pages.into_iter().map(|(page, _)| page).collect()
}

/// Too few file descriptors for all that will be in flight: said at once, with what helps.
#[cfg(unix)]
pub fn too_few_open_files_are_one_line(lesson: Lesson) {
    let ended = lesson("--pages 1000").with_open_files(100).run();
    let failed = ended.failed();
    assert!(
        failed.why.starts_with("1000 pages in flight need 2064 open files, but the system allows 100: "),
        "{failed:?}"
    );
    assert!(failed.why.contains("have at most 18 in flight") && failed.why.contains("`ulimit -Hn`"), "{failed:?}");
    assert_eq!((failed.pages, ended.stderr.lines().count()), (vec![], 1));
    // On a site elsewhere each request in flight takes one.
    let site = site(36, "", &[]);
    let pages = lesson("--pages 36").asking(&site).with_open_files(100).run().done();
    assert_eq!(pages.len(), 36);
    let failed = lesson("--pages 37").asking(&site).with_open_files(100).run().failed();
    assert!(
        failed.why.starts_with("37 pages in flight need 101 open files, but the system allows 100: "),
        "{failed:?}"
    );
}

/// As many pages as one likes on few file descriptors, when few are in flight.
#[cfg(unix)]
pub fn needs_few_open_files(lesson: Lesson) {
    let pages = lesson("--pages 1000 --latency 0ms").with_open_files(100).run().done();
    assert_eq!(sorted(pages), well(1..=1000));
}

/// https works when the server's authority is trusted, and is one line when it is not.
#[cfg(target_os = "linux")]
pub fn https_works_with_a_trusted_authority(lesson: Lesson) {
    let site = site(10, "", &[]);
    let front = Front::of(&site);
    let lesson = lesson("--url").arg(front.url_prefix());
    let trusting = |front: &Front| lesson.clone().env("SSL_CERT_FILE", front.authority()).run();
    assert_eq!(sorted(trusting(&front).done()), well(1..=10));

    let failed = trusting(&Front::of(&site)).failed();
    assert!(failed.why.contains("; the server can't be trusted as it is: "), "{failed:?}");
    assert_eq!(failed.pages, []);
}

/// A program without TLS says which feature has it.
pub fn https_names_the_feature(lesson: Lesson, cure: &str) {
    let ended = lesson("--url https://127.0.0.1/").run();
    let failed = ended.failed();
    assert!(failed.why.ends_with(cure), "{failed:?}");
    assert_eq!((failed.pages, ended.stderr.lines().count()), (vec![], 1));
}

/// The pages that the timeline on stderr has a bar for, in ascending order.
fn bars(ended: &Ended) -> Vec<u32> {
    // A bar's line begins with the page and ends with the connection.
    let page_of = |line: &str| {
        let last = line.rsplit(' ').next()?.strip_prefix('#')?;
        last.parse::<u32>().ok()?;
        line.split_whitespace().next()?.parse().ok()
    };
    sorted(ended.stderr.lines().filter_map(page_of).collect())
}

fn sorted<T: Ord>(mut values: Vec<T>) -> Vec<T> {
    values.sort_unstable();
    values
}

/// A path for a file of this process's own.
fn temporary(name: &str) -> PathBuf {
    env::temp_dir().join(format!("lesson-test-{}-{name}", process::id()))
}
