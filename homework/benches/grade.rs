//! What it takes to grade a class of two hundred: all solutions and wrong programs of the homework, some more than once.
//!
//!     cargo bench -p homework --bench grade              how long, how much memory, what walls cost
//!     cargo bench -p homework --bench grade -- stress    three times beside four busy loops: does an outcome change?
//!
//! On Linux, with bubblewrap, as an ordinary user. How long it takes is compared with bare builds and runs: those of the
//! same answers without walls, one after another on one core, added up, and divided by the number of cores.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, hint, thread};

use serde_json::Value;
use tempfile::TempDir;

const ANSWERS: usize = 200;
/// Answers by which the cost of walls is measured, which are the solutions, and how often.
const SAMPLE: usize = 12;
const ROUNDS: usize = 5;
const BUSY: usize = 4;

fn main() {
    // Cargo runs benches with --bench, and `cargo test --benches` without: then there is nothing to do.
    if !env::args().any(|argument| argument == "--bench") {
        return;
    }
    let answers = answers();
    let class = Class::of(&answers);
    if env::args().any(|argument| argument == "stress") {
        stress(&class);
    } else {
        costs(&class, &Class::of(&answers[..SAMPLE]));
    }
}

/// An answer: the lesson's number, and a program.
type Answer = (u32, String);

/// The class's answers: those of each lesson in turn, so that what takes long is spread.
fn answers() -> Vec<Answer> {
    let mut of_lessons = Vec::new();
    for entry in fs::read_dir(course().join("lessons")).expect("lessons") {
        let folder = entry.expect("a lesson").path();
        let name = folder.file_name().expect("a name").to_string_lossy().into_owned();
        let Ok(solution) = fs::read_to_string(folder.join("solution.rs")) else { continue };
        let number: u32 = name.split('-').next().expect("a number").parse().expect("a number");
        let mut programs = vec![solution.clone()];
        let main = fs::read_to_string(folder.join("wrong/main.rs")).expect("wrong programs");
        let mut paths: Vec<_> =
            fs::read_dir(folder.join("wrong")).expect("wrong programs").map(|it| it.expect("a file").path()).collect();
        paths.sort();
        for path in paths.iter().filter(|path| path.file_name().is_some_and(|name| name != "main.rs")) {
            programs.push(alone(&fs::read_to_string(path).expect("a program"), &main, &solution));
        }
        of_lessons.push((number, programs));
    }
    of_lessons.sort();
    let turns = (0..).flat_map(|turn| {
        of_lessons.iter().map(move |(number, programs)| (*number, programs[turn % programs.len()].clone()))
    });
    turns.take(ANSWERS).collect()
}

/// A wrong program, which is a module beside others, as a program by itself.
fn alone(module: &str, main: &str, solution: &str) -> String {
    let (before, after) = main.split_once("testing::wrong!(").expect("a list of programs");
    let (list, after) = after.split_once(");").expect("the list's end");
    let uses: Vec<_> = before.lines().filter(|line| !line.starts_with("mod ") && !line.starts_with("//!")).collect();
    let start = solution.lines().find(|line| line.contains("let lesson = ")).expect("a start");
    let block_on = list.lines().find_map(|line| line.trim().strip_suffix(':'));
    let answer = match block_on.map(|words| words.trim_start_matches("with database ")) {
        Some(block_on) => format!("{block_on}(it::answer(&lesson))?"),
        None => "it::answer(&lesson)?".to_owned(),
    };
    format!(
        "{}\nmod it {{\n{module}\n}}\nfn main() -> shared::Result {{\n{start}\n{answer};\nlesson.finish()\n}}\n{after}",
        uses.join("\n")
    )
}

fn course() -> PathBuf {
    let package = env::var_os("CARGO_MANIFEST_DIR").expect("cargo says where it is");
    Path::new(&package).parent().expect("the workspace").to_owned()
}

/// A class's folder, and those for its results.
struct Class {
    folder: TempDir,
    size: usize,
}

/// What came of each answer, by its learner.
type Verdicts = BTreeMap<String, Verdict>;

/// What came of an answer.
#[derive(PartialEq, Eq)]
struct Verdict {
    lesson: u64,
    outcome: String,
    /// The expectations that were not met.
    unmet: Vec<String>,
}

/// What came of grading a class.
struct Graded {
    took: Duration,
    /// The grader's own memory at its peak, in bytes.
    memory: u64,
    verdicts: Verdicts,
    /// Building and running, added up.
    bare: Duration,
}

impl Class {
    fn of(answers: &[Answer]) -> Self {
        let folder = TempDir::new().expect("a folder");
        for (index, (lesson, program)) in answers.iter().enumerate() {
            let learner = folder.path().join(format!("class/learner {index:03}"));
            fs::create_dir_all(&learner).expect("a folder");
            fs::write(learner.join(format!("homework{lesson:02}.rs")), program).expect("an answer");
        }
        Self { folder, size: answers.len() }
    }

    fn grade(&self, walls: bool, one_core: bool) -> Graded {
        let checker = env::var_os("CARGO_BIN_EXE_homework").expect("cargo says where it is");
        let mut command = if one_core { Command::new("taskset") } else { Command::new(&checker) };
        if one_core {
            command.args(["--cpu-list", "0"]).arg(&checker);
        }
        let out = self.folder.path().join("out");
        command.current_dir(course()).arg("grade").arg(self.folder.path().join("class")).arg("--out").arg(&out);
        command.args(["--again", "--patience", "5s", "--lang", "en"]);
        command.args(if walls { &[][..] } else { &["--unsafe-no-sandbox"] });
        command.stdin(Stdio::null()).stderr(Stdio::null());
        let began = Instant::now();
        let mut grader = command.spawn().expect("the checker");
        let mut memory = 0;
        let status = loop {
            if let Some(status) = grader.try_wait().expect("the checker") {
                break status;
            }
            memory = memory.max(peak_memory(&grader));
            #[expect(clippy::disallowed_methods, reason = "nothing else is to be done meanwhile")]
            thread::sleep(Duration::from_millis(20));
        };
        let took = began.elapsed();
        assert!(status.success(), "{status}");
        let (verdicts, bare) = self.results(&out);
        Graded { took, memory, verdicts, bare }
    }

    /// What came of each answer that was handed in, and how long building and running took together.
    fn results(&self, out: &Path) -> (Verdicts, Duration) {
        let (mut verdicts, mut bare) = (Verdicts::new(), 0);
        for index in 0..self.size {
            let learner = format!("learner {index:03}");
            let kept = fs::read(out.join(format!("{learner}.json"))).expect("a result");
            let kept: Value = serde_json::from_slice(&kept).expect("JSON");
            let results = kept["results"].as_array().expect("results");
            let result = results.iter().find(|result| !result["input"].is_null()).expect("an answer's result");
            let expectations = result["expectations"].as_array().expect("expectations");
            let unmet =
                expectations.iter().filter(|one| one["status"] != "pass").map(|one| text(&one["name"])).collect();
            let lesson = result["lesson"].as_u64().expect("a number");
            verdicts.insert(learner, Verdict { lesson, outcome: text(&result["outcome"]), unmet });
            bare += result["build_ms"].as_u64().unwrap_or(0) + result["run"]["took_ms"].as_u64().unwrap_or(0);
        }
        (verdicts, Duration::from_millis(bare))
    }
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

/// The most memory that a process has had, in bytes.
fn peak_memory(process: &Child) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", process.id())).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse().map_or(0, |kibibytes: u64| kibibytes << 10)
}

fn costs(class: &Class, sample: &Class) {
    // What the answers stand on is built once.
    sample.grade(true, false);
    let cores = thread::available_parallelism().expect("cores").get();
    let bare = class.grade(false, true);
    let walls = class.grade(true, false);
    let floor = bare.bare.as_secs_f64() / f64::from(u32::try_from(cores).expect("a number of cores"));
    println!(
        "{ANSWERS} answers on {cores} cores: {:.1} s, {:.2} of bare builds and runs divided by {cores} ({floor:.1} s); the \
         grader's memory {} MB at its peak",
        walls.took.as_secs_f64(),
        walls.took.as_secs_f64() / floor,
        walls.memory / 1_000_000
    );
    report_changes(&bare.verdicts, &walls.verdicts, "without walls");
    let mut costs = Vec::new();
    for _ in 0..ROUNDS {
        let [without, with] = [false, true].map(|walls| sample.grade(walls, true).took.as_secs_f64());
        costs.push((with - without) * 1e3 / f64::from(u32::try_from(SAMPLE).expect("a number of answers")));
    }
    costs.sort_by(f64::total_cmp);
    println!("walls: {:.0} ms an answer (median of {ROUNDS}; {costs:.0?})", costs[ROUNDS / 2]);
}

fn stress(class: &Class) {
    let quiet = class.grade(true, false);
    for _ in 0..BUSY {
        thread::spawn(|| {
            loop {
                hint::spin_loop();
            }
        });
    }
    for round in 1..=3 {
        let busy = class.grade(true, false);
        println!("beside {BUSY} busy loops, round {round}: {:.0} s", busy.took.as_secs_f64());
        report_changes(&quiet.verdicts, &busy.verdicts, "before");
    }
}

/// Says what differs. An outcome should not; which expectations a wrong program misses is left to chance where its
/// tasks race.
fn report_changes(before: &Verdicts, now: &Verdicts, when: &str) {
    let differ = |is_same: fn(&Verdict, &Verdict) -> bool| {
        now.iter().filter(|(learner, verdict)| !is_same(&before[*learner], verdict)).collect::<Vec<_>>()
    };
    let outcomes = differ(|before, now| before.outcome == now.outcome);
    let unmet = differ(|before, now| before.unmet == now.unmet);
    println!(
        "{} of {} outcomes differ from those {when}; {} answers missed other expectations",
        outcomes.len(),
        now.len(),
        unmet.len()
    );
    for (learner, Verdict { lesson, outcome, unmet }) in differ(Verdict::eq) {
        let before = &before[learner];
        let [was, unmet] = [&before.unmet, unmet].map(|names| names.join(" "));
        println!("  {learner}, homework {lesson:02}: {} {was} / {outcome} {unmet}", before.outcome);
    }
    let count = |outcome: &str| now.values().filter(|verdict| verdict.outcome == outcome).count();
    println!("{} passed, {} not gradable", count("pass"), count("not-gradable"));
}
