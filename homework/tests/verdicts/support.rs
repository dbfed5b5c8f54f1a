//! What the tests of verdicts share: the programs to be judged, and running the checker on them.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{LazyLock, Mutex};
use std::{env, fs, thread};

use serde_json::Value;

/// Waiting for what a wrong program never does need not take long: a shorter patience can only fail it sooner.
pub const SHORT: [&str; 2] = ["--patience", "3s"];

/// What cargo tells a test when it runs: the folder may have been moved since it was compiled.
fn told(name: &str) -> PathBuf {
    env::var_os(name).unwrap_or_else(|| panic!("cargo does not say {name}")).into()
}

/// This package's folder.
pub fn package() -> PathBuf {
    told("CARGO_MANIFEST_DIR")
}

/// The workspace.
pub fn root() -> PathBuf {
    package().parent().expect("the workspace").to_owned()
}

/// The checker's program.
pub fn binary() -> PathBuf {
    told("CARGO_BIN_EXE_homework")
}

/// Where the programs are. Building them costs next to nothing when `cargo test --workspace` has just done it.
static PROGRAMS: LazyLock<PathBuf> = LazyLock::new(|| {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--workspace", "--bins", "--examples", "--quiet"]).current_dir(root());
    console::cargo::hide_own_variables(&mut cargo);
    assert!(cargo.status().expect("cargo").success(), "the homework's programs don't build");
    binary().parent().expect("a folder of programs").to_owned()
});

/// A program to be judged.
#[derive(Clone, Debug, Default)]
pub struct Candidate {
    pub lesson: String,
    pub command: Vec<String>,
    /// The expectations that it must miss; `one or another` where it depends on chance which.
    pub misses: BTreeSet<String>,
    /// Those that it may miss too, as a run is drawn; and no others.
    pub may_miss: BTreeSet<String>,
    /// The expectation that must be shown first, the true cause; several where it depends on how a run is drawn.
    pub shows_first: Option<String>,
    /// Words that must be in what is shown of that one.
    pub says: Option<String>,
}

impl Candidate {
    /// The expectations that it must or may miss.
    fn may_be_missed(&self) -> BTreeSet<&str> {
        self.misses.iter().chain(&self.may_miss).flat_map(|names| names.split(" or ")).collect()
    }
}

/// The numbers of the lessons with homework, as they are written in names, and their folders.
pub fn lessons() -> Vec<(String, PathBuf)> {
    let folders = fs::read_dir(root().join("lessons")).unwrap().map(|entry| entry.unwrap().path());
    let mut lessons: Vec<_> = folders
        .filter(|folder| folder.join("homework.toml").is_file())
        .map(|folder| (folder.file_name().unwrap().to_string_lossy()[..2].to_owned(), folder))
        .collect();
    lessons.sort();
    lessons
}

/// The path of a program that cargo has built.
pub fn program(name: &str) -> String {
    let name = format!("{name}{}", env::consts::EXE_SUFFIX);
    PROGRAMS.join(name).to_string_lossy().into_owned()
}

/// The solutions of all homework.
pub fn solutions() -> Vec<Candidate> {
    let solution = |(lesson, _): (String, PathBuf)| {
        let command = vec![program(&format!("solution{lesson}"))];
        Candidate { lesson, command, ..Candidate::default() }
    };
    lessons().into_iter().map(solution).collect()
}

/// The stubs, but for those that a learner has changed. They miss at least one expectation.
pub fn stubs() -> Vec<Candidate> {
    let untouched =
        |folder: &Path| fs::read_to_string(folder.join("homework.rs")).is_ok_and(|text| text.contains("todo!("));
    let stub = |(lesson, _): (String, PathBuf)| {
        let command = vec![program(&format!("homework{lesson}"))];
        Candidate { lesson, command, ..Candidate::default() }
    };
    lessons().into_iter().filter(|(_, folder)| untouched(folder)).map(stub).collect()
}

/// The wrong programs of all homework.
pub fn wrong() -> Vec<Candidate> {
    let mut wrong = Vec::new();
    for (lesson, folder) in lessons() {
        let mut names: Vec<PathBuf> =
            fs::read_dir(folder.join("wrong")).unwrap().map(|entry| entry.unwrap().path()).collect();
        names.sort();
        names.retain(|path| path.file_stem().is_some_and(|name| name != "main"));
        assert!(names.len() >= 4, "lesson {lesson} has only {} wrong programs", names.len());
        for path in names {
            let name = path.file_stem().unwrap().to_string_lossy().replace('_', "-");
            let command = vec![program(&format!("examples/wrong{lesson}")), name];
            let candidate = Candidate { lesson: lesson.clone(), command, ..stated(&path, "//!") };
            assert!(!candidate.misses.is_empty(), "{} does not say what it must fail", path.display());
            let allowed = candidate.may_be_missed();
            assert!(
                candidate
                    .shows_first
                    .as_ref()
                    .is_some_and(|names| names.split(", ").all(|name| allowed.contains(name))),
                "{} does not say which of what it misses is shown first",
                path.display()
            );
            wrong.push(candidate);
        }
    }
    wrong
}

/// Whether this machine has `tool`, which `probe` finds out; says so if not. Where `ALL_CLIENTS` is set, it must.
pub fn has(tool: &str, probe: &[&str]) -> bool {
    let ended = Command::new(probe[0]).args(&probe[1..]).stdout(Stdio::null()).stderr(Stdio::null()).status();
    let has = ended.is_ok_and(|status| status.success());
    assert!(has || env::var_os("ALL_CLIENTS").is_none(), "there is no {tool}");
    if !has {
        println!("left out, since this machine does not have it: {tool}");
    }
    has
}

/// Whether there is a Python 3.
pub fn has_python() -> bool {
    has("Python 3", &["python3", "--version"])
}

/// Answers in Python, right ones and wrong ones, by the homework's number at the end of their names. None of those that
/// this machine can't run.
pub fn python() -> Vec<Candidate> {
    let imports = |name: &str| has(&format!("Python with {name}"), &["python3", "-c", &format!("import {name}")]);
    let (plain, psycopg, httpx) = (has_python(), imports("psycopg"), imports("httpx"));
    let folder = package().join("tests/python");
    let mut candidates = Vec::new();
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let Some(name) = path.file_stem().and_then(OsStr::to_str).filter(|_| path.extension() == Some("py".as_ref()))
        else {
            continue;
        };
        let lesson = &name[name.len() - 2..];
        let can_be_run = match lesson {
            "03" => plain,
            "08" => psycopg,
            // Windows has no named pipes among its files.
            "09" => cfg!(unix) && httpx,
            _ => httpx,
        };
        let command = vec!["python3".to_owned(), path.to_string_lossy().into_owned()];
        let candidate = Candidate { lesson: lesson.to_owned(), command, ..stated(&path, "#") };
        assert_eq!(candidate.misses.is_empty(), name.starts_with("right"), "{name}");
        if can_be_run {
            candidates.push(candidate);
        }
    }
    candidates.sort_by(|one, other| one.command.cmp(&other.command));
    candidates
}

/// What a wrong program says of itself in the lines of its header.
fn stated(path: &Path, comment: &str) -> Candidate {
    let text = fs::read_to_string(path).unwrap();
    let stated = |what: &str| {
        let mark = format!("{comment} {what}: ");
        text.lines().find_map(|line| line.strip_prefix(&mark)).map(str::to_owned)
    };
    let names = |what: &str| -> BTreeSet<String> {
        stated(what).iter().flat_map(|names| names.split(", ")).map(str::to_owned).collect()
    };
    Candidate {
        misses: names("Must fail"),
        may_miss: names("May fail"),
        shows_first: stated("Shows first"),
        says: stated("Says"),
        ..Candidate::default()
    }
}

/// The checker, asked for a verdict as JSON.
pub fn checker(candidate: &Candidate, options: &[&str]) -> Command {
    let mut command = Command::new(binary());
    command
        .args(["check", &candidate.lesson, "--json", "--lang", "en"])
        .args(options)
        .arg("--")
        .args(&candidate.command);
    command.current_dir(root()).stdin(Stdio::null());
    command
}

/// What the checker says of a program: its exit status, and its result.
pub fn verdict(candidate: &Candidate, options: &[&str]) -> (Option<i32>, Value) {
    let ended = checker(candidate, options).output().expect("the checker");
    let said = String::from_utf8_lossy(&ended.stdout);
    let report: Value = serde_json::from_str(&said)
        .unwrap_or_else(|why| panic!("{candidate:?}: {why}\n{said}{}", String::from_utf8_lossy(&ended.stderr)));
    (ended.status.code(), report["results"][0].clone())
}

/// What is wrong with a verdict, if it is not the one that the program deserves.
pub fn objection(candidate: &Candidate) -> Option<String> {
    let right = candidate.misses.is_empty();
    let (status, result) = verdict(candidate, if right { &[] } else { &SHORT });
    let with = |status: &str| -> BTreeSet<&str> {
        let all = result["expectations"].as_array().into_iter().flatten();
        all.filter(|one| one["status"] == status).map(|one| one["name"].as_str().unwrap()).collect()
    };
    let failed = with("fail");
    let as_deserved = candidate.misses.iter().all(|names| names.split(" or ").any(|name| failed.contains(name)))
        && failed.is_subset(&candidate.may_be_missed())
        && (!right || with("unknown").is_empty())
        && result["status"] == if right { "pass" } else { "fail" }
        && status == Some(i32::from(!right));
    let first = result["expectations"].as_array().and_then(|all| all.iter().find(|one| one["status"] != "pass"));
    let shown = |of: &str| first.and_then(|first| first[of].as_str()).unwrap_or_default();
    let says = ["seen", "expected", "hint"].map(shown).join("\n");
    let shown_as_stated =
        candidate.shows_first.as_ref().is_none_or(|names| names.split(", ").any(|name| name == shown("name")))
            && candidate.says.as_ref().is_none_or(|words| says.contains(words));
    if as_deserved && !shown_as_stated {
        let Candidate { command, shows_first, says, .. } = candidate;
        return Some(format!("{command:?} should show {shows_first:?} first, and say {says:?}: {result:#}"));
    }
    (!as_deserved).then(|| format!("{:?} should miss {:?}: {result:#}", candidate.command, candidate.misses))
}

/// Does something with each candidate, several at a time, since programs under judgement mostly wait; gives what came of
/// it where something did.
pub fn each<T: Send>(
    candidates: Vec<Candidate>,
    at_once: usize,
    work: impl Fn(&Candidate) -> Option<T> + Sync,
) -> Vec<T> {
    /// Several tests at once would only take the cores from each other.
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    LazyLock::force(&PROGRAMS);
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let (candidates, results) = (Mutex::new(candidates), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..at_once {
            scope.spawn(|| {
                loop {
                    let Some(candidate) = candidates.lock().unwrap().pop() else { break };
                    if let Some(result) = work(&candidate) {
                        results.lock().unwrap().push(result);
                    }
                }
            });
        }
    });
    results.into_inner().unwrap()
}
