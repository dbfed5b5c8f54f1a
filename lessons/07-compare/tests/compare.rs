//! The comparison with programs of this test's own: this very executable, started again as one of the `program_..` below.

#![expect(clippy::disallowed_methods, reason = "nothing here is asynchronous")]

use std::env;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::Duration;

use serde_json::Value;

/// How long to wait for what should come.
const PATIENCE: Duration = Duration::from_mins(2);
const HERE: &str = "HERE";

// The programs. Without the environment that the comparison gives them they do nothing.

/// Asks for one page after another.
#[test]
#[ignore = "a program for the other tests"]
fn program_in_turn() {
    let Some((url, pages)) = task() else { return };
    println!();
    (1..=pages).for_each(|page| println!("{}", fetch(&url, page)));
    println!("Time: 0.5");
}

/// Asks for all pages at once, with 100 MB in use.
#[test]
#[ignore = "a program for the other tests"]
fn program_at_once() {
    let Some((url, pages)) = task() else { return };
    let memory = std::hint::black_box(vec![1u8; 100_000_000]);
    println!();
    thread::scope(|scope| {
        for page in 1..=pages {
            let url = &url;
            scope.spawn(move || println!("{}", fetch(url, page)));
        }
    });
    assert_eq!(memory[memory.len() / 2], 1);
    println!("Time: 0.5");
}

/// Says that it has all pages, but asked for none.
#[test]
#[ignore = "a program for the other tests"]
fn program_that_lies() {
    let Some((_, pages)) = task() else { return };
    println!();
    (1..=pages).for_each(|page| println!("Page: {page} Status: 200"));
    println!("Time: 0.0");
}

/// Leaves the last page out.
#[test]
#[ignore = "a program for the other tests"]
fn program_that_leaves_one_out() {
    let Some((url, pages)) = task() else { return };
    println!();
    (1..pages).for_each(|page| println!("{}", fetch(&url, page)));
    println!("Time: 0.5");
}

/// Fails, and says why.
#[test]
#[ignore = "a program for the other tests"]
fn program_that_fails() {
    if task().is_some() {
        eprintln!("Error: the dog ate page 1\n");
        std::process::exit(3);
    }
}

/// Connects to this test, starts itself again, and never ends.
#[test]
#[ignore = "a program for the other tests"]
fn program_that_hangs() {
    if task().is_none() {
        return;
    }
    let _connection = TcpStream::connect(env::var(HERE).unwrap()).unwrap();
    if env::var_os("CHILD").is_none() {
        let me = env::current_exe().unwrap();
        Command::new(me).args(env::args_os().skip(1)).env("CHILD", "1").status().unwrap();
    }
    loop {
        thread::park();
    }
}

fn task() -> Option<(String, u32)> {
    Some((env::var("PAGE_URL").ok()?, env::var("PAGES").ok()?.parse().ok()?))
}

/// The line for a page, which was asked for with the least of HTTP.
fn fetch(url: &str, page: u32) -> String {
    let (host, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    write!(stream, "GET /{path}{page} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let answer = String::from_utf8(answer).unwrap();
    let status = answer.split(' ').nth(1).unwrap();
    format!("Page: {page} Status: {status}")
}

// The tests.

/// Lesson 07 with programs of this test, and none of the course's own.
fn compare(programs: &[&str]) -> Command {
    let me = env::current_exe().unwrap();
    let mut command = Command::new(testing::executable("lesson07"));
    command.args(["--only", "none", "--runs", "2", "--latency", "1ms..20ms", "--lang", "en"]);
    for program in programs {
        let me = me.to_str().unwrap();
        command.args(["--with", &format!("\"{me}\" --ignored --exact --nocapture {program}")]);
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn ended_well(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn figures_are_what_the_programs_did() {
    let output = compare(&["program_in_turn", "program_at_once"]).args(["--json", "--sizes", "4,2"]).output().unwrap();
    let results: Value = serde_json::from_str(&ended_well(&output)).unwrap();
    assert_eq!(results["runs"], 2);
    for (size, pages) in results["sizes"].as_array().unwrap().iter().zip([2, 4]) {
        assert_eq!(size["pages"], pages);
        for program in size["programs"].as_array().unwrap() {
            assert_eq!(program["failure"], Value::Null);
            assert_eq!(program["runs"].as_array().unwrap().len(), 2);
        }
        let [in_turn, at_once] = [0, 1].map(|program| &size["programs"][program]["median"]);
        let number = |figure: &Value| figure.as_u64().unwrap();
        // What it shares with its parent in memory is not its own.
        if number(&at_once["peak_memory_bytes"]) > 0 {
            assert!(number(&at_once["peak_memory_bytes"]) > 100_000_000);
            assert!(number(&in_turn["peak_memory_bytes"]) < 100_000_000);
        }
        assert_eq!((number(&in_turn["connections"]), number(&in_turn["peak_in_flight"])), (pages, 1));
        assert_eq!(number(&at_once["connections"]), pages);
        for run in [in_turn, at_once] {
            // A page takes at least a millisecond; those that are asked for in turn, each.
            let least = if number(&run["peak_in_flight"]) == 1 { pages * 1000 } else { 1000 };
            assert!(number(&run["floor_us"]) >= least);
            assert!(number(&run["time_us"]) >= number(&run["floor_us"]));
        }
    }
    let shown = String::from_utf8(output.stderr).unwrap();
    assert!(shown.contains("2 pages") && shown.contains("4 pages"), "{shown}");
}

#[test]
fn a_failure_is_shown_and_the_comparison_goes_on() {
    let programs =
        ["program_that_fails", "program_that_lies", "program_that_leaves_one_out", "no_such_test", "program_in_turn"];
    let mut command = compare(&programs);
    let output = command.args(["--pages", "3", "--with", "no-such-program"]).output().unwrap();
    let shown = ended_well(&output);
    for why in [
        "program_that_fails: Error: the dog ate page 1",
        "program_that_lies: the site answered 0 requests, not 3",
        "program_that_leaves_one_out: no line 'Page: 3 Status: ..' (1 of 3 are missing)",
        "no_such_test: no line 'Page: 1 Status: ..' (3 of 3 are missing)",
        "no-such-program: ",
    ] {
        assert!(shown.contains(why), "{why}: {shown}");
    }
    assert!(!shown.contains("program_in_turn: "), "{shown}");
    assert_eq!(shown.matches(" failed").count(), 5, "{shown}");
}

#[test]
fn what_hangs_is_stopped_with_all_that_it_started() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let here = listener.local_addr().unwrap().to_string();
    // On a machine that is so busy that the programs have not even begun, it is tried again with more patience.
    for patience in ["2s", "10s", "50s", "250s"] {
        let mut command = compare(&["program_that_hangs"]);
        let output = command.args(["--patience", patience]).env(HERE, &here).output().unwrap();
        let shown = ended_well(&output);
        assert!(shown.contains("stopped after "), "{shown}");
        listener.set_nonblocking(true).unwrap();
        let connections: Vec<_> = listener.incoming().map_while(Result::ok).collect();
        if connections.len() == 2 {
            wait_for_ends(if cfg!(unix) { connections } else { Vec::new() });
            return;
        }
    }
    panic!("the programs never began");
}

#[test]
fn when_the_comparison_is_killed_nothing_runs_on() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let here = listener.local_addr().unwrap().to_string();
    let mut command = compare(&["program_that_hangs"]);
    let mut lesson = command.args(["--patience", "1h"]).env(HERE, here).spawn().unwrap();
    let connections = accept(&listener);
    lesson.kill().unwrap();
    wait_for_ends(connections);
    lesson.wait().unwrap();
}

/// The hanging program and the one that it started. Elsewhere than on Unix only the first is stopped.
fn accept(listener: &TcpListener) -> Vec<TcpStream> {
    let all: Vec<_> = (0..2).map(|_| listener.accept().unwrap().0).collect();
    if cfg!(unix) { all } else { Vec::new() }
}

/// A connection ends when the process at its other end does.
fn wait_for_ends(connections: Vec<TcpStream>) {
    for mut connection in connections {
        connection.set_read_timeout(Some(PATIENCE)).unwrap();
        match connection.read(&mut [0]) {
            Ok(size) => assert_eq!(size, 0),
            Err(why) => assert_eq!(why.kind(), std::io::ErrorKind::ConnectionReset),
        }
    }
}

#[test]
fn the_chart_is_written() {
    let folder = env::temp_dir().join(format!("lesson07-chart-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    for (name, sizes) in [("bars.svg", "3"), ("lines.svg", "1,2,3")] {
        let path = folder.join(name);
        ended_well(&compare(&["program_in_turn"]).args(["--sizes", sizes, "--svg"]).arg(&path).output().unwrap());
        let svg = std::fs::read_to_string(&path).unwrap();
        testing::assert_svg(&svg);
        assert!(svg.contains("time, s") && svg.contains("peak memory, MB"), "{svg}");
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn what_can_not_be_is_said_in_one_line() {
    // Not in the course's folder, as far as cargo or the current folder tell.
    let elsewhere = env::temp_dir();
    for (arguments, why) in [
        (&["--only", "none"][..], "there is nothing to compare: name a program with --only or --with"),
        (&["--only", "requests"], "is not in the course's folder: go there first (cd)"),
        (&["--only", "07"], "known are 01 to 06, requests, httpx, aiohttp, and none"),
        (&["--runs", "0"], "a whole number from 1 is needed"),
        (&["--pages", "0"], "a whole number from 1 is needed"),
        (&["--sizes", "10,ten"], "a whole number from 1 is needed"),
        (&["--sizes", "10", "--pages", "10"], "cannot be used with"),
        (&["--with", "a 'b"], "a quote is not closed"),
        (&["--latency", "2s..1s"], "an empty range"),
        (&["--patience", "long"], "'long' is no length of time: write it like 300ms or 2s"),
        (&["--patience", "400000000000years"], "'400000000000years' is more than a day"),
        (&["--svg", "no-such-folder/a.svg", "--only", "none"], "its folder is not there"),
        (&["measure-one-program"], "measure-one-program is for this program's own use"),
    ] {
        let mut lesson = Command::new(testing::executable("lesson07"));
        lesson.args(arguments).current_dir(&elsewhere).env_remove("CARGO_MANIFEST_DIR");
        let output = lesson.output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {said}");
        assert!(said.contains(why) && said.starts_with("Error: "), "{arguments:?}: {said}");
        assert_eq!(said.lines().count(), 1, "{said}");
    }
}

/// Ctrl-C, as a terminal sends it to all processes of its group, and what other programs send.
#[cfg(unix)]
#[test]
fn an_interrupted_comparison_shows_what_it_has() {
    use rustix::process::Signal;

    [Signal::INT, Signal::TERM].into_iter().for_each(shows_what_it_has_after);
}

#[cfg(unix)]
fn shows_what_it_has_after(signal: rustix::process::Signal) {
    use std::io::{BufRead, BufReader};

    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let here = listener.local_addr().unwrap().to_string();
    let mut command = compare(&["program_in_turn", "program_that_hangs"]);
    let mut lesson = command.args(["--patience", "1h"]).env(HERE, here).spawn().unwrap();
    let connections = accept(&listener);
    let pid = rustix::process::Pid::from_child(&lesson);
    rustix::process::kill_process(pid, signal).unwrap();
    wait_for_ends(connections);
    let said: Vec<_> = BufReader::new(lesson.stderr.take().unwrap()).lines().map(Result::unwrap).collect();
    let output = lesson.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    assert!(said.iter().any(|line| line.starts_with("Interrupted")), "{said:?}");
    let row = String::from_utf8(output.stdout).unwrap();
    assert!(row.contains("program_in_turn"), "{row}");
}
