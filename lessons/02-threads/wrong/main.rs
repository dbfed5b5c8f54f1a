//! Lesson 02's wrong programs: mistakes that people make there, which `cargo homework check 2` must catch.
//! Each says which expectations of `homework.toml` it can't meet.
//!
//!     cargo run -p lesson02 --example wrong02 -- a-client-for-each-page

mod a_client_for_each_page;
mod a_thread_for_each_page;
mod batches_of_four;
mod every_worker_takes_every_page;
mod holds_the_lock;
mod ignores_a_panic;

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
    AThreadForEachPage,
    BatchesOfFour,
    EveryWorkerTakesEveryPage,
    HoldsTheLock,
    IgnoresAPanic,
}

fn main() -> shared::Result {
    let (lesson, wrong) = shared::start_with(|_: &Wrong| u32::MAX)?;
    answer(wrong.program, &lesson)?;
    lesson.finish()
}

fn answer(program: Program, lesson: &Lesson) -> shared::Result {
    match program {
        Program::AClientForEachPage => a_client_for_each_page::answer(lesson),
        Program::AThreadForEachPage => a_thread_for_each_page::answer(lesson),
        Program::BatchesOfFour => batches_of_four::answer(lesson),
        Program::EveryWorkerTakesEveryPage => every_worker_takes_every_page::answer(lesson),
        Program::HoldsTheLock => holds_the_lock::answer(lesson),
        Program::IgnoresAPanic => ignores_a_panic::answer(lesson),
    }
}
