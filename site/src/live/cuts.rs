//! Runs as a viewer has cut them by hand.
//!
//! A cut is a moment in the viewer's own address: what was asked before it and what was asked after it are shown as two
//! runs. The site's runs, its log and its scenario stay as they are, and other viewers see nothing of it. It could not
//! be otherwise: whatever a browser can reach, a program that is being watched can reach too, and would rewrite what is
//! known of it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, UNIX_EPOCH};

use super::asked::{Asked, by_arrival};
use super::board::Snapshot;
use super::run::{Growing, Run};
use crate::log::Log;

/// How many runs are kept in pieces.
const KEPT: usize = 64;

/// A run's id and version, and the moments inside it at which it was cut.
type Key = (u64, u64, Vec<u64>);

/// Cuts runs into pieces.
#[derive(Debug)]
pub struct Cuts {
    log: Log,
    kept: Mutex<HashMap<Key, Vec<Arc<Run>>>>,
}

impl Cuts {
    pub fn new(log: Log) -> Self {
        Self { log, kept: Mutex::default() }
    }

    /// Now, as cuts count it: in milliseconds of Unix time.
    pub fn now(&self) -> u64 {
        self.unix(self.log.now())
    }

    /// The snapshot with its runs cut at these moments, which must be sorted. Reads the log of runs that are cut:
    /// do not call it on the thread that serves.
    pub fn apply(&self, snapshot: &Arc<Snapshot>, moments: &[u64]) -> Arc<Snapshot> {
        let is_cut = |run: &Arc<Run>| moments.iter().any(|moment| is_inside(run, *moment));
        if !snapshot.runs.iter().any(is_cut) {
            return Arc::clone(snapshot);
        }
        let mut runs: Vec<Arc<Run>> = snapshot.runs.iter().flat_map(|run| self.pieces(run, moments)).collect();
        runs.sort_by_key(|run| std::cmp::Reverse(run.id));
        Arc::new(Snapshot { runs, ..Snapshot::clone(snapshot) })
    }

    fn pieces(&self, run: &Arc<Run>, moments: &[u64]) -> Vec<Arc<Run>> {
        let inside: Vec<u64> = moments.iter().copied().filter(|moment| is_inside(run, *moment)).collect();
        if inside.is_empty() {
            return vec![Arc::clone(run)];
        }
        let key = (run.id, run.version, inside);
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pieces) = kept.get(&key) {
            return pieces.clone();
        }
        let pieces = self.cut(run, &key.2);
        if kept.len() == KEPT {
            kept.clear();
        }
        kept.insert(key, pieces.clone());
        pieces
    }

    fn cut(&self, run: &Run, moments: &[u64]) -> Vec<Arc<Run>> {
        let (first, last) = run.exchanges;
        let exchanges = self.log.copies(first..=last).filter(|exchange| run.asker.has_sent(exchange));
        let mut pieces: Vec<(usize, Growing)> = Vec::new();
        for asked in by_arrival(exchanges, run.queries.copies(&self.log)) {
            let arrived = asked.arrived();
            let place = moments.partition_point(|moment| *moment <= self.unix(arrived));
            if pieces.last().is_none_or(|(last, _)| *last != place) {
                // The first keeps the run's id, under which the viewer may have given it a name.
                let id = if pieces.is_empty() { run.id } else { self.unix(arrived) };
                pieces.push((place, Growing::new(id, run.number, run.asker.clone(), arrived)));
            }
            let Some((_, piece)) = pieces.last_mut() else { continue };
            match asked {
                Asked::Exchange(exchange) => piece.add(&exchange, self.log.now()),
                Asked::Query(query) => {
                    let transaction = query
                        .transaction
                        .and_then(|id| self.log.read(|record| record.queries().transaction(id).copied()));
                    piece.add_query(&query, transaction.as_ref(), self.log.now());
                }
            }
        }
        pieces.into_iter().map(|(_, mut piece)| piece.snapshot_as(run.version)).collect()
    }

    /// Milliseconds of Unix time for a moment of the log.
    fn unix(&self, micros: u64) -> u64 {
        let since_epoch = self.log.began_at().duration_since(UNIX_EPOCH).unwrap_or_default();
        u64::try_from((since_epoch + Duration::from_micros(micros)).as_millis()).unwrap_or(u64::MAX)
    }
}

/// Whether a moment may be between two of a run's exchanges or queries.
fn is_inside(run: &Run, moment: u64) -> bool {
    run.id < moment && moment <= run.id + run.timeline.span() / 1_000 + 1
}
