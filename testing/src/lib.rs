//! What the lessons' tests share.
//!
//! A test starts a practice site, has a lesson's program work on it, and judges what was printed and what the site's log
//! holds. No verdict depends on the machine's speed: a gate of the site's that opens, or an event in its log, is the
//! proof. The clock is [`PATIENCE`] alone.

#![warn(missing_docs)]
#![expect(clippy::missing_panics_doc, reason = "a panic is how a test fails")]

#[cfg(target_os = "linux")]
pub mod https;
mod program;
pub mod promises;
pub mod wrong;

use std::net::TcpListener;
use std::path::PathBuf;
use std::time::Duration;
use std::{env, io};

use site::{Figures, Record, Scenario, Timeline};
use tokio::runtime;
use tokio::time::timeout;

pub use program::{Ended, Failed, Program, Running, executable};
pub use site::{Exchange, Outcome, Site};

/// The time after which a test fails whose event does not come. It is no measure: every machine is faster.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// A practice site that answers at once, but for what `gate` (may be empty) and `faults` say, as on the command line.
pub fn site(pages: u32, gate: &str, faults: &[&str]) -> Site {
    let scenario = Scenario {
        pages,
        latency: gate.is_empty().then(|| "0ms".parse().expect("a latency")).into_iter().collect(),
        gate: (!gate.is_empty()).then(|| gate.parse().expect("a gate")),
        faults: faults.iter().map(|fault| fault.parse().expect("a fault")).collect(),
        ..Scenario::default()
    };
    Site::start(scenario.validated().expect("a scenario without contradictions")).expect("a site")
}

/// A practice site as [`site`] makes it, with a practice database that executes what it has been asked for when the test
/// releases it, if it `holds`, and at once otherwise.
#[cfg(feature = "database")]
pub fn site_with_database(pages: u32, holds: bool) -> Site {
    let database = site::DatabaseScenario {
        latency: (!holds).then(|| "0ms".parse().expect("a latency")),
        gate: holds.then_some(site::Gate::Manual),
        ..site::DatabaseScenario::default()
    };
    let scenario = Scenario { pages, latency: vec!["0ms".parse().expect("a latency")], ..Scenario::default() };
    let scenario = Scenario { database: Some(database), ..scenario };
    Site::start(scenario.validated().expect("a scenario without contradictions")).expect("a site")
}

/// Questions of a test about what a site saw.
pub trait Saw {
    /// Waits until the log is as `condition` says. Fails with `what` and the log when that does not come.
    fn wait_until(&self, what: &str, condition: impl FnMut(&Record) -> bool);

    /// Waits until nothing is in flight, and gives all exchanges, by page.
    fn ended(&self) -> Vec<Exchange>;

    /// The figures of all that was seen.
    fn figures(&self) -> Figures;
}

impl Saw for Site {
    fn wait_until(&self, what: &str, condition: impl FnMut(&Record) -> bool) {
        let runtime = runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
        let waited = runtime.block_on(async { timeout(PATIENCE, self.log().wait_for(condition)).await });
        assert!(waited.is_ok(), "never came: {what}; the log: {:#?}", self.log().exchanges());
    }

    fn ended(&self) -> Vec<Exchange> {
        self.wait_until("the end of all exchanges", |record| record.in_flight() == 0);
        let mut exchanges = self.log().exchanges();
        exchanges.sort_by_key(Exchange::page);
        exchanges
    }

    fn figures(&self) -> Figures {
        Timeline::new(&self.log().exchanges()).figures()
    }
}

/// Whether the log has a request for `page` in flight.
pub fn is_in_flight(record: &Record, page: u32) -> bool {
    record.exchanges().any(|exchange| exchange.page() == Some(page) && exchange.finished.is_none())
}

/// The outcomes of exchanges, by page.
pub fn outcomes(exchanges: &[Exchange]) -> Vec<(u32, Outcome)> {
    exchanges.iter().filter_map(|exchange| Some((exchange.page()?, exchange.outcome))).collect()
}

/// Pages that all answered well, as [`Ended::done`] gives them.
pub fn well(pages: impl IntoIterator<Item = u32>) -> Vec<(u32, u16)> {
    pages.into_iter().map(|page| (page, 200)).collect()
}

/// An address of this machine where nobody listens.
///
/// # Errors
/// When there is no port to be had.
pub fn deserted() -> io::Result<String> {
    let address = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?;
    Ok(address.to_string())
}

/// The workspace's folder, for tests of this package. It is asked at run time: it may have been moved since the build.
pub fn root() -> PathBuf {
    let package = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo says where it is"));
    package.parent().expect("the workspace").to_owned()
}

/// Fails unless `text` is XML without a mistake and an SVG picture.
pub fn assert_svg(text: &str) {
    let document = roxmltree::Document::parse(text).unwrap_or_else(|why| panic!("{why}\n{text}"));
    let root = document.root_element();
    assert_eq!((root.tag_name().name(), root.tag_name().namespace()), ("svg", Some("http://www.w3.org/2000/svg")));
}
