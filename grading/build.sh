#!/usr/bin/env bash
# Builds the checker, and what answers in Rust are compiled with, for machines that have no network while they judge;
# elsewhere `cargo homework grade` builds what it needs. Takes the numbers of lessons: grading/build.sh 03 08. Without
# them: all.
set -euo pipefail
cd "$(dirname "$0")/.."

cargo fetch --locked
cargo build --locked --package homework
if (($# == 0)); then
  for task in lessons/*/homework.toml; do
    lesson=$(basename "$(dirname "$task")")
    set -- "$@" "${lesson%%-*}"
  done
fi
for number; do
  cargo build --locked --package "lesson$number" --bin "solution$number"
done
