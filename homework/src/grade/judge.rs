//! Judging one answer.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use console::Lang;
use tempfile::TempDir;
use tokio::sync::watch;

use super::build::{Building, Failure, RUST, Toolchain, build_by};
use super::intake::{Answer, Handed, sha256};
use super::result::{Expectation, Graded, Outcome, Run, Status};
use super::walls::Walls;
use crate::expect;
use crate::language::Language;
use crate::plan::Plan;
use crate::process::Program;
use crate::process::cell::Contents;
use crate::run::{self, Waiting, conduct, never_ran};
use crate::task::Task;
use crate::words::harmless;
use crate::workspace::Lesson;

/// How many bytes an answer's program can write.
const ROOM: u64 = 64 << 20;
/// How many lines of its standard error are kept.
const LINES_KEPT: usize = 20;
/// What stands between the command that builds an answer and the one that runs it.
const AND_THEN: &str = "&&";

/// A homework that is graded.
#[derive(Debug)]
pub struct Homework {
    /// Its lesson.
    pub lesson: Lesson,
    /// Its rules.
    pub task: Task,
    /// The SHA-256 of what answers are judged by.
    pub version: String,
    /// What they are built with. None where no answer is written in Rust.
    pub toolchain: Option<Toolchain>,
}

/// How answers are judged.
#[derive(Debug)]
pub struct Judging {
    /// The walls around them.
    pub walls: Walls,
    /// How long nothing may happen.
    pub patience: Duration,
    /// How files of other languages are started, by their extension: words, of which `{}` stands for the file. Those
    /// before an `&&` build a file `program`, which `{}` stands for in those after it.
    pub interpreters: BTreeMap<String, Vec<String>>,
}

/// An answer that can be run.
struct Ready {
    program: Program,
    language: Language,
    /// Its file on the machine, and where a cell shows it.
    shown: (PathBuf, PathBuf),
    build_ms: Option<u64>,
    /// It holds the file.
    _folder: TempDir,
}

impl Judging {
    /// Judges an answer, and says what came of it in `lang`.
    pub async fn judge(&self, homework: &Homework, answer: &Answer, lang: Lang) -> Graded {
        let mut graded = Graded {
            lesson: homework.lesson.number,
            outcome: Outcome::NotGradable,
            message: None,
            points: 0,
            of: homework.task.points(),
            expectations: Vec::new(),
            handed_in: answer.handed_in.map(|time| time.to_string()),
            late_s: None,
            input: None,
            task: homework.version.clone(),
            build_ms: None,
            run: None,
        };
        let handed = match &answer.content {
            Ok(handed) => handed,
            Err(why) => {
                graded.message = Some(why.pick(lang).to_owned());
                return graded;
            }
        };
        graded.input = Some(handed.sha256.clone());
        if let Err(failure) = self.build_and_run(homework, handed, lang, &mut graded).await {
            let (outcome, why) = match failure {
                Failure::Answer(why) => (Outcome::NotGradable, why.pick(lang).to_owned()),
                Failure::Grader(why) => (Outcome::Error, why),
            };
            (graded.outcome, graded.message) = (outcome, Some(why));
        }
        graded
    }

    async fn build_and_run(
        &self,
        homework: &Homework,
        handed: &Handed,
        lang: Lang,
        graded: &mut Graded,
    ) -> Result<(), Failure> {
        let Ready { program, language, shown, build_ms, _folder } = self.make_ready(homework, handed).await?;
        graded.build_ms = build_ms;
        let cell = Contents { shown: vec![shown], room: ROOM };
        let task = &homework.task;
        let expect = task.expect.get_ref();
        let judging = run::Judging {
            patience: self.patience,
            watch_idle: expect.watch_idle(),
            cache: None,
            language,
            cell: self.walls.has_cell.then_some(cell),
        };
        // It follows from the answer and the rules, so that the same answer is always judged in the same way.
        let seed = sha256(format!("{}{}", handed.sha256, homework.version).as_bytes());
        let seed = u64::from_str_radix(&seed[..8], 16).unwrap_or_default();
        let plan = Plan::draw(task.parts(), &task.acts, seed);
        let (waiting, _) = watch::channel(Waiting::default());
        let run = Box::pin(conduct(plan, &program, &judging, &waiting)).await.map_err(Failure::Grader)?;
        // What was built here was found, too.
        if build_ms.is_none()
            && let Some(why) = never_ran(&run, &program)
        {
            return Err(Failure::Answer(why));
        }
        let findings = expect.judge(&run, lang);
        let all_met = findings.iter().all(|finding| finding.status == expect::Status::Met);
        graded.outcome = if all_met { Outcome::Pass } else { Outcome::Fail };
        graded.expectations = findings
            .into_iter()
            .map(|finding| Expectation {
                name: finding.name.to_owned(),
                status: match finding.status {
                    expect::Status::Met => Status::Pass,
                    expect::Status::Unmet => Status::Fail,
                    expect::Status::Unknown => Status::Unknown,
                },
                points: task.points_of(finding.name),
                expected: finding.expected,
                seen: finding.seen,
                hint: finding.hint,
            })
            .collect();
        let met = graded.expectations.iter().filter(|one| one.status == Status::Pass);
        graded.points = met.map(|one| one.points).sum();
        let stderr = &run.last_act().stderr.beginning;
        let stderr = stderr.lines().filter(|line| !line.trim().is_empty()).take(LINES_KEPT).map(harmless);
        graded.run = Some(Run {
            seed,
            took_ms: u64::try_from(run.took.as_millis()).unwrap_or(u64::MAX),
            walls: self.walls.names.clone(),
            refused: run.refused().into_iter().map(|one| one.words(lang).to_owned()).collect(),
            again: self.again(homework, handed, seed),
            stderr: stderr.collect::<Vec<_>>().join("\n"),
            timeline: if run.has_picture() { run.timeline.svg(lang) } else { String::new() },
        });
        Ok(())
    }

    /// Builds an answer, or puts its file where it can be run.
    async fn make_ready(&self, homework: &Homework, handed: &Handed) -> Result<Ready, Failure> {
        let Handed { extension, bytes, .. } = handed;
        let unknown = || Failure::Grader(format!("nothing is said of how .{extension} is run: add --run"));
        let building = Building { walls: self.walls.has_cell, patience: self.patience };
        let began = Instant::now();
        let (built, run) = if extension == RUST {
            let toolchain = homework.toolchain.as_ref().ok_or_else(unknown)?;
            (Some(toolchain.build(bytes, building).await?), None)
        } else {
            let (first, run) = split(self.interpreters.get(extension).ok_or_else(unknown)?);
            let built = match first {
                Some(compiler) => Some(build_by(compiler, bytes, extension, building).await?),
                None => None,
            };
            (built, Some(run))
        };
        let build_ms = built.is_some().then(|| u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX));
        let (outside, inside, folder) = if let Some(built) = built {
            (built.program(), PathBuf::from("/program"), built.into_folder())
        } else {
            let failed = |why| Failure::Grader(format!("an answer can't be kept to be run: {why}"));
            let folder = TempDir::with_prefix("homework-").map_err(failed)?;
            let outside = folder.path().join(format!("program.{extension}"));
            std::fs::write(&outside, bytes).map_err(failed)?;
            (outside, PathBuf::from(format!("/program.{extension}")), folder)
        };
        let place = if self.walls.has_cell { &inside } else { &outside };
        let place = place.to_string_lossy();
        let itself = ["{}".to_owned()];
        let mut words = run.unwrap_or(&itself).iter().map(|word| word.replace("{}", &place).into());
        let program = Program { command: words.next().unwrap_or_default(), arguments: words.collect() };
        // What was built does not tell any more what it was built from.
        let language = if build_ms.is_some() { Language::of_source(extension) } else { Language::of(&program) };
        Ok(Ready { program, language, shown: (outside, inside), build_ms, _folder: folder })
    }

    /// The command by which a learner repeats a run.
    fn again(&self, homework: &Homework, handed: &Handed, seed: u64) -> String {
        let again = format!("cargo homework check {} --seed {seed}", homework.lesson.number);
        let Some((build, run)) = self.interpreters.get(&handed.extension).map(|words| split(words)) else {
            return again;
        };
        let file = format!("{}.{}", homework.lesson.binary(), handed.extension);
        let words = |words: &[String], place: &str| words.join(" ").replace("{}", place);
        match build {
            Some(build) => format!("{} && {again} -- {}", words(build, &file), words(run, "./program")),
            None => format!("{again} -- {}", words(run, &file)),
        }
    }
}

/// The words that build an answer, if it is built, and those that run it.
fn split(words: &[String]) -> (Option<&[String]>, &[String]) {
    match words.iter().position(|word| word == AND_THEN) {
        Some(place) => (Some(&words[..place]), &words[place + 1..]),
        None => (None, words),
    }
}
