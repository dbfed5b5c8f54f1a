//! The words of homework.toml that no lesson's homework uses yet, each with a program that meets the expectation and one
//! that does not.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs, process};

use serde_json::Value;

use crate::support::has_python;

/// What the programs have in common.
const PRELUDE: &str = r#"
import os, sys, time, urllib.error, urllib.request
from concurrent.futures import ThreadPoolExecutor

prefix, pages = os.environ["PAGE_URL"], range(1, int(os.environ["PAGES"]) + 1)

def status_of(page, timeout=60):
    try:
        with urllib.request.urlopen(f"{prefix}{page}", timeout=timeout) as answer:
            answer.read()
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code

def post(page):
    try:
        urllib.request.urlopen(f"{prefix}{page}", data=b"")
    except urllib.error.HTTPError:
        pass

def say(page, status):
    print(f"Page: {page} Status: {status}", flush=True)
"#;

/// A workspace with one homework, whose rules are `site` and `expect`.
struct Homework(PathBuf);

impl Homework {
    fn new(name: &str, site: &str, expect: &str) -> Self {
        let root = env::temp_dir().join(format!("homework слова {name} {}", process::id()));
        let lesson = root.join("lessons/01-words");
        fs::create_dir_all(&lesson).unwrap();
        fs::write(root.join("Cargo.toml"), "[workspace]\n").unwrap();
        let hints = "[[hints]]\nen = 'a'\nru = 'б'\n".repeat(3);
        let rules = format!("[task]\nen = 'Words'\nru = 'Слова'\n[site]\n{site}\n{expect}\n{hints}");
        fs::write(lesson.join("homework.toml"), rules).unwrap();
        Self(root)
    }

    /// What the site and the checker make of a program: what it missed, and the whole result.
    fn judge(&self, program: &str) -> (Vec<String>, Value) {
        let path = self.0.join("моя программа.py");
        fs::write(&path, format!("{PRELUDE}\n{program}")).unwrap();
        let ended = checker(&self.0).arg(&path).output().unwrap();
        let report: Value = serde_json::from_slice(&ended.stdout)
            .unwrap_or_else(|why| panic!("{why}: {}", String::from_utf8_lossy(&ended.stderr)));
        let result = report["results"][0].clone();
        let expectations = result["expectations"].as_array().unwrap();
        let missed = expectations.iter().filter(|one| one["status"] != "pass");
        (missed.map(|one| one["name"].as_str().unwrap().to_owned()).collect(), result)
    }

    fn passes(&self, program: &str) {
        let (missed, result) = self.judge(program);
        assert_eq!(missed, Vec::<String>::new(), "{result:#}");
    }

    fn fails(&self, expectation: &str, program: &str) {
        let (missed, result) = self.judge(program);
        assert_eq!(missed, [expectation], "{result:#}");
    }
}

impl Drop for Homework {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn checker(root: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_homework"));
    command.args(["check", "1", "--json", "--patience", "8s", "--", "python3"]);
    command.current_dir(root).env_remove("CARGO_MANIFEST_DIR").stdin(Stdio::null());
    command
}

#[test]
fn attempts_at_a_page_that_fails_first() {
    if !has_python() {
        return;
    }
    let homework = Homework::new(
        "attempts",
        "pages = [4]\nlatency = '0ms'\nfaults = ['any:fail-first=2,retry-after=1']",
        "[expect.each-page-once]\n[expect.attempts]\nexactly = 3\napart = '1s'\n[expect.lines]\norder = 'pages'\n\
         [expect.exit]\nsuccess = true",
    );
    let with_pause = |pause: &str, attempts: u32| {
        format!(
            "for page in pages:\n    for _ in range({attempts}):\n        status = status_of(page)\n        \
             if status != 503: break\n        time.sleep({pause})\n    say(page, status)\n"
        )
    };
    homework.passes(&with_pause("1.1", 3));
    homework.fails("attempts", &with_pause("0", 3));
    // A lower bound is one: more attempts than are allowed come as soon as the fault is over, so fewer are tried.
    homework.fails("attempts", &with_pause("1.1", 2));
}

#[test]
fn a_page_that_is_never_answered() {
    if !has_python() {
        return;
    }
    let homework = Homework::new(
        "never",
        "pages = [4]\nhold = 2\nanswer = 'one-for-one'\nfaults = ['any:never']",
        "[expect.each-page-once]\n[expect.in-flight]\nreaches = 2\nat-most = 2\n[expect.kept-full]\n[expect.given-up]\n\
         [expect.lines]\norder = 'any'\n[expect.exit]\nsuccess = false",
    );
    let with_timeout = |timeout: &str| {
        format!(
            "failed = False\ndef work(page):\n    global failed\n    try:\n        say(page, status_of(page, {timeout}))\n    \
             except OSError:\n        failed = True\n\nwith ThreadPoolExecutor(2) as pool:\n    list(pool.map(work, pages))\n\
             sys.exit(failed)\n"
        )
    };
    homework.passes(&with_timeout("2"));
    let (missed, result) = homework.judge(&with_timeout("None"));
    assert_eq!(missed, ["given-up", "exit"], "{result:#}");
}

#[test]
fn nothing_after_the_first_failure() {
    if !has_python() {
        return;
    }
    let homework = Homework::new(
        "failure",
        "pages = [6]\nhold = 1\nanswer = 'one-for-one'\norder = 'forwards'\nfaults = ['3:500']",
        "[expect.nothing-after-failure]\n[expect.page-order]\n[expect.exit]\nsuccess = false",
    );
    homework.passes(
        "for page in pages:\n    status = status_of(page)\n    say(page, status)\n    if status >= 400: sys.exit(1)\n",
    );
    homework.fails(
        "nothing-after-failure",
        "statuses = [status_of(page) for page in pages]\nsys.exit(any(status >= 400 for status in statuses))\n",
    );
}

#[test]
fn pages_that_break_off_and_pages_that_drip() {
    if !has_python() {
        return;
    }
    let homework = Homework::new(
        "cut",
        "pages = [5]\nhold = 1\nanswer = 'after-its-line'\norder = 'forwards'\nfaults = ['any:cut', 'any:drip=300ms']",
        "[expect.each-page-once]\n[expect.lines]\norder = 'pages'\n[expect.line-at-once]\n[expect.exit]\nsuccess = true",
    );
    homework.passes(
        "for page in pages:\n    try:\n        say(page, status_of(page))\n    except Exception:\n        pass\n",
    );
    homework.fails(
        "lines",
        "for page in pages:\n    try:\n        say(page, status_of(page))\n    except Exception:\n        say(page, 200)\n",
    );
}

#[test]
fn a_request_that_nobody_asked_for() {
    if !has_python() {
        return;
    }
    let homework = Homework::new(
        "extra",
        "pages = [2]\nlatency = '0ms'",
        "[expect.each-page-once]\n[expect.exit]\nsuccess = true",
    );
    homework.passes("for page in pages: status_of(page)\n");
    homework.fails("each-page-once", "for page in pages: status_of(page)\nstatus_of('3')\n");
    homework.fails("each-page-once", "for page in pages: status_of(page)\npost('1')\n");
}
