//! What lesson 09 promises: bodies that go to disk as they come, and slow work that stops nobody, by the order of events.

#![expect(clippy::disallowed_methods, reason = "nothing asynchronous is on a test's thread")]

use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{env, fs, thread};

use site::Target;
#[cfg(unix)]
use testing::Saw;
use testing::{PATIENCE, Program, promises, site, well};

/// A folder for one program's files.
fn folder() -> PathBuf {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("lesson09-{}-{count}", process::id()));
    // Of an earlier process with the same id.
    let _ = fs::remove_dir_all(&folder);
    folder
}

fn of_form(form: &str, options: &str) -> Program {
    Program::new("lesson09", form).args("--output").arg(folder()).args(options)
}

/// The form that is shown unless another is asked for: `stream`. As many in flight as the promises ask for.
fn lesson(options: &str) -> Program {
    of_form("--at-once 60", options)
}

fn parse(options: &str) -> Program {
    of_form("parse --at-once 60", options)
}

fn spawn_blocking(options: &str) -> Program {
    of_form("spawn-blocking --at-once 60", options)
}

fn on_a_thread(options: &str) -> Program {
    of_form("thread --at-once 60", options)
}

fn tokio_fs(options: &str) -> Program {
    of_form("tokio-fs --at-once 60", options)
}

testing::promises!(lesson);
testing::promises!(lesson: has_all_in_flight_at_once, prints_each_page_as_it_arrives);
#[cfg(target_os = "linux")]
testing::promises!(lesson: https_works_with_a_trusted_authority, no_root_certificates_are_one_line);

#[test]
fn every_form_prints_what_was_served() {
    for form in [parse, spawn_blocking, on_a_thread, tokio_fs] {
        promises::failures_are_printed_as_served(form);
        promises::a_broken_answer_is_one_line(form);
        promises::has_all_in_flight_at_once(form);
    }
}

#[cfg(unix)]
#[test]
fn few_open_files_are_enough() {
    promises::needs_few_open_files(|options| of_form("stream", options));
}

/// What a page's file must hold.
fn served(site: &testing::Site, page: u32) -> Vec<u8> {
    use std::io::{Read, Write};

    let mut stream = std::net::TcpStream::connect(site.address()).expect("a connection");
    let head = format!("GET /search/all/?page={page} HTTP/1.1\r\nHost: site\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).expect("a request");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("an answer");
    let body = answer.windows(4).position(|end| end == b"\r\n\r\n").expect("a head") + 4;
    answer.split_off(body)
}

#[test]
fn pages_are_saved_as_they_are_served() {
    let (site, folder) = (site(3, "", &[]), folder());
    let stream = Program::new("lesson09", "stream --pages 3 --output").arg(&folder);
    let mut pages = stream.asking(&site).run().done();
    pages.sort_unstable();
    assert_eq!(pages, well(1..=3));
    for page in 1..=3 {
        assert_eq!(fs::read(folder.join(format!("page-{page}.html"))).expect("a page"), served(&site, page));
    }
    assert_eq!(fs::read_dir(&folder).expect("a folder").count(), 3);
}

/// Waits for something that happens on disk.
fn until_on_disk(what: &str, is_there: impl Fn() -> bool) {
    let deadline = std::time::Instant::now() + PATIENCE;
    while !is_there() {
        assert!(std::time::Instant::now() < deadline, "never came: {what}");
        thread::yield_now();
    }
}

#[test]
fn what_has_come_is_on_disk_under_another_name() {
    let (site, folder) = (site(1, "in-flight=1", &[]), folder());
    let (half, page) = (10_000, Target::Page(1));
    site.hold_body(page);
    let running = Program::new("lesson09", "stream --pages 1 --output").arg(&folder).asking(&site).start();
    let (part, whole) = (folder.join("page-1.html.part"), folder.join("page-1.html"));
    site.let_through(page, half);
    // tokio's file writes a piece in the background, without anybody flushing it.
    until_on_disk("half of the page", || fs::metadata(&part).is_ok_and(|part| part.len() == half));
    assert!(!whole.exists());
    site.let_through(page, u64::MAX);
    assert_eq!(running.wait().done(), well([1]));
    assert!(whole.exists() && !part.exists());
}

#[test]
fn what_was_cut_off_has_not_the_name_of_a_page() {
    let (site, folder) = (site(1, "", &["1:cut"]), folder());
    Program::new("lesson09", "stream --pages 1 --output").arg(&folder).asking(&site).run().failed();
    assert!(folder.join("page-1.html.part").exists() && !folder.join("page-1.html").exists());
}

#[cfg(unix)]
#[test]
fn what_ctrl_c_leaves_has_not_the_name_of_a_page() {
    let (site, folder) = (site(1, "in-flight=1", &[]), folder());
    site.hold_body(Target::Page(1));
    let running = Program::new("lesson09", "stream --pages 1 --output").arg(&folder).asking(&site).start();
    site.let_through(Target::Page(1), 1);
    until_on_disk("the first byte", || folder.join("page-1.html.part").exists());
    running.interrupt();
    assert_eq!(running.wait().status.code(), Some(130));
    assert!(folder.join("page-1.html.part").exists() && !folder.join("page-1.html").exists());
}

#[test]
fn cars_are_saved() {
    for form in ["parse", "spawn-blocking", "thread"] {
        let folder = folder();
        Program::new("lesson09", form).args("--latency 0ms --output").arg(&folder).run().done();
        for page in 1..=10 {
            let table = fs::read_to_string(folder.join(format!("page-{page}.csv"))).expect("a table");
            let prices = table.lines().map(|line| line.rsplit(';').next().and_then(|price| price.parse::<u32>().ok()));
            assert_eq!(prices.flatten().filter(|price| *price > 0).count(), 20, "{table}");
        }
    }
}

/// A folder in which the table of each page is a pipe that nobody reads: whoever saves one waits for ever.
#[cfg(unix)]
fn folder_of_pipes() -> PathBuf {
    let folder = folder();
    fs::create_dir_all(&folder).expect("a folder");
    let pipes = (1..=10).map(|page| folder.join(format!("page-{page}.csv")));
    let made = process::Command::new("mkfifo").args(pipes).status().expect("mkfifo");
    assert!(made.success());
    folder
}

#[cfg(unix)]
#[test]
fn parsing_on_the_async_thread_stops_all_others() {
    let site = site(10, "in-flight=3", &[]);
    let parse = Program::new("lesson09", "parse --at-once 3 --output").arg(folder_of_pipes());
    let _running = parse.asking(&site).start();
    site.wait_until("three answers", |record| record.answered == 3);
    thread::sleep(std::time::Duration::from_millis(300));
    assert_eq!(site.figures().requests, 3);
}

#[cfg(unix)]
#[test]
fn parsing_on_another_thread_stops_nobody() {
    for form in ["spawn-blocking", "thread"] {
        let site = site(10, "in-flight=3", &[]);
        let program = Program::new("lesson09", form).args("--at-once 3 --output").arg(folder_of_pipes());
        let _running = program.asking(&site).start();
        site.wait_until("the answers of all", |record| record.answered == 10);
    }
}

#[test]
fn tokio_fs_is_measured() {
    let ended = of_form("tokio-fs", "--pages 2 --latency 0ms").run();
    ended.done();
    for words in ["through tokio::fs ", "in one spawn_blocking "] {
        assert!(ended.stderr.contains(words), "{ended:?}");
    }
}

#[test]
fn a_folder_that_cannot_be_made_is_one_line() {
    let file = folder();
    fs::write(&file, "").expect("a file");
    let failed = Program::new("lesson09", "--latency 0ms --output").arg(file.join("pages")).run().failed();
    assert!(
        failed.why.contains("can't be made: ") && failed.why.ends_with("choose another with --output"),
        "{failed:?}"
    );
}
