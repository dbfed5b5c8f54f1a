//! Lesson 05's wrong programs: mistakes that people make there, which `cargo homework check 5` must catch.
//! Each says which expectations of `homework.toml` it can't meet.
//!
//!     cargo run -p lesson05 --example wrong05 -- all-pairs-at-once

mod all_pairs_at_once;
mod detaches_the_loser;
mod keeps_the_losers;
mod never_polls_the_second;
mod one_after_another;
mod waits_for_both;

testing::wrong!(
    smol::block_on:
    all_pairs_at_once,
    detaches_the_loser,
    keeps_the_losers,
    never_polls_the_second,
    one_after_another,
    waits_for_both,
);
