//! Embedded sites.

use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, mpsc};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::runtime;
use tokio::sync::oneshot;

use crate::content::Content;
#[cfg(feature = "database")]
use crate::database::{self, Database};
use crate::gatekeeper::Gatekeeper;
use crate::listing::{Listing, url_prefix};
use crate::log::Log;
#[cfg(feature = "database")]
use crate::scenario::Statement;
use crate::scenario::{Scenario, Target};
use crate::server::{Practice, listen, serve_practice};

/// A practice site inside another program, on its own thread, runtime and port, as if it were a remote machine.
/// Dropping it stops it.
#[derive(Debug)]
pub struct Site {
    address: SocketAddr,
    log: Log,
    gate: Arc<Gatekeeper>,
    #[cfg(feature = "database")]
    database: Option<(SocketAddr, Arc<Database>)>,
    runtime: runtime::Handle,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// Listening sockets that a site is reached by. Without one of its own, it has a free port of the loopback interface.
#[derive(Debug, Default)]
pub struct Doors {
    /// The site's.
    pub site: Option<std::net::TcpListener>,
    /// The practice database's.
    pub database: Option<std::net::TcpListener>,
}

fn open(runtime: &runtime::Handle, door: Option<std::net::TcpListener>) -> io::Result<TcpListener> {
    let _inside = runtime.enter();
    match door {
        Some(door) => {
            door.set_nonblocking(true)?;
            TcpListener::from_std(door)
        }
        None => listen((Ipv4Addr::LOCALHOST, 0).into()),
    }
}

impl Site {
    /// Starts a site on a free port of the loopback interface.
    ///
    /// # Errors
    /// When the scenario contradicts itself, or there is no port, thread or file descriptor to be had; when it asks for a
    /// database and this was built without the feature `database`.
    pub fn start(scenario: Scenario) -> io::Result<Self> {
        Self::start_on(scenario, Doors::default())
    }

    /// Starts a site that answers on sockets which somebody else has made, as far as they are given.
    ///
    /// # Errors
    /// As [`start`](Self::start), and when a socket can't be used.
    pub fn start_on(scenario: Scenario, doors: Doors) -> io::Result<Self> {
        let scenario = scenario.validated().map_err(|why| io::Error::new(ErrorKind::InvalidInput, why))?;
        let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        let listener = open(&handle, doors.site)?;
        let address = listener.local_addr()?;
        // Room for a run that requests each page once.
        let log = Log::new(Log::CAPACITY.max(scenario.pages as usize));
        #[cfg(not(feature = "database"))]
        if scenario.database.is_some() {
            return Err(io::Error::new(ErrorKind::Unsupported, "this program was built without the practice database"));
        }
        #[cfg(feature = "database")]
        let (database_listener, database) = match &scenario.database {
            Some(settings) => {
                let listener = open(&handle, doors.database)?;
                let bound = listener.local_addr()?;
                let database = database::open(settings.clone(), scenario.seed, log.clone())?;
                (Some((listener, Arc::clone(&database))), Some((bound, database)))
            }
            None => (None, None),
        };
        let practice = Practice::new(scenario, log.clone(), None);
        let gate = practice.gate();
        #[cfg(feature = "database")]
        let second_door = serve_some(database_listener);
        #[cfg(not(feature = "database"))]
        let second_door = std::future::pending::<()>();
        let (stop, stopped) = oneshot::channel::<()>();
        let thread = thread::Builder::new().name("practice-site".to_owned()).spawn({
            let log = log.clone();
            move || {
                runtime.block_on(async {
                    tokio::select! {
                        () = serve_practice(listener, practice, std::future::pending()) => {}
                        // The owner is gone: running answers are cut off at once.
                        _ = stopped => log.close(),
                        () = second_door => {}
                    }
                });
                // A statement that is being executed is not waited for.
                runtime.shutdown_background();
            }
        })?;
        Ok(Self {
            address,
            log,
            gate,
            #[cfg(feature = "database")]
            database,
            runtime: handle,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// The address that it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The URL prefix to which a page's number is appended.
    pub fn url_prefix(&self) -> String {
        url_prefix(self.address)
    }

    /// The log of what it saw.
    pub fn log(&self) -> &Log {
        &self.log
    }

    /// Lets requests for `target` pass a [`Gate::Manual`](crate::Gate::Manual), including later ones.
    pub fn release(&self, target: Target) {
        self.gate.release(target);
    }

    /// Opens a [`Gate::Manual`](crate::Gate::Manual) for good, and lets all bodies through.
    pub fn open_gate(&self) {
        self.gate.open();
    }

    /// Has a [`Gate::Manual`](crate::Gate::Manual) hold everything again that comes from now on.
    pub fn close_gate(&self) {
        self.gate.close();
    }

    /// The URL of the practice database, if the scenario has one.
    #[cfg(feature = "database")]
    pub fn database_url(&self) -> Option<String> {
        self.database.as_ref().map(|(address, _)| database::url(*address))
    }

    /// The address that the practice database listens on, if the scenario has one.
    #[cfg(feature = "database")]
    pub fn database_address(&self) -> Option<SocketAddr> {
        self.database.as_ref().map(|(address, _)| *address)
    }

    /// Lets a statement pass the database's [`Gate::Manual`](crate::Gate::Manual).
    #[cfg(feature = "database")]
    pub fn release_statement(&self, statement: Statement) {
        if let Some((_, database)) = &self.database {
            database.gate.release(statement);
        }
    }

    /// Opens the database's [`Gate::Manual`](crate::Gate::Manual) for good.
    #[cfg(feature = "database")]
    pub fn open_statement_gate(&self) {
        if let Some((_, database)) = &self.database {
            database.gate.open();
        }
    }

    /// Asks the database itself: a statement's rows, each value as text. It is no query of the log, and waits for
    /// nothing but other statements.
    ///
    /// # Errors
    /// What is wrong with the statement, in words; or that there is no database.
    #[cfg(feature = "database")]
    pub fn ask_database(&self, sql: &str) -> Result<Vec<Vec<Option<String>>>, String> {
        let (_, database) = self.database.as_ref().ok_or("there is no database")?;
        database.ask(sql).map_err(|why| why.message)
    }

    /// Has bodies for `target` wait before their first byte, and then before each that
    /// [`let_through`](Self::let_through) has not named.
    pub fn hold_body(&self, target: Target) {
        self.gate.hold_body(target);
    }

    /// Lets bodies for `target` be sent as far as their first `bytes`.
    pub fn let_through(&self, target: Target, bytes: u64) {
        self.gate.let_through(target, bytes);
    }

    /// Waits until nothing is in flight, but no longer than `patience`. It blocks the thread; it may be called both
    /// inside and outside of asynchronous code.
    pub fn settle(&self, patience: Duration) {
        let (settled, wait) = mpsc::channel();
        let log = self.log.clone();
        self.runtime.spawn(async move {
            log.wait_for(|record| record.in_flight() == 0 && record.queries().in_flight() == 0).await;
            let _ = settled.send(());
        });
        let _ = wait.recv_timeout(patience);
    }
}

/// Serves a database, if there is one.
#[cfg(feature = "database")]
async fn serve_some(database: Option<(TcpListener, Arc<Database>)>) {
    match database {
        Some((listener, database)) => database::serve(listener, database).await,
        None => std::future::pending().await,
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        #[cfg(feature = "database")]
        if let Some((_, database)) = &self.database {
            database.close();
        }
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // An error means that the site has panicked, which has been reported by then.
            let _ = thread.join();
        }
    }
}

/// What a site with this scenario sends as the body of a page that nothing goes wrong with; `None` if it has no such page.
pub fn content_of(scenario: &Scenario, page: u32) -> Option<Content> {
    let html = Listing::new(scenario.seed, scenario.pages).page(page)?;
    Some(Content::grown(html, scenario.size_of(page)))
}
