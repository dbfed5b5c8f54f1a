//! A class as a whole: who is judged when, and going on after an end.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::thread::available_parallelism;

use console::Lang;
use futures::stream::{self, StreamExt};
use indicatif::{ProgressBar, ProgressStyle};
use jiff::Timestamp;

use super::build::{RUST, Toolchain};
use super::intake::{self, Answer, Entrant, Intake, Sources, file_names, sha256};
use super::judge::{Homework, Judging};
use super::out::{Member, Out, Roll};
use super::result::{Graded, Learner, Outcome, VERSION};
use super::shard::Shard;
use super::walls;
use crate::workspace::Lesson;

/// What is to be graded, and where its results go.
#[derive(Debug)]
pub struct Request {
    /// The course's workspace.
    pub root: PathBuf,
    /// The homework that is graded.
    pub lessons: Vec<Lesson>,
    /// The folder with what learners handed in.
    pub folder: PathBuf,
    /// The list of the class, if there is one.
    pub roster: Option<PathBuf>,
    /// How the names of answers' files may end, besides `rs`.
    pub extensions: Vec<String>,
    /// The part of the class that is judged here.
    pub shard: Shard,
    /// Where the results go.
    pub out: PathBuf,
    /// Until when answers were to be handed in.
    pub due: Option<Timestamp>,
    /// Whether answers are judged again that have a result.
    pub again: bool,
    /// The language of those learners for whom the roster says none.
    pub lang: Lang,
}

/// A class, all of whose answers are there.
#[derive(Debug)]
pub struct Class {
    request: Request,
    homework: BTreeMap<u32, Homework>,
    entrants: Vec<Entrant>,
    roll: Roll,
    out: Out,
}

/// What came of a class, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// How many learners there are.
    pub learners: usize,
    /// How many of their answers were judged now.
    pub judged: usize,
    /// How many have no verdict because of the grader.
    pub errors: usize,
}

impl Class {
    /// Takes what was handed in, and builds what it stands on. Ends soon after `interrupted` has become true.
    ///
    /// # Errors
    /// One line: what is missing, or can't be read or written.
    pub fn gather(request: Request, interrupted: &AtomicBool) -> Result<Self, String> {
        let mut extensions = request.extensions.clone();
        extensions.push(RUST.to_owned());
        let Intake { names, entrants } = intake::take(&Sources {
            folder: &request.folder,
            roster: request.roster.as_deref(),
            lessons: &request.lessons,
            extensions: &extensions,
            shard: request.shard,
            interrupted,
        })?;
        let out = Out::create(&request.out)?;
        let files = file_names(names.iter().map(String::as_str));
        let learners = names.into_iter().zip(files).map(|(name, file)| Member { name, file }).collect();
        let roll = Roll {
            version: VERSION,
            lang: request.lang.pick("en", "ru").to_owned(),
            lessons: request.lessons.iter().map(|lesson| lesson.number).collect(),
            shards: request.shard.count,
            learners,
        };
        out.keep_roll(&roll)?;
        let homework = homework(&request.root, &request.lessons, &entrants)?;
        Ok(Self { request, homework, entrants, roll, out })
    }

    /// Judges all answers that have no result yet, as many at once as there are cores. Dropped, it ends those that run,
    /// and loses nothing that is done.
    ///
    /// # Errors
    /// One line: what can't be written.
    pub async fn grade(&self, judging: &Judging) -> Result<Summary, String> {
        let answers = self.entrants.iter().map(|entrant| entrant.answers.len()).sum();
        let progress = Progress::new(answers, self.request.lang);
        let at_once = available_parallelism().map_or(1, NonZero::get);
        let graded = stream::iter(&self.entrants).map(|entrant| self.grade_one(entrant, judging, &progress));
        let mut graded = graded.buffer_unordered(at_once);
        let mut learners = Vec::new();
        let mut summary = Summary { learners: self.entrants.len(), ..Summary::default() };
        while let Some(one) = graded.next().await {
            let (position, learner, judged) = one?;
            summary.judged += judged;
            summary.errors += learner.results.iter().filter(|result| result.outcome == Outcome::Error).count();
            learners.push((position, learner));
        }
        progress.bar.finish_and_clear();
        learners.sort_by_key(|(position, _)| *position);
        let learners: Vec<_> = learners.into_iter().map(|(_, learner)| learner).collect();
        self.out.report(&learners, &self.roll)?;
        Ok(summary)
    }

    /// Judges what a learner has no result for, and keeps the results: where the learner is in the class, what came of
    /// their answers, and how many were judged now.
    async fn grade_one(
        &self,
        entrant: &Entrant,
        judging: &Judging,
        progress: &Progress,
    ) -> Result<(usize, Learner, usize), String> {
        let file = &self.roll.learners[entrant.position].file;
        let lang = entrant.lang.unwrap_or(self.request.lang);
        let tag = lang.pick("en", "ru").to_owned();
        let kept = if self.request.again { None } else { self.out.kept(file)? };
        let kept = kept.filter(|learner| learner.name == entrant.name && learner.lang == tag);
        let mut results = Vec::new();
        let mut judged = 0;
        progress.begins(&entrant.name);
        for answer in &entrant.answers {
            let Some(homework) = self.homework.get(&answer.lesson) else { continue };
            let is_kept = |result: &&Graded| is_about(result, answer, homework, lang) && is_as_safe(result, judging);
            let mut graded = if let Some(graded) = kept.iter().flat_map(|learner| &learner.results).find(is_kept) {
                graded.clone()
            } else {
                judged += 1;
                let first = judging.judge(homework, answer, lang).await;
                // What the grader could not do, it may be able to do now.
                if first.outcome == Outcome::Error { judging.judge(homework, answer, lang).await } else { first }
            };
            graded.handed_in = answer.handed_in.map(|time| time.to_string());
            graded.late_s = answer
                .handed_in
                .zip(self.request.due)
                .map(|(time, due)| u64::try_from(time.duration_since(due).as_secs()).unwrap_or(0));
            results.push(graded);
            progress.bar.inc(1);
        }
        progress.ends(&entrant.name);
        let (name, group) = (entrant.name.clone(), entrant.group.clone());
        let learner = Learner { version: VERSION, name, lang: tag, group, results };
        self.out.keep(file, &learner)?;
        Ok((entrant.position, learner, judged))
    }
}

/// What is graded; what answers in Rust stand on is built where there are any.
fn homework(root: &Path, lessons: &[Lesson], entrants: &[Entrant]) -> Result<BTreeMap<u32, Homework>, String> {
    let lock = root.join("Cargo.lock");
    let lock = fs::read(&lock).map_err(|why| format!("{} can't be read: {why}", lock.display()))?;
    let mut all = BTreeMap::new();
    for lesson in lessons {
        let task = lesson.read_task()?;
        let rules =
            fs::read(lesson.task()).map_err(|why| format!("{} can't be read: {why}", lesson.task().display()))?;
        let version = [env!("CARGO_PKG_VERSION"), &sha256(&rules), &sha256(&lock)].join(" ");
        let is_rust = |answer: &Answer| {
            answer.lesson == lesson.number && answer.content.as_ref().is_ok_and(|handed| handed.extension == RUST)
        };
        let needed = entrants.iter().flat_map(|entrant| &entrant.answers).any(is_rust);
        let toolchain = needed.then(|| Toolchain::of(lesson, root)).transpose()?;
        let homework = Homework { lesson: lesson.clone(), task, version: sha256(version.as_bytes()), toolchain };
        all.insert(lesson.number, homework);
    }
    Ok(all)
}

/// Whether a result is about this answer, judged by the same rules; what the grader failed at is none.
fn is_about(result: &Graded, answer: &Answer, homework: &Homework, lang: Lang) -> bool {
    let input = answer.content.as_ref().ok().map(|handed| handed.sha256.as_str());
    let same_reason = answer.content.as_ref().err().is_none_or(|why| result.message.as_deref() == Some(why.pick(lang)));
    result.lesson == answer.lesson
        && result.outcome != Outcome::Error
        && result.input.as_deref() == input
        && result.task == homework.version
        && same_reason
}

/// Whether a result was reached within walls, if there are some now.
fn is_as_safe(result: &Graded, judging: &Judging) -> bool {
    !judging.walls.has_cell || result.run.as_ref().is_none_or(|run| !run.walls.iter().any(|it| it == walls::NONE))
}

/// How far it is, how long it still takes, and who is being judged.
struct Progress {
    bar: ProgressBar,
    names: RefCell<Vec<String>>,
}

impl Progress {
    fn new(answers: usize, lang: Lang) -> Self {
        let left = lang.pick("left", "осталось");
        let bar = ProgressBar::new(answers as u64);
        let style = ProgressStyle::with_template(&format!("{{bar:24}} {{pos}}/{{len}}, {left} {{eta}}  {{wide_msg}}"));
        let bar = if let Ok(style) = style { bar.with_style(style) } else { bar };
        Self { bar, names: RefCell::default() }
    }

    fn begins(&self, name: &str) {
        self.names.borrow_mut().push(name.to_owned());
        self.show();
    }

    fn ends(&self, name: &str) {
        let mut names = self.names.borrow_mut();
        if let Some(position) = names.iter().position(|other| other == name) {
            names.remove(position);
        }
        drop(names);
        self.show();
    }

    fn show(&self) {
        self.bar.set_message(self.names.borrow().join(", "));
    }
}
