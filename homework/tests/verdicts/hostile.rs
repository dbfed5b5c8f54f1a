//! A hostile or broken program hurts nobody: for each there is a verdict in bounded time, and nothing is left over.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use std::{env, fs, process, thread};

use serde_json::{Value, json};

use crate::support::{Candidate, checker, package};

/// What a program must not have cost, the checker's own time included: far more than patience, far less than forever.
const BOUND: Duration = Duration::from_mins(2);

/// A shell's script to be judged. `MARK` in it is a number of seconds that no other program has as its argument.
struct Hostile {
    script: String,
    mark: String,
    /// Where the checker makes the program's folder.
    temporary: PathBuf,
}

impl Hostile {
    fn new(script: &str) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = process::id() * 100 + NEXT.fetch_add(1, Ordering::Relaxed);
        let mark = format!("9{number}.25");
        let temporary = env::temp_dir().join(format!("homework hostile {number}"));
        fs::create_dir_all(&temporary).unwrap();
        let folder = package().join("tests/hostile");
        let script = script.replace("MARK", &mark).replace("HOSTILE", &folder.to_string_lossy());
        Self { script, mark, temporary }
    }

    fn checker(&self, patience: &str) -> Command {
        let candidate = Candidate {
            lesson: "03".to_owned(),
            command: ["sh", "-c", &self.script].map(str::to_owned).to_vec(),
            misses: ["exit".to_owned()].into(),
            ..Candidate::default()
        };
        let mut checker = checker(&candidate, &["--patience", patience]);
        checker.env("TMPDIR", &self.temporary);
        checker
    }

    fn leaves_nothing(&self) {
        let left: Vec<_> = fs::read_dir(&self.temporary).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert!(left.is_empty(), "{} left {left:?}", self.script);
        fs::remove_dir(&self.temporary).unwrap();
        assert_eq!(running(&self.mark), Vec::<String>::new(), "{}", self.script);
    }
}

/// Runs a hostile program, and gives the result once nothing is left of it.
fn judged(script: &str) -> Value {
    judged_with_patience(script, "2s")
}

fn judged_with_patience(script: &str, patience: &str) -> Value {
    let hostile = Hostile::new(script);
    let began = Instant::now();
    let ended = hostile.checker(patience).output().unwrap();
    assert!(began.elapsed() < BOUND, "{script}");
    let said = String::from_utf8_lossy(&ended.stdout);
    let report: Value = serde_json::from_str(&said).unwrap_or_else(|why| panic!("{script}: {why}: {ended:?}"));
    let result = report["results"][0].clone();
    assert_eq!((&result["status"], ended.status.code()), (&json!("fail"), Some(1)), "{script}: {result:#}");
    hostile.leaves_nothing();
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
    let found = Command::new("pgrep").args(["-fl", mark]).output().expect("pgrep");
    String::from_utf8_lossy(&found.stdout).lines().map(str::to_owned).collect()
}

fn end(script: &str) -> Value {
    judged(script)["run"]["end"].clone()
}

/// A program that is busy without end is stopped for that, or for silence where the machine gives it no core.
fn is_stopped(end: &Value) {
    assert!(end["how"] == "too_long" || end["how"] == "silent", "{end}");
}

#[test]
fn an_endless_loop() {
    is_stopped(&judged_with_patience("while :; do :; done", "1s")["run"]["end"]);
}

#[test]
fn endless_output() {
    let result = judged_with_patience("exec yes 'Page: 1 Status: 200'", "1s");
    is_stopped(&result["run"]["end"]);
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
    assert_eq!(lines["status"], "unknown", "it is no page's line");
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

#[test]
#[cfg(unix)]
fn one_whose_check_is_interrupted() {
    let hostile = Hostile::new("sleep MARK & : > started; trap '' INT; sleep MARK");
    let mut checker = hostile.checker("2m").stdout(Stdio::piped()).spawn().unwrap();
    let started = || {
        let folders = fs::read_dir(&hostile.temporary).unwrap().flatten();
        folders.into_iter().any(|folder| folder.path().join("started").exists())
    };
    let began = Instant::now();
    while !started() {
        assert!(began.elapsed() < BOUND && checker.try_wait().unwrap().is_none(), "it never began");
        #[expect(clippy::disallowed_methods, reason = "tests wait")]
        thread::sleep(Duration::from_millis(10));
    }
    rustix::process::kill_process(rustix::process::Pid::from_child(&checker), rustix::process::Signal::INT).unwrap();
    assert_eq!(checker.wait_with_output().unwrap().status.code(), Some(130));
    hostile.leaves_nothing();
}
