//! Signals that ask a program to end: the one place that differs between Unix and Windows.

use std::io;

/// The exit status of a program that Ctrl-C ended, as shells report it.
pub const INTERRUPTED: u8 = 130;

#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};
#[cfg(windows)]
use tokio::signal::windows::{CtrlBreak, CtrlC, CtrlClose, ctrl_break, ctrl_c, ctrl_close};

/// A listener for the signals that ask this program to end: Ctrl-C, a request to terminate, the closing of its terminal
/// (unless that was to be ignored, as `nohup` has it).
#[cfg(unix)]
#[derive(Debug)]
pub struct Stop {
    interrupt: Signal,
    terminate: Signal,
    hangup: Option<Signal>,
}

/// A listener for the events that ask this program to end: Ctrl-C, Ctrl-Break, the closing of its console.
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
        let hangup = if is_hangup_ignored() { None } else { Some(signal(SignalKind::hangup())?) };
        let [interrupt, terminate] = [SignalKind::interrupt(), SignalKind::terminate()].map(signal);
        Ok(Self { interrupt: interrupt?, terminate: terminate?, hangup })
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
    #[cfg(unix)]
    pub async fn recv(&mut self) {
        let Self { interrupt, terminate, hangup } = self;
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            Some(()) = async { hangup.as_mut()?.recv().await } => {}
        }
    }

    /// Waits until one of them comes. Cancel safe.
    #[cfg(windows)]
    pub async fn recv(&mut self) {
        let Self(interrupt, interruption, close) = self;
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = interruption.recv() => {}
            _ = close.recv() => {}
        }
    }
}

/// Whether the parent asked for SIGHUP to be ignored. To listen for it would undo that.
#[cfg(unix)]
fn is_hangup_ignored() -> bool {
    // SAFETY: with no new action, sigaction only writes the present one to memory of the right size, which is zeroed and
    // so valid even when nothing is written.
    #[allow(unsafe_code, reason = "no safe crate of the workspace reads a signal's disposition")]
    let action = unsafe {
        let mut action = std::mem::zeroed::<libc::sigaction>();
        libc::sigaction(libc::SIGHUP, std::ptr::null(), &raw mut action);
        action
    };
    action.sa_sigaction == libc::SIG_IGN
}
