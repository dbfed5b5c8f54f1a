//! The site as a program: what it prints, what it writes, and what it says when something is wrong.

#![expect(clippy::disallowed_methods, reason = "tests wait")]

#[path = "support/running.rs"]
mod running;
mod support;

use std::net::TcpListener;
use std::path::PathBuf;
use std::{env, fs, process};

#[cfg(unix)]
use running::program;
use running::{Running, command};
use serde_json::Value;
#[cfg(unix)]
use support::exchange;
use support::{get, status};

/// The one line that a refused command line is answered with.
fn refusal(arguments: &[&str]) -> String {
    let output = command(arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{arguments:?}");
    assert!(output.stdout.is_empty());
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
    stderr.trim_end().strip_prefix("Error: ").expect("an error").to_owned()
}

/// A folder of its own for a test.
fn folder(name: &str) -> PathBuf {
    let folder = env::temp_dir().join(format!("site-{name}-{}", process::id()));
    fs::create_dir_all(&folder).unwrap();
    folder
}

#[test]
fn the_first_line_is_the_prefix_alone() {
    let site = Running::start(&[]);
    let answer = get(site.address(), "/search/all/?page=1");
    assert_eq!(status(&answer), 200);
}

#[test]
fn the_second_line_is_the_databases_url() {
    let site = Running::start(&["--database-port", "0", "--statement-fault", "insert 1: 40001"]);
    let url = site.database_url();
    assert!(url.starts_with("postgres://practice@127.0.0.1:") && url.ends_with("/practice"), "{url}");
    assert!(refusal(&["--statement-fault", "insert 0: close"]).contains("numbered from 1"));
    assert!(
        refusal(&["--database", "--statement-latency", "1s", "--statement-gate", "in-flight=2"]).contains("a gate")
    );
}

#[cfg(unix)]
#[test]
fn both_signals_end_it_with_log_and_har_written() {
    for signal in ["-INT", "-TERM"] {
        let folder = folder(signal);
        let (log, har) = (folder.join("log.jsonl"), folder.join("log.har"));
        let site = Running::start(&[
            "--log",
            log.to_str().unwrap(),
            "--har",
            har.to_str().unwrap(),
            "--latency",
            "0s",
            "--fault",
            "2:404",
            "--fault",
            "3:reset",
            "--lang",
            "en",
        ]);
        for page in 1..=3 {
            get(site.address(), &format!("/search/all/?page={page}"));
        }
        let authority = site.address().to_string();
        let (ended, stderr) = site.stop(signal);
        assert_eq!(ended.code(), Some(0), "{stderr}");
        assert!(stderr.contains("3 requests"), "{stderr}");

        let lines = fs::read_to_string(&log).unwrap();
        let seen: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(seen.len(), 3);
        let keys: Vec<_> = seen[0].as_object().unwrap().keys().cloned().collect();
        let mut expected = [
            "id",
            "page",
            "car",
            "attempt",
            "client",
            "connection",
            "method",
            "path",
            "user_agent",
            "arrived_us",
            "gated",
            "released_us",
            "due_us",
            "answered_us",
            "finished_us",
            "status",
            "bytes",
            "outcome",
        ];
        expected.sort_unstable();
        assert_eq!(keys, expected);
        let outcomes: Vec<_> = seen.iter().map(|seen| (seen["status"].as_u64(), seen["outcome"].as_str())).collect();
        assert_eq!(outcomes, [(Some(200), Some("answered")), (Some(404), Some("answered")), (None, Some("reset"))]);

        let har: Value = serde_json::from_slice(&fs::read(&har).unwrap()).unwrap();
        let entries = har["log"]["entries"].as_array().unwrap();
        assert_eq!((entries.len(), har["log"]["version"].as_str()), (3, Some("1.2")));
        assert_eq!(entries[1]["request"]["url"], format!("http://{authority}/search/all/?page=2"));
        assert_eq!(entries[1]["request"]["queryString"][0]["value"], "2");
        assert_eq!(entries[2]["response"]["status"], 0);
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 2, "nothing half-written is left");
        fs::remove_dir_all(folder).unwrap();
    }
}

/// Waits until a file has so many lines.
fn wait_for_lines(file: &std::path::Path, lines: usize) {
    let began = std::time::Instant::now();
    while fs::read_to_string(file).unwrap().matches('\n').count() < lines {
        assert!(began.elapsed() < support::PATIENCE, "{}", fs::read_to_string(file).unwrap());
        std::thread::yield_now();
    }
}

#[test]
fn what_had_ended_is_in_the_log_when_it_is_killed() {
    use std::io::Write;

    let folder = folder("killed");
    let log = folder.join("log.jsonl");
    fs::write(&log, "of an earlier run, and longer than what comes first\n".repeat(20)).unwrap();
    let site = Running::start(&["--latency", "0s", "--fault", "1:never", "--log", log.to_str().unwrap()]);
    let mut held = support::connect(site.address());
    held.write_all(b"GET /search/all/?page=1 HTTP/1.1\r\nHost: s\r\n\r\n").unwrap();
    for page in 2..=4 {
        get(site.address(), &format!("/search/all/?page={page}"));
    }
    wait_for_lines(&log, 3);
    drop(site);
    let lines = fs::read_to_string(&log).unwrap();
    let pages: Vec<_> =
        lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["page"].as_u64().unwrap()).collect();
    assert_eq!(pages, [2, 3, 4]);
    fs::remove_dir_all(folder).unwrap();
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_said_once_and_keeps_nobody_from_asking() {
    let site = Running::start(&["--latency", "0s", "--log", "/dev/full"]);
    for page in 1..=3 {
        assert_eq!(status(&get(site.address(), &format!("/search/all/?page={page}"))), 200);
    }
    let (ended, stderr) = site.stop("-INT");
    assert_eq!(ended.code(), Some(1));
    let errors: Vec<_> = stderr.lines().filter(|line| line.starts_with("Error: ")).collect();
    let why = "Error: /dev/full can't be written: No space left on device (os error 28)";
    assert_eq!(
        errors,
        [format!("{why}; the site goes on"), format!("{why}; exchanges that are missing there: 3")],
        "{stderr}"
    );
}

#[cfg(unix)]
#[test]
fn a_har_has_what_was_half_sent_or_held() {
    use std::io::{Read, Write};

    let folder = folder("half-sent");
    let har = folder.join("log.har");
    let site = Running::start(&["--fault", "3:drip=1h", "--fault", "4:never", "--har", har.to_str().unwrap()]);
    let mut streams = [3, 4].map(|page| {
        let mut stream = support::connect(site.address());
        write!(stream, "GET /search/all/?page={page} HTTP/1.1\r\nHost: s\r\n\r\n").unwrap();
        stream
    });
    streams[0].read_exact(&mut [0; 100]).unwrap();
    exchange(site.address(), b"OPTIONS * HTTP/1.1\r\nHost: s\r\nConnection: close\r\n\r\n");
    let authority = site.address().to_string();
    let (ended, stderr) = site.stop("-INT");
    assert_eq!(ended.code(), Some(0), "{stderr}");
    let har: Value = serde_json::from_slice(&fs::read(&har).unwrap()).unwrap();
    let entries = har["log"]["entries"].as_array().unwrap();
    let mut statuses: Vec<_> = entries.iter().map(|entry| entry["response"]["status"].as_u64().unwrap()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [0, 200, 405]);
    assert!(entries.iter().any(|entry| entry["request"]["url"] == format!("http://{authority}/*")), "{entries:?}");
    fs::remove_dir_all(folder).unwrap();
}

#[cfg(unix)]
#[test]
fn no_terminal_is_too_wide() {
    let mut command = command(&["--bind", "127.0.0.1:0", "--latency", "0s"]);
    let site = Running::start_as(command.env("COLUMNS", "70000"));
    assert_eq!(status(&get(site.address(), "/search/all/?page=1")), 200);
    let (ended, stderr) = site.stop("-INT");
    assert_eq!(ended.code(), Some(0), "{stderr}");
}

/// Started as by `nohup`, it goes on when its terminal is closed.
#[cfg(unix)]
#[tokio::test]
async fn a_hangup_that_was_to_be_ignored_is_ignored() {
    let mut command = process::Command::new("sh");
    command.args(["-c", "trap '' HUP; exec \"$0\" \"$@\""]).arg(program()).args(["--bind", "127.0.0.1:0"]);
    command.stdin(process::Stdio::null()).stdout(process::Stdio::piped()).stderr(process::Stdio::piped());
    let site = Running::start_as(&mut command);
    site.signal("-HUP");
    assert_eq!(status(&get(site.address(), "/search/all/?page=1")), 200);
    let (ended, stderr) = site.stop("-TERM");
    assert_eq!(ended.code(), Some(0), "{stderr}");
    // Otherwise it ends the site as Ctrl-C does. A signal that this process handles is not ignored in those that it
    // starts, even if these tests run under `nohup`.
    let _handled = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup()).unwrap();
    assert_eq!(Running::start(&[]).stop("-HUP").0.code(), Some(0));
}

#[cfg(unix)]
#[test]
fn held_answers_do_not_keep_it_from_ending() {
    use std::io::Write;

    let folder = folder("held");
    let log = folder.join("log.jsonl");
    let site = Running::start(&["--fault", "1:never", "--log", log.to_str().unwrap()]);
    let mut held = support::connect(site.address());
    held.write_all(b"GET /search/all/?page=1 HTTP/1.1\r\nHost: s\r\n\r\n").unwrap();
    // An answer to a later request shows that the earlier one has been read.
    get(site.address(), "/");
    let (ended, _) = site.stop("-INT");
    assert_eq!(ended.code(), Some(0));
    assert!(fs::read_to_string(&log).unwrap().contains("\"outcome\":\"held\""));
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_client_has_no_more_in_flight_than_it_may() {
    use std::io::Write;

    let site = Running::start(&["--latency", "0s", "--fault", "1:never", "--per-client", "1"]);
    let mut held = support::connect(site.address());
    held.write_all(b"GET /search/all/?page=1 HTTP/1.1\r\nHost: s\r\n\r\n").unwrap();
    // An answer to a later request shows that the earlier one has been read.
    get(site.address(), "/");
    let ask = || get(site.address(), "/search/all/?page=2");
    let refused = ask();
    assert_eq!(status(&refused), 429);
    assert!(refused.contains("\r\nretry-after: 1\r\n"), "{refused}");
    drop(held);
    // The site sees its end a moment later.
    assert!(std::iter::repeat_with(ask).any(|answer| status(&answer) == 200));
}

#[cfg(unix)]
#[test]
fn it_says_where_it_can_be_reached() {
    let stderr_of = |address: &str| {
        let site = Running::start(&["--bind", address, "--lang", "en"]);
        let port = site.address().port().to_string();
        (site.stop("-INT").1, port)
    };
    assert!(!stderr_of("127.0.0.1:0").0.contains("Whoever"));
    let (stderr, port) = stderr_of("0.0.0.0:0");
    let given = stderr.lines().skip_while(|line| !line.starts_with("Whoever can reach this machine")).skip(1);
    for prefix in given.take_while(|line| line.starts_with("  ")) {
        assert!(prefix.starts_with("  http://") && prefix.ends_with(&format!(":{port}/search/all/?page=")), "{stderr}");
        assert!(!prefix.contains("127.0.0.1"), "{stderr}");
    }
}

#[test]
fn a_scenario_can_come_from_a_file() {
    let folder = folder("scenario");
    let file = folder.join("scenario.toml");
    fs::write(&file, "pages = 2\nlatency = '0s'\nfaults = ['2:410']\n").unwrap();
    let site = Running::start(&["--scenario", file.to_str().unwrap()]);
    for (page, expected) in [(1, 200), (2, 410), (3, 404)] {
        assert_eq!(status(&get(site.address(), &format!("/search/all/?page={page}"))), expected);
    }
    // Options override what the file says.
    let site = Running::start(&["--scenario", file.to_str().unwrap(), "--pages", "3"]);
    assert_eq!(status(&get(site.address(), "/search/all/?page=3")), 200);

    fs::write(&file, "pages = 2\n\nlatency = 'soon'\n").unwrap();
    let why = refusal(&["--scenario", file.to_str().unwrap()]);
    assert_eq!(why, format!("{}:3: 'soon' is no length of time: write it like 300ms or 2s", file.display()));
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn the_example_scenario_is_a_scenario() {
    let text = include_str!("example.toml");
    let scenario = site::Scenario::from_toml(text, "example.toml").unwrap();
    assert_eq!((scenario.seed, scenario.faults.len()), (7, 6));
}

#[test]
fn what_is_wrong_is_said_in_one_line() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    let cases: &[(&[&str], &str)] = &[
        (&["--bind", &taken], "is in use: end what listens there, or choose another port with --bind (0 finds one)"),
        (&["--per-client", "0"], "a whole number from 1 is needed"),
        (&["--bind", "8080"], "an address and a port are needed, like 127.0.0.1:8080"),
        (&["--bind", "192.0.2.1:80"], "can't be listened on"),
        (&["--pages", "0"], "a whole number from 1 is needed"),
        (&["--pages", "-3"], "a whole number from 1 is needed"),
        (&["--latency", "300ms..100ms"], "an empty range: 300ms is more than 100ms; turn it round"),
        (&["--seed", "x"], "invalid value 'x' for '--seed <N>'"),
        (&["--gate", "in-flight=11"], "a gate that waits for 11 pages in flight never opens: the last page is 10"),
        (&["--gate", "quiet=1s", "--latency", "1s"], "a gate decides when to answer"),
        (&["--fault", "11:never"], "a fault on page 11, but the last page is 10"),
        (&["--scenario", "no-such.toml"], "no-such.toml can't be read"),
        (&["--log", "no-such.log", "--har", "./../site/no-such.log"], "--log and --har can't both write no-such.log"),
        (&["--connections-per-client", "0"], "a whole number from 1 is needed"),
        (&["--gate", "quiet=500000000000years"], "'500000000000years' is more than a day"),
        (&["--fault", "3:drip=25h"], "'25h' is more than a day"),
        (&["--latency", "details/7:1s"], "a latency on details/7, but no page has that car with seed 1"),
        (&["--latency", "1s", "--latency", "2s"], "two latencies for all pages: one is needed"),
        (&["--pages", "4294967295"], "more than 214748364 pages: the cars' ids would repeat"),
        (&["--bind", "127.0.0.1:0", "--log", "no-such-folder/log"], "its folder is not there; create it first"),
        (&["--har", "."], "it is a folder; give a file's name"),
        (&["--lang", "de"], "'de' is not one of the course's languages: en, ru"),
        (&["--frobnicate"], "unexpected argument '--frobnicate' found"),
    ];
    for (arguments, expected) in cases {
        let why = refusal(arguments);
        assert!(why.contains(expected), "{arguments:?}: {why}");
    }
}
