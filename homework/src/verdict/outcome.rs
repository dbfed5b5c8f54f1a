//! A verdict: what is to be said of a program.

use std::time::Duration;

use crate::expect::{Finding, Status};
use crate::process::Program;
use crate::run::Run;

/// What is to be said of one program.
#[derive(Debug)]
pub struct Verdict {
    /// The lesson's number.
    pub lesson: u32,
    /// Its homework in one line.
    pub summary: String,
    /// How long it took to build, if it was built.
    pub build: Option<Duration>,
    /// What came of it.
    pub outcome: Outcome,
    /// The program that was named instead of the learner's file.
    pub program: Option<Program>,
    /// How long nothing could happen.
    pub patience: Duration,
}

/// What came of judging a program.
#[derive(Debug)]
pub enum Outcome {
    /// It ran.
    Judged(Box<Run>, Vec<Finding>),
    /// The learner's file still is the stub: what is to be done, a line for each part, and where.
    NothingWritten {
        /// The stub's TODOs.
        todos: Vec<String>,
        /// Where the task is, as it is shown.
        task: String,
        /// Where the answer goes, as it is shown.
        file: String,
    },
    /// It does not compile. The compiler has said why.
    DoesNotCompile,
    /// No verdict could be reached, which never counts against the learner: why.
    Error(String),
}

/// A verdict in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Word {
    /// All expectations were met.
    Pass,
    /// Some were not.
    Fail,
    /// No verdict could be reached.
    Error,
}

impl Outcome {
    /// The verdict in one word.
    pub fn word(&self) -> Word {
        match self {
            Self::Judged(_, findings) if findings.iter().all(|finding| finding.status == Status::Met) => Word::Pass,
            Self::Judged(..) | Self::NothingWritten { .. } | Self::DoesNotCompile => Word::Fail,
            Self::Error(_) => Word::Error,
        }
    }
}

impl Verdict {
    /// The verdict in one word.
    pub fn word(&self) -> Word {
        self.outcome.word()
    }
}

/// That nothing is written yet, for machines.
pub fn nothing_written(todos: &[String]) -> String {
    format!("nothing is written yet: {}", todos.join("; "))
}
