//! `cargo homework`: runs a learner's program against the practice site, and judges it by what the site saw.
//!
//! Layout, each file knowing only those below it:
//!
//! - [`commands`]: what is typed after `cargo homework`, with `options` and `context`
//! - `grade`: judging a whole class
//! - `verdict`: what is said of a program: in a terminal, as JSON, as `JUnit` XML
//! - `task`: homework.toml, read and checked
//! - `expect`: judging a run; a file for each family of expectations
//! - `run`: playing a program's acts on a stage, and noting what is seen
//! - `plan`: what happens in one run, drawn from a seed
//! - `stage`: the parts of a stage: what a program is given and put through
//! - [`process`]: starting a program, watching it, ending it; knows no site
//! - `cargo`, `workspace`, `progress`, `stub`: building the learner's file, finding it, keeping what came of it
//! - `language`, `terminal`, `text`, `words`: programs' languages, text on standard output, texts in both languages, how
//!   verdicts say things

#![warn(missing_docs)]

mod cargo;
pub mod commands;
mod context;
mod expect;
mod grade;
mod language;
mod options;
mod plan;
pub mod process;
mod progress;
mod run;
mod stage;
mod stub;
mod task;
mod terminal;
mod text;
mod verdict;
mod words;
mod workspace;
