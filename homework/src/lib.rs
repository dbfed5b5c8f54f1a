//! `cargo homework`: runs a learner's program against the practice site, and judges it by what the site saw.
//!
//! Layout, each file knowing only those below it:
//!
//! - [`commands`]: what is typed after `cargo homework`, with `options` and `context`
//! - `verdict`: what is said of a program, in a terminal and to machines
//! - `expect`: judging a run; a file for each family of expectations
//! - `run`: running a program under a `plan`, which a seed draws from a `task` (homework.toml)
//! - [`process`]: starting a program, watching it, ending it; knows no site
//! - `cargo`, `workspace`, `progress`, `stub`: building the learner's file, finding it, keeping what came of it
//! - `terminal`: text on standard output

#![warn(missing_docs)]

mod cargo;
pub mod commands;
mod context;
mod expect;
mod options;
mod plan;
pub mod process;
mod progress;
mod run;
mod stub;
mod task;
mod terminal;
mod verdict;
mod workspace;
