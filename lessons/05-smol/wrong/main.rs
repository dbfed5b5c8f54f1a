//! Lesson 05's wrong programs: mistakes that people make there, which `cargo homework check 5` must catch.
//! Each says which expectations of `homework.toml` it can't meet.
//!
//!     cargo run -p lesson05 --example wrong05 -- all-pairs-at-once

mod all_pairs_at_once;
mod detaches_the_loser;
#[path = "../src/http.rs"]
mod http;
mod keeps_the_losers;
mod never_polls_the_second;
mod one_after_another;
#[cfg(feature = "https")]
#[path = "../src/tls.rs"]
mod tls;
mod waits_for_both;

use clap::{Args, ValueEnum};
use shared::Lesson;

#[derive(Args)]
struct Wrong {
    /// Which one to run
    #[arg(value_enum)]
    program: Program,
}

#[derive(Clone, Copy, ValueEnum)]
enum Program {
    AllPairsAtOnce,
    DetachesTheLoser,
    KeepsTheLosers,
    NeverPollsTheSecond,
    OneAfterAnother,
    WaitsForBoth,
}

fn main() -> shared::Result {
    let (lesson, wrong) = shared::start_with(|_: &Wrong| u32::MAX)?;
    smol::block_on(answer(wrong.program, &lesson))?;
    lesson.finish()
}

async fn answer(program: Program, lesson: &Lesson) -> shared::Result {
    match program {
        Program::AllPairsAtOnce => all_pairs_at_once::answer(lesson).await,
        Program::DetachesTheLoser => detaches_the_loser::answer(lesson).await,
        Program::KeepsTheLosers => keeps_the_losers::answer(lesson).await,
        Program::NeverPollsTheSecond => never_polls_the_second::answer(lesson).await,
        Program::OneAfterAnother => one_after_another::answer(lesson).await,
        Program::WaitsForBoth => waits_for_both::answer(lesson).await,
    }
}
