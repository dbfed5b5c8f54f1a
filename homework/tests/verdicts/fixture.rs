//! A homework of the tests' own, and programs in Python for it.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::support::binary;

/// What the programs in Python have in common.
pub const PRELUDE: &str = r#"
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

/// A workspace with one homework, whose rules are `site` and `expect`. It is removed when it is dropped.
pub struct Homework(TempDir);

impl Homework {
    /// A homework whose site is described by `site`.
    pub fn new(name: &str, site: &str, expect: &str) -> Self {
        Self::of(name, &format!("[site]\n{site}\n{expect}"))
    }

    /// A homework with these rules.
    pub fn of(name: &str, rules: &str) -> Self {
        let root = tempfile::Builder::new().prefix(&format!("homework слова {name} ")).tempdir().unwrap();
        let lesson = root.path().join("lessons/01-words");
        fs::create_dir_all(&lesson).unwrap();
        fs::write(root.path().join("Cargo.toml"), "[workspace]\n").unwrap();
        let hints = "[[hints]]\nen = 'a'\nru = 'б'\n".repeat(3);
        let rules = format!("[task]\nen = 'Words'\nru = 'Слова'\n{rules}\n{hints}");
        fs::write(lesson.join("homework.toml"), rules).unwrap();
        Self(root)
    }

    /// Where its files are.
    pub fn folder(&self) -> &Path {
        self.0.path()
    }

    /// The checker on a command.
    pub fn check(&self, options: &[&str], command: &[&str]) -> Command {
        let mut checker = Command::new(binary());
        checker.args(["check", "1", "--lang", "en", "--patience", "4s"]).args(options).arg("--").args(command);
        checker.current_dir(self.folder()).env_remove("CARGO_MANIFEST_DIR").stdin(Stdio::null());
        checker
    }

    /// The result of judging a command.
    pub fn result(&self, command: &[&str]) -> Value {
        let ended = self.check(&["--json"], command).output().unwrap();
        let report: Value = serde_json::from_slice(&ended.stdout)
            .unwrap_or_else(|why| panic!("{why}: {}", String::from_utf8_lossy(&ended.stderr)));
        report["results"][0].clone()
    }

    /// What the site and the checker make of a program in Python: what it missed, and the whole result.
    pub fn judge(&self, program: &str) -> (Vec<String>, Value) {
        let path = self.folder().join("моя программа.py");
        fs::write(&path, format!("{PRELUDE}\n{program}")).unwrap();
        let result = self.result(&["python3", &path.to_string_lossy()]);
        let expectations = result["expectations"].as_array().unwrap();
        let missed = expectations.iter().filter(|one| one["status"] != "pass");
        (missed.map(|one| one["name"].as_str().unwrap().to_owned()).collect(), result)
    }

    /// Such a program passes.
    pub fn passes(&self, program: &str) {
        let (missed, result) = self.judge(program);
        assert_eq!((missed, &result["status"]), (Vec::new(), &Value::from("pass")), "{result:#}");
    }

    /// Such a program misses this expectation alone.
    pub fn fails(&self, expectation: &str, program: &str) {
        let (missed, result) = self.judge(program);
        assert_eq!(missed, [expectation], "{result:#}");
    }
}
