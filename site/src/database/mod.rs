//! The practice database: PostgreSQL's protocol in front of SQLite, on a port of its own.
//!
//! Each module uses only those above it.
//!
//! - `failure`: SQLSTATEs; `types`: values in text and in binary; `sql`: tokens and kinds of statements
//! - `dialect`: PostgreSQL's SQL in SQLite's words; `infer`: the types of parameters and results
//! - `turns`: who is executed when; `snapshots`: the tables, and transactions side by side
//! - `wire`: messages in and out; `settings`: SET and SHOW; `prepared`: prepared statements
//! - `practice`: what sessions share; `session`: a client's conversation

mod dialect;
mod failure;
mod infer;
mod practice;
mod prepared;
mod session;
mod settings;
mod snapshots;
mod sql;
mod turns;
mod types;
mod wire;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::time::sleep;

use crate::log::Log;
use crate::scenario::DatabaseScenario;
pub use practice::Database;

/// How many connections may be open beyond those that the scenario allows: they have not said yet who they are, want to
/// cancel something, or are being told that there are too many.
const SPARE_CONNECTIONS: usize = 256;

/// The URL of a database.
pub fn url(address: SocketAddr) -> String {
    format!("postgres://practice@{address}/practice")
}

/// Serves an empty database on `listener` until `shutdown` completes. `seed` is what latencies are drawn from.
///
/// # Errors
/// When there is no memory for it.
pub async fn serve_database(
    listener: TcpListener,
    scenario: DatabaseScenario,
    seed: u64,
    log: Log,
    shutdown: impl Future<Output = ()>,
) -> io::Result<()> {
    let database = open(scenario, seed, log)?;
    tokio::select! {
        () = serve(listener, Arc::clone(&database)) => {}
        () = shutdown => {}
    }
    database.close();
    Ok(())
}

/// An empty database.
///
/// # Errors
/// When there is no memory for it.
pub fn open(scenario: DatabaseScenario, seed: u64, log: Log) -> io::Result<Arc<Database>> {
    Database::new(scenario, seed, log).map(Arc::new).map_err(|why| io::Error::other(why.message))
}

/// Serves the database on `listener` for ever.
pub async fn serve(listener: TcpListener, database: Arc<Database>) {
    let most = database.scenario.connections.get() as usize + SPARE_CONNECTIONS;
    let open = Arc::new(Semaphore::new(most));
    loop {
        match listener.accept().await {
            Ok((stream, client)) => {
                // This fails only if the client is gone already, which serving it will show.
                let _ = stream.set_nodelay(true);
                // Without a permit, dropping the stream closes it.
                if let Ok(permit) = Arc::clone(&open).try_acquire_owned() {
                    let database = Arc::clone(&database);
                    tokio::spawn(async move {
                        session::serve(stream, client.ip(), database).await;
                        drop(permit);
                    });
                }
            }
            // Either the client is gone already, or the process is out of file descriptors: try again soon.
            Err(_) => sleep(Duration::from_millis(10)).await,
        }
    }
}
