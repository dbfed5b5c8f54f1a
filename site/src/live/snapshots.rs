//! The runs as they are now, for all who ask: the log is read no more often than that costs next to nothing.

use std::sync::Arc;

use tokio::sync::Mutex;
use tokio::time::{Instant, sleep_until};

use super::blocking::blocking;
use super::board::{Board, Snapshot};
use crate::log::Log;

/// Takes snapshots of a log.
pub struct Snapshots {
    log: Log,
    board: Arc<Mutex<Board>>,
}

impl Snapshots {
    pub fn new(log: Log) -> Self {
        Self { log, board: Arc::new(Mutex::new(Board::new())) }
    }

    /// The log that they are taken of.
    pub fn log(&self) -> &Log {
        &self.log
    }

    /// The runs as they are now, for a client that asks once. However many ask, the log is read ten times a second at most.
    pub async fn now(&self) -> Arc<Snapshot> {
        self.after(Board::soonest).await
    }

    /// The runs as they are now, for clients that watch and would ask without end.
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
