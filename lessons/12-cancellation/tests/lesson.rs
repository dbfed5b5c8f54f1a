//! What lesson 12 promises: what is given up and what is not, what that loses, and who is told, by the order of events.

#![expect(clippy::disallowed_methods, reason = "nothing asynchronous is on a test's thread")]

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{fs, process};

use site::Target;
use testing::{Outcome, Program, Saw, Site, is_in_flight, outcomes, promises, site, well};

/// A file for one program.
fn file() -> PathBuf {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("lesson12-{}-{count}.txt", process::id()))
}

/// A form with a file of its own, that gives nothing up before the test is over.
fn patient(form: &str, options: &str) -> Program {
    Program::new("lesson12", form).args("--patience 1h --at-once 60 --output").arg(file()).args(options)
}

/// A form that gives up soon.
fn impatient(form: &str, options: &str) -> Program {
    Program::new("lesson12", form).args("--patience 200ms --output").arg(file()).args(options)
}

/// The form that is shown unless another is asked for: `drop`.
fn lesson(options: &str) -> Program {
    patient("", options)
}

macro_rules! patient_forms {
    ($($name:ident: $form:literal),* $(,)?) => {
        $(fn $name(options: &str) -> Program {
            patient($form, options)
        })*
    };
}

patient_forms! {
    abort: "abort",
    join_set: "join-set",
    race: "race",
    select: "select",
    select_restarts: "select-restarts",
    cancel_safe: "cancel-safe",
    cancel_unsafe: "cancel-unsafe",
    queue: "queue",
    snooze: "snooze",
    snooze_cured: "snooze-cured",
    token: "token",
    ctrl_c: "ctrl-c",
}

testing::promises!(lesson);
testing::promises!(lesson: has_all_in_flight_at_once, prints_each_page_as_it_arrives);
#[cfg(unix)]
testing::promises!(lesson: too_few_open_files_are_one_line);
#[cfg(target_os = "linux")]
testing::promises!(lesson: https_works_with_a_trusted_authority, no_root_certificates_are_one_line);

#[test]
fn every_form_prints_what_was_served() {
    let forms = [
        abort,
        join_set,
        race,
        select,
        select_restarts,
        cancel_safe,
        cancel_unsafe,
        queue,
        snooze,
        snooze_cured,
        token,
        ctrl_c,
    ];
    for form in forms {
        promises::failures_are_printed_as_served(form);
        promises::a_broken_answer_is_one_line(form);
    }
}

#[test]
fn forms_that_ask_for_all_at_once_do() {
    for form in [abort, join_set, race, cancel_safe, cancel_unsafe, token, ctrl_c] {
        promises::has_all_in_flight_at_once(form);
    }
    for form in [abort, join_set, race, cancel_safe, cancel_unsafe, token] {
        promises::prints_each_page_as_it_arrives(form);
    }
}

#[cfg(unix)]
#[test]
fn ctrl_c_needs_few_open_files() {
    promises::needs_few_open_files(|options| impatient("ctrl-c", options));
}

/// A site that never answers.
fn silent(pages: u32) -> Site {
    let never: Vec<_> = (1..=pages).map(|page| format!("{page}:never")).collect();
    site(pages, "", &never.iter().map(String::as_str).collect::<Vec<_>>())
}

/// The output of a program that did what it should, which was to give up all pages.
fn gave_up_all(ended: testing::Ended) -> testing::Ended {
    assert!(ended.status.success() && ended.stdout.starts_with("Time: "), "{ended:?}");
    ended
}

fn all_were_given_up(site: &Site) -> bool {
    site.ended().iter().all(|exchange| exchange.outcome == Outcome::GivenUp)
}

#[test]
fn what_never_comes_is_given_up() {
    for (form, said) in [
        ("drop", "page {} was given up\n"),
        ("race", "page {} lost to its timer\n"),
        ("join-set", "10 tasks were aborted, and are gone\n"),
        ("token", ""),
    ] {
        let site = silent(10);
        let ended = gave_up_all(impatient(form, "").asking(&site).run());
        for page in 1..=10 {
            assert!(ended.stderr.contains(&said.replace("{}", &page.to_string())), "{form}: {ended:?}");
        }
        assert!(all_were_given_up(&site), "{form}: {:?}", outcomes(&site.ended()));
    }
}

#[test]
fn nothing_is_said_of_pages_that_came() {
    let ended = lesson("--latency 0ms").run();
    assert_eq!(ended.done().len(), 10);
    assert!(!ended.stderr.contains("given up"), "{ended:?}");
}

#[test]
fn aborted_tasks_end_and_the_others_run_on() {
    let site = site(10, "", &[]);
    for page in 1..=10 {
        site.hold_body(Target::Page(page));
    }
    let mut running = impatient("abort", "").asking(&site).start();
    running.until_said("page 5 was aborted");
    // Where a handle was dropped, all is as before: these are answered only now.
    for page in 6..=10 {
        site.let_through(Target::Page(page), u64::MAX);
    }
    let mut pages = running.wait().done();
    pages.sort_unstable();
    assert_eq!(pages, well(6..=10));
    let answered = |&(page, outcome): &(u32, Outcome)| outcome == Outcome::Answered && page > 5;
    assert_eq!(outcomes(&site.ended()).iter().filter(|exchange| answered(exchange)).count(), 5);
}

#[test]
fn a_pinned_request_outlives_the_turns_of_the_loop() {
    let site = site(1, "", &[]);
    site.hold_body(Target::Page(1));
    let mut running = Program::new("lesson12", "select --pages 1 --patience 10ms").asking(&site).start();
    running.until_said("page 1 is late\npage 1 is late\npage 1 is late\n");
    site.let_through(Target::Page(1), u64::MAX);
    assert_eq!(running.wait().done(), well([1]));
    assert_eq!(outcomes(&site.ended()), [(1, Outcome::Answered)]);
}

#[test]
fn a_request_of_each_turn_is_given_up_in_each() {
    let site = site(1, "", &[]);
    site.hold_body(Target::Page(1));
    let failed = impatient("select-restarts", "--pages 1").asking(&site).run().failed();
    assert!(failed.why.contains("it is asked for anew in each turn"), "{failed:?}");
    assert!(site.figures().requests > 1 && all_were_given_up(&site), "{:?}", outcomes(&site.ended()));
}

/// The HTML of a page.
fn html(site: &Site, page: u32) -> Vec<u8> {
    use std::io::{Read, Write};

    let mut stream = std::net::TcpStream::connect(site.address()).expect("a connection");
    let head = format!("GET /search/all/?page={page} HTTP/1.1\r\nHost: site\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).expect("a request");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("an answer");
    let body = answer.windows(4).position(|end| end == b"\r\n\r\n").expect("a head") + 4;
    answer.split_off(body)
}

/// Has a form read a page of which half a line comes, and the rest when it has said ten times how far it is.
fn read_with_half_a_line(form: &str) -> testing::Ended {
    let whole = html(&site(1, "", &[]), 1);
    let last_end = whole[..4000].iter().rposition(|&byte| byte == b'\n').expect("an end of a line");
    // Twenty bytes into the next line.
    let (lines, half) = (last_end + 1, last_end + 21);
    assert!(!whole[lines..half].contains(&b'\n'));

    let site = site(1, "", &[]);
    site.hold_body(Target::Page(1));
    let mut running = Program::new("lesson12", form).args("--pages 1 --patience 10ms").asking(&site).start();
    site.let_through(Target::Page(1), half as u64);
    running.until_said(&format!("page 1: {lines} bytes so far\n").repeat(10));
    site.let_through(Target::Page(1), u64::MAX);
    running.wait()
}

#[test]
fn next_line_keeps_half_a_line() {
    assert_eq!(read_with_half_a_line("cancel-safe").done(), well([1]));
}

#[test]
fn read_line_loses_half_a_line() {
    let failed = read_with_half_a_line("cancel-unsafe").failed();
    assert!(failed.why.starts_with("page 1: 20 of ") && failed.why.ends_with(" bytes were lost"), "{failed:?}");
}

#[test]
fn who_waits_anew_is_the_last() {
    let site = site(5, "", &[]);
    site.hold_body(Target::Page(1));
    let mut running = Program::new("lesson12", "queue --patience 10ms").args("--pages 5").asking(&site).start();
    site.wait_until("a request for page 1", |record| is_in_flight(record, 1));
    // From now on all others are before it.
    running.until_said("page 3 still waits");
    site.let_through(Target::Page(1), u64::MAX);
    assert_eq!(running.wait().done(), well([1, 2, 4, 5, 3]));
    assert_eq!(site.figures().peak_in_flight, 1);
}

#[test]
fn who_waits_on_keeps_its_place() {
    let site = site(5, "", &[]);
    site.hold_body(Target::Page(1));
    let running = queue("--pages 5").asking(&site).start();
    site.wait_until("a request for page 1", |record| is_in_flight(record, 1));
    site.let_through(Target::Page(1), u64::MAX);
    assert_eq!(running.wait().done(), well(1..=5));
}

#[test]
fn a_future_that_snoozes_keeps_the_lock() {
    let site = site(2, "", &[]);
    site.hold_body(Target::Page(1));
    let failed = impatient("snooze", "--pages 2").asking(&site).run().failed();
    assert!(failed.why.ends_with("and nobody polls that request any more"), "{failed:?}");
    // The second request waits for the lock, and is never made.
    assert_eq!(outcomes(&site.ended()), [(1, Outcome::GivenUp)]);
}

#[test]
fn a_future_that_is_dropped_leaves_the_lock() {
    let site = site(2, "", &[]);
    site.hold_body(Target::Page(1));
    let running = impatient("snooze-cured", "--pages 2").asking(&site).start();
    site.wait_until("a second request", |record| record.arrived() == 2);
    site.wait_until("the end of the first", |record| record.in_flight() == 1);
    site.let_through(Target::Page(1), u64::MAX);
    assert_eq!(running.wait().done(), well(1..=2));
    assert_eq!(outcomes(&site.ended()).iter().filter(|(_, outcome)| *outcome == Outcome::GivenUp).count(), 1);
}

/// The numbers in a file, in ascending order.
fn numbers(text: &str) -> Vec<u32> {
    let mut numbers: Vec<u32> = text.lines().map(|line| line.parse().expect("a number")).collect();
    numbers.sort_unstable();
    numbers
}

#[test]
fn who_is_told_notes_the_page_that_is_left() {
    let file = file();
    gave_up_all(Program::new("lesson12", "token --patience 200ms --output").arg(&file).asking(&silent(10)).run());
    assert_eq!(numbers(&fs::read_to_string(file).expect("notes")), (1..=10).collect::<Vec<_>>());
}

#[cfg(unix)]
#[test]
fn ctrl_c_tells_everybody_too() {
    let (site, file) = (silent(10), file());
    let running = Program::new("lesson12", "token --patience 1h --output").arg(&file).asking(&site).start();
    site.wait_until("all requests", |record| record.in_flight() == 10);
    running.interrupt();
    let ended = running.wait();
    assert_eq!(ended.status.code(), Some(130), "{ended:?}");
    assert_eq!(numbers(&fs::read_to_string(file).expect("notes")), (1..=10).collect::<Vec<_>>());
    assert!(all_were_given_up(&site));
}

#[cfg(target_os = "linux")]
#[test]
fn who_was_told_is_waited_for() {
    use std::io::{Read, Write};

    let (site, file) = (silent(10), file());
    let made = process::Command::new("mkfifo").arg(&file).status().expect("mkfifo");
    assert!(made.success());
    // A pipe that is full: whoever writes to it waits.
    let mut pipe = fs::File::options().read(true).write(true).open(&file).expect("a pipe");
    let mut bytes = vec![b'\n'; 65536];
    pipe.write_all(&bytes).expect("room for 64 KiB");
    let running = Program::new("lesson12", "token --patience 1h --output").arg(&file).asking(&site).start();
    site.wait_until("all requests", |record| record.arrived() == 10);
    running.interrupt();
    assert!(all_were_given_up(&site));
    bytes.resize(65536 + "1\n".len() * 9 + "10\n".len(), 0);
    pipe.read_exact(&mut bytes).expect("all notes");
    assert_eq!(running.wait().status.code(), Some(130));
    let notes = String::from_utf8(bytes.split_off(65536)).expect("text");
    assert_eq!(numbers(&notes), (1..=10).collect::<Vec<_>>());
}

/// A site of ten pages that answers the first two, and then never.
#[cfg(unix)]
fn falls_silent() -> Site {
    let never: Vec<_> = (3..=10).map(|page| format!("{page}:never")).collect();
    site(10, "", &never.iter().map(String::as_str).collect::<Vec<_>>())
}

#[cfg(unix)]
#[test]
fn ctrl_c_once_gives_up_what_runs_and_keeps_what_is_done() {
    let (site, file) = (falls_silent(), file());
    let mut running = Program::new("lesson12", "ctrl-c --output").arg(&file).asking(&site).start();
    running.until_lines(2);
    site.wait_until("requests for three more", |record| record.arrived() == 5);
    running.interrupt();
    let ended = running.wait();
    assert_eq!(ended.status.code(), Some(130), "{ended:?}");
    assert!(ended.stdout.contains("\nInterrupted: 2 of 10\nTime: "), "{ended:?}");
    assert_eq!(numbers(&fs::read_to_string(file).expect("pages")), [1, 2]);
    let ended = outcomes(&site.ended());
    let given_up = |page| (page, Outcome::GivenUp);
    assert_eq!(ended, [(1, Outcome::Answered), (2, Outcome::Answered), given_up(3), given_up(4), given_up(5)]);
}

#[cfg(unix)]
#[test]
fn ctrl_c_twice_ends_what_does_not_end() {
    let (site, file) = (falls_silent(), file());
    // Whoever opens this pipe waits for somebody who reads.
    let made = process::Command::new("mkfifo").arg(&file).status().expect("mkfifo");
    assert!(made.success());
    let mut running = Program::new("lesson12", "ctrl-c --output").arg(&file).asking(&site).start();
    running.until_lines(2);
    site.wait_until("requests for three more", |record| record.arrived() == 5);
    running.interrupt();
    assert!(running.until_lines(3).ends_with("Interrupted: 2 of 10\n"));
    // The program may not listen yet at the first of these.
    for _ in 0..5 {
        running.interrupt();
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    let ended = running.wait();
    assert_eq!(ended.status.code(), Some(130), "{ended:?}");
    assert!(!ended.stdout.contains("Time: "), "{ended:?}");
}

#[test]
fn a_file_that_cannot_be_written_is_one_line() {
    let folder = file();
    fs::create_dir(&folder).expect("a folder");
    for form in ["token", "ctrl-c"] {
        let failed = Program::new("lesson12", form).args("--latency 0ms --output").arg(&folder).run().failed();
        assert!(failed.why.contains(" can't be written: ") && failed.why.ends_with("--output"), "{failed:?}");
    }
}
