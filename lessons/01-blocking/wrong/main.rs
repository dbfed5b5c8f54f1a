//! Lesson 01's wrong programs: mistakes that people make there, which `cargo homework check 1` must catch.
//! Each says which expectations of `homework.toml` it can't meet.
//!
//!     cargo run -p lesson01 --example wrong01 -- a-client-for-each-page

mod a_client_for_each_page;
mod fails_in_the_end;
mod misses_the_last_page;
mod never_flushes;
mod prints_at_the_end;
mod stops_at_the_failure;

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
    AClientForEachPage,
    FailsInTheEnd,
    MissesTheLastPage,
    NeverFlushes,
    PrintsAtTheEnd,
    StopsAtTheFailure,
}

fn main() -> shared::Result {
    let (lesson, wrong) = shared::start_with(|_: &Wrong| u32::MAX)?;
    answer(wrong.program, &lesson)?;
    lesson.finish()
}

fn answer(program: Program, lesson: &Lesson) -> shared::Result {
    match program {
        Program::AClientForEachPage => a_client_for_each_page::answer(lesson),
        Program::FailsInTheEnd => fails_in_the_end::answer(lesson),
        Program::MissesTheLastPage => misses_the_last_page::answer(lesson),
        Program::NeverFlushes => never_flushes::answer(lesson),
        Program::PrintsAtTheEnd => prints_at_the_end::answer(lesson),
        Program::StopsAtTheFailure => stops_at_the_failure::answer(lesson),
    }
}
