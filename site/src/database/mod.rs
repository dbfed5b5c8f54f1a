#![allow(dead_code)]
mod dialect;
mod failure;
mod infer;
mod snapshots;
mod sql;
mod turns;
mod types;
