//! The homework can't rot: every solution passes, every stub fails, every wrong program fails for its stated reason. And
//! what is said of them can be read by machines.

mod clients;
mod fixture;
#[cfg(unix)]
mod hostile;
mod judging;
mod support;
mod vocabulary;

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::{env, fs, thread};

use tempfile::TempDir;

use support::{
    Candidate, SHORT, checker, each, has, lessons, objection, python, root, solutions, stubs, verdict, wrong,
};

fn assert_none(objections: &[String]) {
    assert!(objections.is_empty(), "{}", objections.join("\n\n"));
}

#[test]
fn every_solution_passes() {
    assert_none(&each(solutions(), 3, objection));
}

#[test]
fn every_stub_fails() {
    let objections = each(stubs(), 3, |stub| {
        let (status, result) = verdict(stub, &SHORT);
        (result["status"] != "fail" || status != Some(1)).then(|| format!("{:?}: {result:#}", stub.command))
    });
    assert_none(&objections);
}

#[test]
fn every_wrong_program_fails_for_its_stated_reason() {
    assert_none(&each(wrong(), 12, objection));
}

#[test]
fn every_expectation_is_missed_by_a_wrong_program() {
    let wrong = wrong();
    for (lesson, folder) in lessons() {
        let homework: toml::Table = fs::read_to_string(folder.join("homework.toml")).unwrap().parse().unwrap();
        for name in homework["expect"].as_table().unwrap().keys() {
            let missed = wrong.iter().any(|it| it.lesson == lesson && it.misses.contains(name));
            assert!(missed, "no wrong program of lesson {lesson} must fail {name}");
        }
    }
}

#[test]
fn answers_in_python_are_judged_the_same() {
    assert_none(&each(python(), 3, objection));
}

#[test]
fn the_same_seed_gives_the_same_run() {
    let solution = solutions().into_iter().find(|it| it.lesson == "03").unwrap();
    let runs: Vec<_> = each(vec![solution; 2], 1, |it| Some(verdict(it, &["--seed", "7"]).1));
    let of = |name: &str| [runs[0]["run"][name].clone(), runs[1]["run"][name].clone()];
    for name in ["seed", "pages"] {
        let [one, other] = of(name);
        assert_eq!(one, other);
    }
    assert_eq!(runs[0]["run"]["seed"], 7);
    assert_eq!(runs[0]["run"]["log"]["statuses"], runs[1]["run"]["log"]["statuses"]);
}

/// Everything that a verdict can be is in one of these.
fn all_kinds() -> Vec<Candidate> {
    let of = |command: &[&str]| Candidate {
        lesson: "03".to_owned(),
        command: command.iter().map(ToString::to_string).collect(),
        misses: ["exit".to_owned()].into(),
        ..Candidate::default()
    };
    let in_lesson = |candidates: Vec<Candidate>| candidates.into_iter().filter(|it| it.lesson == "03");
    let wrong = wrong().into_iter().filter(|it| {
        let name = it.command.last().map(String::as_str);
        matches!((&*it.lesson, name), ("01", Some("a-client-for-each-page")) | ("03", Some("swallows-a-panic")))
    });
    let mut all = vec![of(&["no-such-program"])];
    all.extend(in_lesson(solutions()).chain(in_lesson(stubs())).chain(wrong));
    all
}

#[test]
fn reports_are_as_their_schemas_say() {
    const BY_SCHEMA: &str = "import json, sys, jsonschema\n\
        schema, report = (json.load(open(path)) for path in sys.argv[1:])\njsonschema.validate(report, schema)";
    let schema = |name: &str| root().join("homework").join(name).to_string_lossy().into_owned();
    let (of_json, of_junit) = (schema("verdict.schema.json"), schema("junit.xsd"));
    let by_schema = ["python3", "-c", BY_SCHEMA, &of_json];
    let by_xsd = ["xmllint", "--noout", "--schema", &of_junit];
    let has_schema = has("Python with jsonschema", &["python3", "-c", "import jsonschema"]);
    let has_xsd = has("xmllint", &["xmllint", "--version"]);
    let folder = TempDir::with_prefix("homework reports ").unwrap();
    for (index, candidate) in all_kinds().iter().enumerate() {
        let [json, junit] = ["json", "xml"].map(|extension| folder.path().join(format!("{index}.{extension}")));
        let to_junit = junit.to_string_lossy();
        let ended = checker(candidate, &[&SHORT[..], &["--junit", &to_junit]].concat()).output().unwrap();
        fs::write(&json, ended.stdout).unwrap();
        assert!(fs::read_to_string(&junit).unwrap().contains("<testsuite name=\"lesson0"));
        assert_eq!(has_schema.then(|| refusal(&by_schema, &json)).flatten(), None, "{candidate:?}");
        assert_eq!(has_xsd.then(|| refusal(&by_xsd, &junit)).flatten(), None, "{candidate:?}");
    }
    let pass_without_a_run = r#"{ "version": 1, "results": [{ "lesson": 3, "status": "pass", "expectations": [] }] }"#;
    let file = folder.path().join("nonsense");
    fs::write(&file, pass_without_a_run).unwrap();
    assert!(!has_schema || refusal(&by_schema, &file).is_some());
}

/// What a validator has against a file.
fn refusal(validator: &[&str], file: &Path) -> Option<String> {
    let ended = Command::new(validator[0]).args(&validator[1..]).arg(file).output().unwrap();
    let why = || format!("{}{}", String::from_utf8_lossy(&ended.stderr), fs::read_to_string(file).unwrap());
    (!ended.status.success()).then(why)
}

#[test]
fn two_checks_at_once_do_not_disturb_each_other() {
    let both = [solutions(), solutions()].concat();
    let together: Vec<_> = both.into_iter().filter(|it| it.lesson == "02" || it.lesson == "06").collect();
    assert_none(&each(together, 4, objection));
}

/// The site learns of a program's end by its connections, which may take longer than the end itself.
#[test]
#[cfg(unix)]
fn a_request_that_its_program_left_behind_is_not_answered() {
    let program = root().join("homework/tests/hostile/keeps_sockets.py");
    let candidate = Candidate {
        lesson: "05".to_owned(),
        command: vec!["python3".to_owned(), program.to_string_lossy().into_owned()],
        ..Candidate::default()
    };
    if support::has_python() {
        assert_none(&each(vec![candidate], 1, objection));
    }
}

/// Twice as many busy loops as there are cores, for as long as it lives.
struct Busy(Arc<AtomicBool>);

impl Busy {
    fn start() -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        for _ in 0..2 * thread::available_parallelism().map_or(2, usize::from) {
            let stop = stop.clone();
            thread::spawn(move || while !stop.load(Ordering::Relaxed) {});
        }
        Self(stop)
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Run by `cargo test -p homework -- --ignored stress --nocapture`; with `LESSONS=11,12` for these alone.
#[test]
#[ignore = "takes an hour, and every core"]
fn stress() {
    const TIMES: usize = 20;
    let mut programs = [solutions(), wrong(), python(), clients::clients(), clients::slow_to_begin()].concat();
    if let Ok(lessons) = env::var("LESSONS") {
        programs.retain(|program| lessons.split(',').any(|lesson| lesson == program.lesson));
    }
    let verdicts = programs.len() * TIMES;
    let all: Vec<Candidate> = (0..TIMES).flat_map(|_| programs.iter().cloned()).collect();
    let _busy = Busy::start();
    let judged = AtomicUsize::new(0);
    let changed = each(all, 12, |candidate| {
        let changed = objection(candidate);
        if let Some(objection) = &changed {
            println!("{objection}");
        }
        // It takes long: what has been seen is worth something even if it is stopped.
        let judged = 1 + judged.fetch_add(1, Ordering::Relaxed);
        if judged.is_multiple_of(programs.len()) {
            println!("{judged} of {verdicts} verdicts");
        }
        changed
    });
    println!("{} of {verdicts} verdicts changed", changed.len());
    assert_none(&changed);
}
