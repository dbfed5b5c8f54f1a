//! Verdicts: what is said of a program.
//!
//! - `outcome`: a verdict
//! - `terminal`, `json`, `junit`: how it is said to a person and to machines

pub mod json;
pub mod junit;
mod outcome;
mod terminal;

pub use outcome::{Outcome, Verdict, Word};
pub use terminal::show;
