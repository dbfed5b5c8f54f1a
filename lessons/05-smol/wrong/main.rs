//! Lesson 05's wrong programs: mistakes that people make there, which `cargo homework check 5` must catch.
//! Each says which expectations of `homework.toml` it can't meet.
//!
//!     cargo run -p lesson05 --example wrong05 -- all-pairs-at-once

mod all_pairs_at_once;
mod asks_whether_it_is_finished;
mod awaits_the_first;
mod detaches_the_loser;
mod drops_a_task_at_once;
mod keeps_the_losers;
mod never_polls_the_second;
mod one_after_another;
mod prints_the_first_of_the_pair;
mod takes_a_cancelled_task_for_an_error;
mod waits_for_both;

testing::wrong!(
    smol::block_on:
    all_pairs_at_once,
    asks_whether_it_is_finished,
    awaits_the_first,
    detaches_the_loser,
    drops_a_task_at_once,
    keeps_the_losers,
    never_polls_the_second,
    one_after_another,
    prints_the_first_of_the_pair,
    takes_a_cancelled_task_for_an_error,
    waits_for_both,
);
