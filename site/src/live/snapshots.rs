//! Snapshots of the runs, shared by all viewers. The log is read rarely enough to cost next to nothing.

use std::sync::Arc;

use tokio::sync::Mutex;
use tokio::time::{Instant, sleep_until};

use super::blocking::blocking;
use super::board::{Board, Snapshot};
use crate::log::Log;

/// Takes snapshots of a log, at a limited rate.
pub struct Snapshots {
    log: Log,
    board: Arc<Mutex<Board>>,
}

impl Snapshots {
    pub fn new(log: Log) -> Self {
        Self { log, board: Arc::new(Mutex::new(Board::new())) }
    }

    /// The log.
    pub fn log(&self) -> &Log {
        &self.log
    }

    /// The last snapshot, whenever that was.
    pub async fn last(&self) -> Arc<Snapshot> {
        self.board.lock().await.snapshot()
    }

    /// A present snapshot for a client that asks once. However many ask, the log is read at most ten times a second.
    pub async fn now(&self) -> Arc<Snapshot> {
        self.after(Board::soonest).await
    }

    /// A present snapshot for a client that watches and keeps asking; it may wait longer.
    pub async fn next(&self) -> Arc<Snapshot> {
        self.after(Board::due).await
    }

    async fn after(&self, time: fn(&Board) -> Instant) -> Arc<Snapshot> {
        let asked = Instant::now();
        loop {
            let mut board = Arc::clone(&self.board).lock_owned().await;
            if board.taken() > asked {
                return board.snapshot();
            }
            let time = time(&board);
            if time <= Instant::now() {
                let log = self.log.clone();
                return blocking(move || {
                    board.refresh(&log);
                    board.snapshot()
                })
                .await;
            }
            drop(board);
            sleep_until(time).await;
        }
    }
}
