//! What is kept of a learner: `OUT/NAME.json`. Everything else that `grade` writes is made of these files.

use serde::{Deserialize, Serialize};

/// The version of the format. It changes when something that was there means something else, or is gone.
pub const VERSION: u32 = 1;

/// A learner, and what came of their answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Learner {
    /// The format's version: [`VERSION`].
    pub version: u32,
    /// The learner's name, as the teacher gave it.
    pub name: String,
    /// The language of all texts below: `en` or `ru`.
    pub lang: String,
    /// The learner's group, if the roster has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// A result for each homework, by its number.
    pub results: Vec<Graded>,
}

/// What came of one answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Graded {
    /// The lesson's number.
    pub lesson: u32,
    /// What came of it, in a word.
    pub outcome: Outcome,
    /// Why it was not gradable, or could not be judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Points earned.
    pub points: u32,
    /// Points that can be earned.
    pub of: u32,
    /// What was expected, and what was seen; empty where nothing ran.
    pub expectations: Vec<Expectation>,
    /// When it was handed in, in RFC 3339's format, if that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handed_in: Option<String>,
    /// How many seconds too late that was: 0 in time, none where it is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub late_s: Option<u64>,
    /// The SHA-256 of the answer, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<String>,
    /// The SHA-256 of what it was judged by: the task, the checker, the course's own code.
    pub task: String,
    /// How long it took to build, where it was built.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub build_ms: Option<u64>,
    /// The run that it was judged by, if it ran.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<Run>,
}

/// What came of an answer, in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// All expectations were met.
    Pass,
    /// Some were not.
    Fail,
    /// There is nothing that could run: nothing handed in, no file, it does not compile.
    NotGradable,
    /// The grader's own fault, which costs nothing and is tried again.
    Error,
}

/// One expectation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// Its name in `homework.toml`.
    pub name: String,
    /// Whether it was met.
    pub status: Status,
    /// What it is worth.
    pub points: u32,
    /// What was expected, in words.
    pub expected: String,
    /// What was seen, in words.
    pub seen: String,
    /// What helps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

/// Whether an expectation was met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// It was.
    Pass,
    /// It was not.
    Fail,
    /// The run does not show it.
    Unknown,
}

/// A run of a program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// What it can be repeated by.
    pub seed: u64,
    /// How long it took.
    pub took_ms: u64,
    /// The walls that stood around it.
    pub walls: Vec<String>,
    /// What was refused to the program, by what it wrote on standard error: a sentence each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<String>,
    /// The command that repeats it on the learner's own machine.
    pub again: String,
    /// The beginning of what it wrote on standard error; nothing in it can be taken for the grader's own words.
    pub stderr: String,
    /// Its timeline, a picture in SVG; empty if it asked for nothing.
    pub timeline: String,
}
