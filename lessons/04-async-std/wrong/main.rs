//! Lesson 04's wrong programs: mistakes that people make there, which `cargo homework check 4` must catch.
//! Each says which expectations of `homework.toml` it can't meet.
//!
//!     cargo run -p lesson04 --example wrong04 -- a-pool-of-fifty

mod a_pool_of_fifty;
mod all_or_nothing;
mod asks_again;
mod awaits_in_the_loop;
mod exits_well;
mod makes_up_a_status;
mod prints_in_the_task;

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
    APoolOfFifty,
    AllOrNothing,
    AsksAgain,
    AwaitsInTheLoop,
    ExitsWell,
    MakesUpAStatus,
    PrintsInTheTask,
}

#[async_std::main]
async fn main() -> shared::Result {
    let (lesson, wrong) = shared::start_with(|_: &Wrong| u32::MAX)?;
    answer(wrong.program, &lesson).await?;
    lesson.finish()
}

async fn answer(program: Program, lesson: &Lesson) -> shared::Result {
    match program {
        Program::APoolOfFifty => a_pool_of_fifty::answer(lesson).await,
        Program::AllOrNothing => all_or_nothing::answer(lesson).await,
        Program::AsksAgain => asks_again::answer(lesson).await,
        Program::AwaitsInTheLoop => awaits_in_the_loop::answer(lesson).await,
        Program::ExitsWell => exits_well::answer(lesson).await,
        Program::MakesUpAStatus => makes_up_a_status::answer(lesson).await,
        Program::PrintsInTheTask => prints_in_the_task::answer(lesson).await,
    }
}
