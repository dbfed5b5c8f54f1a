//! The practice site: a local stand-in for a car-listing site that answers when its scenario says so, and writes down
//! all that it saw. With the feature `database` it has a practice database, too.
//!
//! A [`Scenario`] says what the site is to do, the [`Log`] has what it saw, and a [`Timeline`] is a drawing of a log.
//! No request over HTTP changes a scenario or a log.
//!
//! # Layout
//!
//! Each module uses only those above it.
//!
//! - `random`: random numbers that follow from the seed
//! - `content`: what a page's body holds, of whatever size
//! - `listing`: the pages and their cars; `program`: the names that programs give themselves in URLs
//! - `scenario/`: what is to happen (targets, latencies, gate, faults); `options`: the same on a command line
//! - `log`: the exchanges, with waiting for changes and a journal of ends
//! - `timeline/`: a log drawn, in characters and as SVG
//! - `exports`: a log as JSON lines and HAR
//! - `gatekeeper`: holds requests until the gate opens; `quota`: how much one client may have
//! - `database/`: the second door, for SQL: PostgreSQL's protocol in front of SQLite. Its statements get into the same log
//! - `live/`: the page that shows the log as it grows
//! - `server/`: the HTTP door: connections, the practice site's answers, their bodies
//! - `site`: a site inside another program, for lessons and the checker

#![warn(missing_docs)]

mod content;
#[cfg(feature = "database")]
mod database;
#[cfg(feature = "files")]
mod exports;
mod gatekeeper;
mod listing;
#[cfg(feature = "page")]
mod live;
mod log;
mod options;
mod page_line;
mod program;
mod quota;
mod random;
mod scenario;
mod server;
mod site;
mod timeline;

pub use content::Content;
#[cfg(feature = "database")]
pub use database::{serve_database, url as database_url};
#[cfg(feature = "files")]
pub use exports::{json_line, write_har};
pub use listing::{CARS_A_PAGE, Car, LISTING_PATH, car_ids, cars, first_price, url_prefix};
pub use log::{Entry, Exchange, Log, Outcome, Queries, Query, Record, Transaction, TransactionEnd};
pub use options::{DatabaseOptions, ScenarioOptions};
pub use page_line::{PageLine, visible};
pub use scenario::{
    DatabaseScenario, Fault, FaultKind, Gate, Invalid, Latency, LatencyRule, Release, Scenario, SizeRule, SqlState,
    Statement, StatementFault, StatementFaultKind, Target, Verb, bytes,
};
pub use server::listen;
#[cfg(feature = "page")]
pub use server::{Public, serve};
pub use site::{Doors, Site, content_of};
pub use timeline::{DatabaseFigures, Figures, Timeline, comparison_svg};
