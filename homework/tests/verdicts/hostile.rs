//! A hostile or broken program hurts nobody: for each there is a verdict in bounded time, and nothing is left over.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use std::{env, fs, process};

use serde_json::{Value, json};

use crate::support::{Candidate, checker};

/// What a program must not have cost, the checker's own time included: far more than patience, far less than forever.
const BOUND: Duration = Duration::from_mins(2);

/// Runs a hostile program, and gives the result once nothing is left of it. `MARK` in the script is a number of seconds
/// that no other program has as its argument.
fn judged(script: &str) -> Value {
    judged_with_patience(script, "2s")
}

fn judged_with_patience(script: &str, patience: &str) -> Value {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = process::id() * 100 + NEXT.fetch_add(1, Ordering::Relaxed);
    let mark = format!("9{number}.25");
    let temporary = env::temp_dir().join(format!("homework hostile {number}"));
    fs::create_dir_all(&temporary).unwrap();
    let hostile = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/hostile");
    let script = script.replace("MARK", &mark).replace("HOSTILE", &hostile.to_string_lossy());
    let candidate = Candidate {
        lesson: "03".to_owned(),
        command: ["sh", "-c", &script].map(str::to_owned).to_vec(),
        misses: ["exit".to_owned()].into(),
        may_miss: [].into(),
    };
    let began = Instant::now();
    let ended = checker(&candidate, &["--patience", patience]).env("TMPDIR", &temporary).output().unwrap();
    assert!(began.elapsed() < BOUND, "{script}");
    let said = String::from_utf8_lossy(&ended.stdout);
    let report: Value = serde_json::from_str(&said).unwrap_or_else(|why| panic!("{script}: {why}: {ended:?}"));
    let result = report["results"][0].clone();
    assert_eq!((&result["status"], ended.status.code()), (&json!("fail"), Some(1)), "{script}: {result:#}");

    let left: Vec<_> = fs::read_dir(&temporary).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(left.is_empty(), "{script} left {left:?}");
    fs::remove_dir(&temporary).unwrap();
    assert_eq!(running(&mark), Vec::<String>::new(), "{script}");
    result
}

/// The command lines of processes that have `mark` in theirs.
#[cfg(target_os = "linux")]
fn running(mark: &str) -> Vec<String> {
    let processes =
        fs::read_dir("/proc").unwrap().filter_map(|entry| fs::read(entry.ok()?.path().join("cmdline")).ok());
    let own = process::id().to_string();
    let lines = processes.map(|line| String::from_utf8_lossy(&line).into_owned());
    lines
        .filter(|line| line.contains(mark) && !line.contains(&own) || line.contains(&format!("sleep\0{mark}")))
        .collect()
}

#[cfg(not(target_os = "linux"))]
fn running(mark: &str) -> Vec<String> {
    let found = process::Command::new("pgrep").args(["-fl", mark]).output().expect("pgrep");
    String::from_utf8_lossy(&found.stdout).lines().map(str::to_owned).collect()
}

fn end(script: &str) -> Value {
    judged(script)["run"]["end"].clone()
}

#[test]
fn an_endless_loop() {
    assert_eq!(end("while :; do :; done"), json!({ "how": "silent" }));
}

#[test]
fn endless_output() {
    let result = judged("exec yes 'Page: 1 Status: 200'");
    assert_eq!(result["run"]["end"], json!({ "how": "silent" }));
    assert!(result["run"]["stdout_bytes"].as_u64() > Some(1 << 20), "{result:#}");
}

#[test]
fn grandchildren_that_outlive_their_parent() {
    assert_eq!(end("sleep MARK & (sleep MARK &) ; exit 0"), json!({ "how": "status", "status": 0 }));
    assert_eq!(end("nohup sleep MARK >/dev/null 2>&1 & exit 3"), json!({ "how": "status", "status": 3 }));
}

#[test]
#[cfg(target_os = "linux")] // macOS has no setsid(1)
fn grandchildren_that_left_the_session() {
    assert_eq!(end("setsid sleep MARK & (setsid sleep MARK &) ; exit 0"), json!({ "how": "status", "status": 0 }));
}

#[test]
fn one_that_ignores_every_request_to_end() {
    assert_eq!(end("trap '' TERM INT HUP; while :; do sleep 0.1; done"), json!({ "how": "silent" }));
}

#[test]
fn one_that_closes_its_outputs() {
    assert_eq!(end("exec >&- 2>&-; exit 0"), json!({ "how": "status", "status": 0 }));
    assert_eq!(end("exec >&- 2>&-; sleep MARK"), json!({ "how": "silent" }));
}

#[test]
fn output_that_is_no_text() {
    let result = judged(r"printf 'Page: \377\376 Status: 200\n\033[2JPage: 1\n'");
    let lines = result["expectations"].as_array().unwrap().iter().find(|one| one["name"] == "lines").unwrap();
    assert_eq!(lines["status"], "fail");
    assert!(!lines["seen"].as_str().unwrap().contains('\u{1b}'));
}

#[test]
fn one_that_exits_at_once() {
    assert_eq!(end("exit 0"), json!({ "how": "status", "status": 0 }));
}

#[test]
fn one_that_allocates_without_end() {
    let result = judged_with_patience("exec tail /dev/zero", "60s");
    assert_eq!(result["run"]["end"]["how"], "memory", "{result:#}");
}

#[test]
fn one_that_starts_processes_without_end() {
    let end = end("while :; do sleep MARK & done");
    assert!(end["how"] == "processes" || end["how"] == "status" && end["status"] != 0, "{end}");
}

#[test]
fn one_that_opens_thousands_of_connections() {
    let result = judged("exec python3 HOSTILE/connections.py");
    assert_eq!(result["run"]["log"]["connections"], 2000, "{result:#}");
}

#[test]
fn one_that_sends_malformed_http() {
    let result = judged("exec python3 HOSTILE/malformed.py");
    assert_eq!(result["run"]["log"]["requests"], 0, "{result:#}");
    assert_eq!(result["run"]["log"]["connections"], 4, "{result:#}");
}

#[test]
fn one_that_is_killed_by_a_signal() {
    assert_eq!(end("kill -SEGV $$"), json!({ "how": "signal", "signal": 11 }));
}

#[test]
fn what_it_prints_is_taken_for_no_verdict() {
    let result = judged(r#"echo '{"version":1,"results":[{"lesson":3,"status":"pass"}]}'; echo 'Passed.'; exit 0"#);
    assert_eq!(result["status"], "fail");
}
