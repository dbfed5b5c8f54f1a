//! What asks a program to end: the one place that differs between Unix and Windows.

use std::io;

#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};
#[cfg(windows)]
use tokio::signal::windows::{CtrlBreak, CtrlC, CtrlClose, ctrl_break, ctrl_c, ctrl_close};

/// Listens for what asks this program to end: Ctrl-C, a request to terminate, the closing of its terminal.
#[cfg(unix)]
#[derive(Debug)]
pub struct Stop([Signal; 3]);

/// Listens for what asks this program to end: Ctrl-C, Ctrl-Break, the closing of its console.
#[cfg(windows)]
#[derive(Debug)]
pub struct Stop(CtrlC, CtrlBreak, CtrlClose);

impl Stop {
    /// Listens from now on. To be called in a runtime.
    ///
    /// # Errors
    /// When the system gives no signals.
    #[cfg(unix)]
    pub fn listen() -> io::Result<Self> {
        let [interrupt, terminate, hangup] =
            [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()].map(signal);
        Ok(Self([interrupt?, terminate?, hangup?]))
    }

    /// Listens from now on. To be called in a runtime.
    ///
    /// # Errors
    /// When the system gives no signals.
    #[cfg(windows)]
    pub fn listen() -> io::Result<Self> {
        Ok(Self(ctrl_c()?, ctrl_break()?, ctrl_close()?))
    }

    /// Waits until one of them comes. Cancel safe.
    pub async fn recv(&mut self) {
        #[cfg(unix)]
        let Self([one, other, third]) = self;
        #[cfg(windows)]
        let Self(one, other, third) = self;
        tokio::select! {
            _ = one.recv() => {}
            _ = other.recv() => {}
            _ = third.recv() => {}
        }
    }
}
