//! Ctrl-C: what was measured until then is still shown.

use std::process::{self, ChildStdin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::{io, thread};

use console::signals::{INTERRUPTED, Stop};
use tokio::runtime;

/// Whether this program was asked to end. A handle: clones share it.
#[derive(Clone, Default)]
pub struct Interrupt(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    pressed: bool,
    /// The helper's standard input: when it ends, the helper stops what it measures.
    helper: Option<ChildStdin>,
}

impl Interrupt {
    /// Listens for Ctrl-C and its like from now on. A second one ends the program at once.
    ///
    /// # Errors
    /// When there is no thread or signal to be had.
    pub fn listen() -> io::Result<Self> {
        let interrupt = Self::default();
        let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
        let mut stop = {
            let _entered = runtime.enter();
            Stop::listen()?
        };
        thread::Builder::new().name("ctrl-c".to_owned()).spawn({
            let interrupt = interrupt.clone();
            move || {
                runtime.block_on(stop.recv());
                interrupt.press();
                runtime.block_on(stop.recv());
                process::exit(INTERRUPTED.into());
            }
        })?;
        Ok(interrupt)
    }

    pub fn is_pressed(&self) -> bool {
        self.state().pressed
    }

    /// Keeps a helper's standard input open until it has ended, or this program is asked to end.
    pub fn stops(&self, helper: Option<ChildStdin>) {
        let mut state = self.state();
        state.helper = helper.filter(|_| !state.pressed);
    }

    fn press(&self) {
        let mut state = self.state();
        state.pressed = true;
        state.helper = None;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
