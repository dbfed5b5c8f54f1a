//! Lesson 03's wrong programs: mistakes that people make there, which `cargo homework check 3` must catch.
//! Each says which expectations of `homework.toml` it can't meet.
//!
//!     cargo run -p lesson03 --example wrong03 -- asks-nobody

mod asks_nobody;
mod asks_twice;
mod awaits_in_the_loop;
mod blocks_the_thread;
mod prints_as_they_arrive;
mod reads_no_body;
mod says_ok_to_all;
mod spawns_and_awaits;
mod swallows_a_panic;

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
    AsksNobody,
    AsksTwice,
    AwaitsInTheLoop,
    BlocksTheThread,
    PrintsAsTheyArrive,
    ReadsNoBody,
    SaysOkToAll,
    SpawnsAndAwaits,
    SwallowsAPanic,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> shared::Result {
    let (lesson, wrong) = shared::start_with(|_: &Wrong| u32::MAX)?;
    answer(wrong.program, &lesson).await?;
    lesson.finish()
}

async fn answer(program: Program, lesson: &Lesson) -> shared::Result {
    match program {
        Program::AsksNobody => asks_nobody::answer(lesson).await,
        Program::AsksTwice => asks_twice::answer(lesson).await,
        Program::AwaitsInTheLoop => awaits_in_the_loop::answer(lesson).await,
        Program::BlocksTheThread => blocks_the_thread::answer(lesson).await,
        Program::PrintsAsTheyArrive => prints_as_they_arrive::answer(lesson).await,
        Program::ReadsNoBody => reads_no_body::answer(lesson).await,
        Program::SaysOkToAll => says_ok_to_all::answer(lesson).await,
        Program::SpawnsAndAwaits => spawns_and_awaits::answer(lesson).await,
        Program::SwallowsAPanic => swallows_a_panic::answer(lesson).await,
    }
}
