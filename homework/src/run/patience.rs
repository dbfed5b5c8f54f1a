//! How long nothing may happen before a program is stopped.
//!
//! Load must not be held against a program: patience runs only as far as neither its threads run or wait for a core, nor
//! the checker's own wait for one, among which is the site. A program that is busy without getting anywhere gets a multiple
//! of it in CPU time, and the whole act a larger one in all.

use std::time::Duration;

use tokio::time::Instant;

use crate::process::Usage;

/// How often it is looked whether the program is busy.
const LOOK: Duration = Duration::from_millis(100);
/// How much of the time between two looks counts.
const LONGEST_LOOK: Duration = Duration::from_secs(1);
/// How many times as much CPU time a program may use without progress.
const BUSY: u32 = 4;
/// How many times as long an act may take in all.
const IN_ALL: u32 = 12;

/// Why patience is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// The program was idle, and nothing happened.
    Silent,
    /// It was busy, and got nowhere.
    TooLong,
}

/// The patience with one act of a program.
#[derive(Debug)]
pub struct Patience {
    limit: Duration,
    began: Instant,
    /// How long the program has been idle since something happened.
    idle: Duration,
    /// The CPU time that it has used since.
    used: Duration,
    looked: Instant,
    usage: Usage,
    /// How long this process had waited for cores when it looked last.
    delay: Duration,
}

impl Patience {
    /// A patience that begins now. `delay` is how long this process has waited for cores so far.
    pub fn new(limit: Duration, delay: Duration) -> Self {
        let now = Instant::now();
        let (idle, used) = (Duration::ZERO, Duration::ZERO);
        Self { limit, began: now, idle, used, looked: now, usage: Usage::default(), delay }
    }

    /// Begins anew, as something has happened.
    pub fn renew(&mut self) {
        (self.idle, self.used) = (Duration::ZERO, Duration::ZERO);
    }

    /// Begins anew after `time` in which it was not the program that kept the act waiting.
    pub fn leave_out(&mut self, time: Duration) {
        self.began += time;
        self.renew();
    }

    /// When to look next.
    pub fn next_look(&self) -> Instant {
        self.looked + LOOK
    }

    /// Takes note of what the program has used up to now, and of how long this process has waited for cores, and says
    /// whether patience is over.
    pub fn look(&mut self, usage: Usage, delay: Duration) -> Option<Over> {
        let now = Instant::now();
        // The program may be waiting for the site, which waits for a core.
        let kept_waiting = usage.busy_since(&self.usage) + delay.saturating_sub(self.delay);
        let passed = (now - self.looked).min(LONGEST_LOOK);
        self.idle += passed.saturating_sub(kept_waiting);
        self.used += usage.cpu_since(&self.usage);
        (self.looked, self.usage, self.delay) = (now, usage, delay);
        if self.idle >= self.limit {
            Some(Over::Silent)
        } else if self.used >= self.limit * BUSY || now - self.began >= self.limit * IN_ALL {
            Some(Over::TooLong)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Looks until patience is over, with a program that uses so much of each look's time.
    async fn over(share: f64, progress: bool) -> (Over, u64) {
        let began = Instant::now();
        let mut patience = Patience::new(Duration::from_secs(10), Duration::ZERO);
        let mut cpu = Duration::ZERO;
        loop {
            tokio::time::sleep_until(patience.next_look()).await;
            cpu += LOOK.mul_f64(share);
            if let Some(over) = patience.look(Usage { cpu, ..Usage::default() }, Duration::ZERO) {
                return (over, began.elapsed().as_secs());
            }
            if progress {
                patience.renew();
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn it_runs_only_while_the_program_is_idle() {
        assert_eq!(over(0.0, false).await, (Over::Silent, 10));
        assert_eq!(over(0.5, false).await, (Over::Silent, 20));
        assert_eq!(over(1.0, false).await, (Over::TooLong, 40));
        assert_eq!(over(0.0, true).await, (Over::TooLong, 120));
    }
}
