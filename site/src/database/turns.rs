//! Turns at the processor: as many statements are executed at once as there are processors, and one that takes long
//! makes room for the others now and then.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How long a statement is executed before others have a turn.
const TURN: Duration = Duration::from_millis(20);

/// The turns that there are.
#[derive(Debug)]
pub struct Turns(Arc<Semaphore>);

impl Turns {
    pub fn new() -> Self {
        let processors = thread::available_parallelism().map_or(1, usize::from);
        Self(Arc::new(Semaphore::new(processors)))
    }

    /// Waits for a turn for an execution that may take until `limit` from now, or until `is_stopped`.
    pub async fn take(&self, is_stopped: impl Fn() -> bool + Send + Sync + 'static, limit: Duration) -> Turn {
        // Never an error: the semaphore is not closed.
        let permit = Arc::clone(&self.0).acquire_owned().await.ok();
        let now = Instant::now();
        Turn {
            turns: Arc::clone(&self.0),
            runtime: Handle::current(),
            is_stopped: Box::new(is_stopped),
            deadline: now + limit,
            holds: Mutex::new((permit, now)),
        }
    }
}

/// A statement's turn. Dropping it ends it.
pub struct Turn {
    turns: Arc<Semaphore>,
    runtime: Handle,
    is_stopped: Box<dyn Fn() -> bool + Send + Sync>,
    deadline: Instant,
    /// The turn itself, and when it began.
    holds: Mutex<(Option<OwnedSemaphorePermit>, Instant)>,
}

impl Turn {
    /// Whether the execution is to stop. It is asked often, on the thread that executes the statement; when others wait
    /// for a turn, they have one before this returns.
    pub fn is_over(&self) -> bool {
        if (self.is_stopped)() {
            return true;
        }
        let now = Instant::now();
        if now >= self.deadline {
            return true;
        }
        let mut holds = self.holds.lock().unwrap_or_else(PoisonError::into_inner);
        if now - holds.1 >= TURN {
            if self.turns.available_permits() == 0 {
                // First come, first served: whoever waits gets it now.
                holds.0 = None;
                holds.0 = self.runtime.block_on(Arc::clone(&self.turns).acquire_owned()).ok();
            }
            holds.1 = Instant::now();
        }
        false
    }
}

impl fmt::Debug for Turn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Turn").field("deadline", &self.deadline).finish_non_exhaustive()
    }
}
