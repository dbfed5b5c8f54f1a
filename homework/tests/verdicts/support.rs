//! What the tests of verdicts share: the programs to be judged, and running the checker on them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{LazyLock, Mutex};
use std::{env, fs, thread};

use serde_json::Value;

/// The workspace.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace")
}

/// Where the programs are. Building them costs next to nothing when `cargo test --workspace` has just done it.
static PROGRAMS: LazyLock<PathBuf> = LazyLock::new(|| {
    let built = Command::new(env!("CARGO"))
        .args(["build", "--workspace", "--bins", "--examples", "--quiet"])
        .current_dir(root())
        .status()
        .expect("cargo");
    assert!(built.success(), "the homework's programs don't build");
    let checker = Path::new(env!("CARGO_BIN_EXE_homework"));
    checker.parent().expect("a folder of programs").to_owned()
});

/// A program to be judged.
#[derive(Clone, Debug)]
pub struct Candidate {
    pub lesson: String,
    pub command: Vec<String>,
    /// The expectations that it must miss.
    pub misses: BTreeSet<String>,
    /// Those that it may miss too, as a run is drawn; and no others.
    pub may_miss: BTreeSet<String>,
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
        Candidate { lesson, command, misses: BTreeSet::new(), may_miss: BTreeSet::new() }
    };
    lessons().into_iter().map(solution).collect()
}

/// The stubs, but for those that a learner has changed. They miss at least one expectation.
pub fn stubs() -> Vec<Candidate> {
    let untouched =
        |folder: &Path| fs::read_to_string(folder.join("homework.rs")).is_ok_and(|text| text.contains("todo!("));
    let stub = |(lesson, _): (String, PathBuf)| {
        let command = vec![program(&format!("homework{lesson}"))];
        Candidate { lesson, command, misses: BTreeSet::new(), may_miss: BTreeSet::new() }
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
            let [misses, may_miss] = stated(&path, "//!");
            assert!(!misses.is_empty(), "{} does not say what it must fail", path.display());
            wrong.push(Candidate { lesson: lesson.clone(), command, misses, may_miss });
        }
    }
    wrong
}

/// Whether there is a Python 3. Where all clients must be there, it must.
pub fn has_python() -> bool {
    let version = Command::new("python3").arg("--version").stdout(Stdio::null()).status();
    let has_python = version.is_ok_and(|version| version.success());
    assert!(has_python || env::var_os("ALL_CLIENTS").is_none(), "there is no python3");
    has_python
}

/// The same answers in Python: a right one and two wrong ones. None where there is no Python.
pub fn python() -> Vec<Candidate> {
    let has_python = has_python();
    let candidate = |name: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python").join(name);
        let [misses, may_miss] = stated(&path, "#");
        assert_eq!(misses.is_empty(), name.starts_with("right"));
        let command = vec!["python3".to_owned(), path.to_string_lossy().into_owned()];
        Candidate { lesson: "03".to_owned(), command, misses, may_miss }
    };
    let names = ["right03.py", "sequential03.py", "hardcoded03.py"];
    if has_python { names.into_iter().map(candidate).collect() } else { Vec::new() }
}

/// What a wrong program says in its header that it must fail, and may.
fn stated(path: &Path, comment: &str) -> [BTreeSet<String>; 2] {
    let text = fs::read_to_string(path).unwrap();
    ["Must", "May"].map(|word| {
        let mark = format!("{comment} {word} fail: ");
        let line = text.lines().find_map(|line| line.strip_prefix(&mark)).unwrap_or_default();
        line.trim_end_matches('.').split(", ").filter(|name| !name.is_empty()).map(str::to_owned).collect()
    })
}

/// The checker, asked for a verdict as JSON.
pub fn checker(candidate: &Candidate, options: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_homework"));
    command.args(["check", &candidate.lesson, "--json"]).args(options).arg("--").args(&candidate.command);
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
pub fn objection(candidate: &Candidate, options: &[&str]) -> Option<String> {
    let (status, result) = verdict(candidate, options);
    let missed = |wanted: &str| -> BTreeSet<String> {
        let all = result["expectations"].as_array().into_iter().flatten();
        all.filter(|one| one["status"] == wanted).map(|one| one["name"].as_str().unwrap().to_owned()).collect()
    };
    let right = candidate.misses.is_empty();
    let allowed: BTreeSet<String> = candidate.misses.union(&candidate.may_miss).cloned().collect();
    let as_deserved = missed("fail").is_superset(&candidate.misses)
        && missed("fail").is_subset(&allowed)
        && (!right || missed("unknown").is_empty())
        && result["status"] == if right { "pass" } else { "fail" }
        && status == Some(i32::from(!right));
    (!as_deserved).then(|| format!("{:?} should miss {:?}: {result:#}", candidate.command, candidate.misses))
}

/// Does something with each candidate, several at a time, since programs under judgement mostly wait; gives what came of
/// it where something did.
pub fn each<T: Send>(
    candidates: Vec<Candidate>,
    at_once: usize,
    work: impl Fn(&Candidate) -> Option<T> + Sync,
) -> Vec<T> {
    LazyLock::force(&PROGRAMS);
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
