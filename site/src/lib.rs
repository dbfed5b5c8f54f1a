//! The practice site: a local stand-in for a car-listing site that answers when its scenario says so, and writes down
//! all that it saw.
//!
//! A [`Scenario`] is what the site will do, the [`Log`] is what it saw, a [`Timeline`] is a log drawn. Nothing that can
//! be reached over HTTP changes scenario or log.

#![warn(missing_docs)]

#[cfg(feature = "files")]
mod files;
mod gatekeeper;
mod listing;
#[cfg(feature = "page")]
mod live;
mod log;
mod options;
mod page_line;
mod quota;
mod random;
mod scenario;
mod server;
mod timeline;

use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, mpsc};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio::runtime;
use tokio::sync::oneshot;

use gatekeeper::Gatekeeper;
use server::{Practice, serve_with};

#[cfg(feature = "files")]
pub use files::{write_har, write_json_lines};
pub use listing::{CARS_A_PAGE, LISTING_PATH, car_ids, first_price};
pub use log::{Exchange, Log, Outcome, Record};
pub use options::ScenarioOptions;
pub use page_line::PageLine;
pub use scenario::{Fault, FaultKind, Gate, Invalid, Latency, LatencyRule, Release, Scenario, Target};
pub use server::listen;
#[cfg(feature = "page")]
pub use server::{Public, serve};
pub use timeline::{Figures, Timeline};

/// The URL of a site's listing without the page's number, which the deck's programs append.
pub fn url_prefix(address: SocketAddr) -> String {
    format!("http://{address}{LISTING_PATH}?page=")
}

/// A practice site on a thread, runtime and port of its own, as if it were a remote machine. Dropping it stops it.
#[derive(Debug)]
pub struct Site {
    address: SocketAddr,
    log: Log,
    gate: Arc<Gatekeeper>,
    runtime: runtime::Handle,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Site {
    /// Starts a site on a free port of the loopback interface.
    ///
    /// # Errors
    /// When the scenario contradicts itself, or there is no port, thread or file descriptor to be had.
    pub fn start(scenario: Scenario) -> io::Result<Self> {
        let scenario = scenario.validated().map_err(|why| io::Error::new(ErrorKind::InvalidInput, why))?;
        let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        let listener = {
            let _inside = handle.enter();
            listen((Ipv4Addr::LOCALHOST, 0).into())?
        };
        let address = listener.local_addr()?;
        // So that a run that asks for each page once is seen whole.
        let log = Log::new(Log::CAPACITY.max(scenario.pages as usize));
        let practice = Practice::new(scenario, log.clone(), None);
        let gate = practice.gate();
        let (stop, stopped) = oneshot::channel::<()>();
        let thread = thread::Builder::new().name("practice-site".to_owned()).spawn({
            let log = log.clone();
            move || {
                runtime.block_on(async {
                    tokio::select! {
                        () = serve_with(listener, practice, std::future::pending()) => {}
                        // Nobody is left to wait for: running answers are cut at once.
                        _ = stopped => log.close(),
                    }
                });
            }
        })?;
        Ok(Self { address, log, gate, runtime: handle, stop: Some(stop), thread: Some(thread) })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What a page's number is appended to.
    pub fn url_prefix(&self) -> String {
        url_prefix(self.address)
    }

    /// What it saw.
    pub fn log(&self) -> &Log {
        &self.log
    }

    /// Lets the requests for `target` pass a [`Gate::Manual`], those to come included.
    pub fn release(&self, target: Target) {
        self.gate.release(target);
    }

    /// Opens a [`Gate::Manual`] for good.
    pub fn open_gate(&self) {
        self.gate.open();
    }

    /// Waits until nothing is in flight, but no longer than `patience`. It blocks the thread, and works in and out of
    /// asynchronous code.
    pub fn settle(&self, patience: Duration) {
        let (settled, wait) = mpsc::channel();
        let log = self.log.clone();
        self.runtime.spawn(async move {
            log.wait_for(|record| record.in_flight() == 0).await;
            let _ = settled.send(());
        });
        let _ = wait.recv_timeout(patience);
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // The thread ends by a panic only if the site has a defect, and it has said so then.
            let _ = thread.join();
        }
    }
}
