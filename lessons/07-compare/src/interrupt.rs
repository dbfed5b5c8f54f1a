//! Ctrl-C: what was measured until then is still shown.

use std::io;
use std::process::{self, ChildStdin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use tokio::runtime;

/// The exit status of a program that Ctrl-C ended, as shells report it.
pub const STATUS: i32 = 130;

/// Whether Ctrl-C was pressed. A handle: clones share it.
#[derive(Clone, Default)]
pub struct Interrupt(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    pressed: bool,
    /// The helper's standard input: when it ends, the helper stops what it measures.
    helper: Option<ChildStdin>,
}

impl Interrupt {
    /// Attends to Ctrl-C from now on, on a thread of its own. Pressed again, it ends the program at once.
    ///
    /// # Errors
    /// When there is no thread or signal to be had.
    pub fn attend() -> io::Result<Self> {
        let interrupt = Self::default();
        let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
        thread::Builder::new().name("ctrl-c".to_owned()).spawn({
            let interrupt = interrupt.clone();
            move || {
                runtime.block_on(async {
                    if tokio::signal::ctrl_c().await.is_ok() {
                        interrupt.press();
                        if tokio::signal::ctrl_c().await.is_ok() {
                            process::exit(STATUS);
                        }
                    }
                });
            }
        })?;
        Ok(interrupt)
    }

    pub fn is_pressed(&self) -> bool {
        self.state().pressed
    }

    /// Keeps a helper's standard input open until it has ended, or Ctrl-C is pressed.
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
