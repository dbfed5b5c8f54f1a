//! Judging a whole class: `cargo homework grade`. On Linux alone: elsewhere there are no walls that hold strangers.
//!
//! - `class`: the class as a whole: who is judged when, going on after an end
//! - `merge`: putting parts together that were judged on many machines
//! - `judge`: judging one answer
//! - `build`: building answers, within walls
//! - `walls`: which walls there are, and whether they are enough
//! - `intake`: whose answers there are, and where
//! - `shard`: a part of a class
//! - `out`: the folder that results go to
//! - `report`: what is made of the results
//! - `result`: what is kept of each learner

#[cfg(target_os = "linux")]
mod build;
#[cfg(target_os = "linux")]
pub mod class;
#[cfg(target_os = "linux")]
mod intake;
#[cfg(target_os = "linux")]
pub mod judge;
#[cfg(target_os = "linux")]
pub mod merge;
#[cfg(target_os = "linux")]
mod out;
#[cfg(target_os = "linux")]
mod report;
#[cfg(target_os = "linux")]
mod result;
#[cfg(target_os = "linux")]
pub mod shard;
#[cfg(target_os = "linux")]
pub mod walls;
