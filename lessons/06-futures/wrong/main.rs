//! Lesson 06's wrong programs: mistakes that people make there, which `cargo homework check 6` must catch.
//! Each says which expectations of `homework.toml` it can't meet.
//!
//!     cargo run -p lesson06 --example wrong06 -- asks-whether-it-is-ready

mod asks_whether_it_is_ready;
mod awaits_in_page_order;
mod collects_before_printing;
mod joins_all;
mod never_flushes;
mod three_at_a_time;

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
    AsksWhetherItIsReady,
    AwaitsInPageOrder,
    CollectsBeforePrinting,
    JoinsAll,
    NeverFlushes,
    ThreeAtATime,
}

#[tokio::main]
async fn main() -> shared::Result {
    let (lesson, wrong) = shared::start_with(|_: &Wrong| u32::MAX)?;
    answer(wrong.program, &lesson).await?;
    lesson.finish()
}

async fn answer(program: Program, lesson: &Lesson) -> shared::Result {
    match program {
        Program::AsksWhetherItIsReady => asks_whether_it_is_ready::answer(lesson).await,
        Program::AwaitsInPageOrder => awaits_in_page_order::answer(lesson).await,
        Program::CollectsBeforePrinting => collects_before_printing::answer(lesson).await,
        Program::JoinsAll => joins_all::answer(lesson).await,
        Program::NeverFlushes => never_flushes::answer(lesson).await,
        Program::ThreeAtATime => three_at_a_time::answer(lesson).await,
    }
}
