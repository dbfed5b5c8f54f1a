//! What the sessions of a database share: the scenario, the log, the tables, and who may cancel what.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, Semaphore};

use super::failure::Failure;
use super::snapshots::Snapshots;
use super::turns::Turns;
use crate::gatekeeper::Gatekeeper;
use crate::log::Log;
use crate::scenario::{DatabaseScenario, Statement};

/// The practice database: its scenario, its log and its tables.
#[derive(Debug)]
pub struct Database {
    pub scenario: DatabaseScenario,
    pub seed: u64,
    pub log: Log,
    pub snapshots: Arc<Snapshots>,
    pub turns: Turns,
    pub gate: Arc<Gatekeeper<Statement>>,
    /// A permit for each connection that there may be.
    pub connections: Arc<Semaphore>,
    /// The sessions, by the number and the key that a request to cancel names.
    sessions: Mutex<HashMap<(i32, i32), Arc<Session>>>,
    closing: AtomicBool,
}

/// A session as others see it.
#[derive(Debug, Default)]
pub struct Session {
    /// The statement that is in flight.
    statement: Mutex<Option<Cancel>>,
}

/// What ends a statement early.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<(AtomicBool, Notify)>);

impl Database {
    /// A database without tables.
    ///
    /// # Errors
    /// When there is no memory for it.
    pub fn new(scenario: DatabaseScenario, seed: u64, log: Log) -> Result<Self, Failure> {
        Ok(Self {
            snapshots: Snapshots::new()?,
            turns: Turns::new(),
            gate: Arc::new(Gatekeeper::new(scenario.gate)),
            connections: Arc::new(Semaphore::new(scenario.connections.get() as usize)),
            sessions: Mutex::default(),
            closing: AtomicBool::new(false),
            scenario,
            seed,
            log,
        })
    }

    /// Enters a session; returns its number and key.
    pub fn enter(&self, session: &Arc<Session>) -> (i32, i32) {
        let mut sessions = self.sessions();
        loop {
            let name = (fastrand::i32(1..), fastrand::i32(..));
            if let Entry::Vacant(free) = sessions.entry(name) {
                free.insert(Arc::clone(session));
                return name;
            }
        }
    }

    /// Forgets a session.
    pub fn leave(&self, name: (i32, i32)) {
        self.sessions().remove(&name);
    }

    /// Ends the statement that a session has in flight, if there is one.
    pub fn cancel(&self, name: (i32, i32)) {
        let session = self.sessions().get(&name).cloned();
        if let Some(statement) = session.and_then(|session| session.statement().clone()) {
            statement.0.0.store(true, Ordering::Relaxed);
            statement.0.1.notify_one();
        }
    }

    /// A statement's rows, each value as text; not as a session's, so it is not logged and waits for nothing.
    ///
    /// # Errors
    /// What is wrong with the statement.
    pub fn ask(&self, sql: &str) -> Result<Vec<Vec<Option<String>>>, Failure> {
        self.snapshots.begin()?.ask(sql)
    }

    /// Stops all statements that are being executed: nobody will be answered any more.
    pub fn close(&self) {
        self.closing.store(true, Ordering::Relaxed);
    }

    pub fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Relaxed)
    }

    fn sessions(&self) -> MutexGuard<'_, HashMap<(i32, i32), Arc<Session>>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Session {
    /// Notes that a statement is in flight, and returns what may end it.
    pub fn begin(&self) -> Cancel {
        self.statement().insert(Cancel::default()).clone()
    }

    /// Notes that no statement is in flight.
    pub fn end(&self) {
        *self.statement() = None;
    }

    fn statement(&self) -> MutexGuard<'_, Option<Cancel>> {
        self.statement.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Cancel {
    /// Waits until the statement is cancelled.
    pub async fn cancelled(&self) {
        self.0.1.notified().await;
    }

    pub fn is_cancelled(&self) -> bool {
        self.0.0.load(Ordering::Relaxed)
    }
}
