//! Verdicts as JSON. homework/README.md documents it, homework/verdict.schema.json defines it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;
use site::DatabaseFigures;

use super::outcome::{Outcome, Verdict, Word, nothing_written};
use crate::expect::{Finding, Status};
use crate::process::{Ended, Exceeded, Wall};
use crate::run::{End, Refusal, Run};

/// The version of the JSON format. It changes when something that was there means something else, or is gone.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Report<'a> {
    version: u32,
    results: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    lesson: u32,
    status: Word,
    /// Why there is no verdict, or why there was no run.
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Cow<'a, str>>,
    expectations: Vec<Expectation<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    build_ms: Option<u128>,
    #[serde(skip_serializing_if = "Option::is_none")]
    run: Option<RunSummary>,
}

#[derive(Serialize)]
struct Expectation<'a> {
    name: &'static str,
    status: &'static str,
    expected: &'a str,
    seen: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<&'a str>,
}

#[derive(Serialize)]
struct RunSummary {
    seed: u64,
    pages: u32,
    took_ms: u128,
    end: EndSummary,
    stdout_bytes: u64,
    stderr_bytes: u64,
    walls: Vec<Wall>,
    /// What was refused to the program, by its own words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    refused: Vec<Refusal>,
    log: LogSummary,
    /// What the practice database saw, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    database: Option<DatabaseSummary>,
}

#[derive(Serialize)]
#[serde(tag = "how", rename_all = "snake_case")]
enum EndSummary {
    Status { status: i32 },
    Signal { signal: i32 },
    Memory { bytes: u64 },
    Processes { count: usize },
    Requests { count: u64 },
    Killed,
    Silent,
    TooLong,
}

#[derive(Serialize)]
struct LogSummary {
    requests: u64,
    peak_in_flight: u64,
    /// When it was reached, after the first request.
    peak_at_ms: u64,
    connections: u64,
    given_up: usize,
    /// How many answers had each status.
    statuses: BTreeMap<u16, u64>,
}

#[derive(Serialize)]
struct DatabaseSummary {
    queries: u64,
    peak_in_flight: u64,
    connections: u64,
    committed: u64,
    rolled_back: u64,
}

/// The verdicts as one JSON document.
///
/// # Errors
/// Never in practice: nothing in it can fail to be written.
pub fn json(verdicts: &[Verdict]) -> serde_json::Result<String> {
    let report = Report { version: VERSION, results: verdicts.iter().map(entry).collect() };
    serde_json::to_string_pretty(&report)
}

fn entry(verdict: &Verdict) -> Entry<'_> {
    let (message, expectations, run) = match &verdict.outcome {
        Outcome::Judged(run, findings) => (None, findings.as_slice(), Some(summary(run))),
        Outcome::NothingWritten { todos, .. } => (Some(nothing_written(todos).into()), &[][..], None),
        Outcome::DoesNotCompile => (Some("it does not compile".into()), &[][..], None),
        Outcome::Error(why) => (Some(why.into()), &[][..], None),
    };
    Entry {
        lesson: verdict.lesson,
        status: verdict.word(),
        message,
        expectations: expectations.iter().map(expectation).collect(),
        build_ms: verdict.build.map(|time| time.as_millis()),
        run,
    }
}

fn expectation(finding: &Finding) -> Expectation<'_> {
    let status = match finding.status {
        Status::Met => "pass",
        Status::Unmet => "fail",
        Status::Unknown => "unknown",
    };
    Expectation {
        name: finding.name,
        status,
        expected: &finding.expected,
        seen: &finding.seen,
        hint: finding.hint.as_deref(),
    }
}

fn summary(run: &Run) -> RunSummary {
    let act = run.last_act();
    let figures = run.timeline.figures();
    let mut statuses = BTreeMap::new();
    for status in run.exchanges.iter().filter_map(|exchange| exchange.status) {
        *statuses.entry(status).or_default() += 1;
    }
    RunSummary {
        seed: run.plan.seed,
        pages: run.plan.pages(),
        took_ms: run.took.as_millis(),
        end: match act.end {
            End::Ended(Ended::Status(status)) => EndSummary::Status { status },
            End::Ended(Ended::Signal(signal)) => EndSummary::Signal { signal },
            End::Exceeded(Exceeded::Memory(bytes)) => EndSummary::Memory { bytes },
            End::Exceeded(Exceeded::Processes(count)) => EndSummary::Processes { count },
            End::Flood(count) => EndSummary::Requests { count },
            End::Killed => EndSummary::Killed,
            End::Silent => EndSummary::Silent,
            End::TooLong => EndSummary::TooLong,
        },
        stdout_bytes: act.stdout.bytes,
        stderr_bytes: act.stderr.bytes,
        walls: run.walls.clone(),
        refused: run.refused(),
        log: LogSummary {
            requests: run.exchanges.len() as u64,
            peak_in_flight: figures.peak_in_flight,
            peak_at_ms: figures.peak_at / 1000,
            connections: run.connections,
            given_up: run.exchanges.iter().filter(|exchange| exchange.outcome == site::Outcome::GivenUp).count(),
            statuses,
        },
        database: run.database.as_ref().map(|_| {
            let DatabaseFigures { queries, peak_in_flight, connections, committed, rolled_back } =
                run.timeline.database_figures();
            DatabaseSummary { queries, peak_in_flight, connections, committed, rolled_back }
        }),
    }
}
