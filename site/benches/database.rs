//! What the practice database costs: `cargo bench -p site --bench database`; with `DATABASE_URL` (see `.ci/postgres`)
//! beside a real PostgreSQL.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use site::Log;
use sqlx::postgres::PgConnection;
use sqlx::{Connection, Executor};
use tokio::runtime::{Builder, Runtime};

const ROUND_TRIPS: u32 = 10_000;
const CONNECTIONS: u32 = 1_000;

fn main() {
    let at_once = start(&["--statement-latency", "0s"]);
    let practice = round_trip(&at_once.url);
    println!("SELECT 1 through sqlx, practice: {practice:.1} us");
    let logging = logging();
    println!("logging: {logging:.2} us of {practice:.1} us a statement ({:.1} %)", logging / practice * 100.0);
    if let Ok(url) = std::env::var("DATABASE_URL") {
        println!("SELECT 1 through sqlx, PostgreSQL: {:.1} us", round_trip(&url));
    }
    drop(at_once);
    let slow = start(&["--statement-latency", "1s", "--database-connections", &CONNECTIONS.to_string()]);
    match waiting(&slow) {
        Some(each) => println!("memory: {each:.1} KB for each of {CONNECTIONS} connections that wait for a second"),
        None => println!("memory: this system does not tell"),
    }
}

/// The median of a round trip, in microseconds.
fn round_trip(url: &str) -> f64 {
    runtime().block_on(async {
        let mut db = PgConnection::connect(url).await.expect("a connection");
        let mut times = Vec::new();
        for _ in 0..ROUND_TRIPS {
            let began = Instant::now();
            db.execute(sqlx::query("SELECT 1")).await.expect("an answer");
            times.push(began.elapsed().as_secs_f64() * 1e6);
        }
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    })
}

/// The median of what the log takes for a statement and its answer, in microseconds; when it is full, which costs most.
fn logging() -> f64 {
    const BATCH: u32 = 100;
    let log = Log::new(Log::CAPACITY);
    let note = || (0..BATCH).for_each(|_| log.note_statement("SELECT 1"));
    while log.read(|record| record.queries().dropped) == 0 {
        note();
    }
    let mut times: Vec<f64> = (0..ROUND_TRIPS / BATCH)
        .map(|_| {
            let began = Instant::now();
            note();
            began.elapsed().as_secs_f64() * 1e6 / f64::from(BATCH)
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// The memory of the site's process for each connection that waits for an answer, in KB.
fn waiting(site: &Running) -> Option<f64> {
    let before = resident(&site.process)?;
    runtime().block_on(async {
        let mut asking = tokio::task::JoinSet::new();
        for _ in 0..CONNECTIONS {
            let mut db = PgConnection::connect(&site.url).await.expect("a connection");
            asking.spawn(async move {
                db.execute(sqlx::query("SELECT 1")).await.expect("an answer");
                db
            });
        }
        let held: Vec<PgConnection> = asking.join_all().await;
        let again: tokio::task::JoinSet<PgConnection> = held
            .into_iter()
            .map(|mut db| async move {
                db.execute(sqlx::query("SELECT 1")).await.expect("an answer");
                db
            })
            .collect();
        // In the middle of the second that all of them wait.
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        let during = resident(&site.process)?;
        again.join_all().await;
        #[expect(clippy::cast_precision_loss, reason = "shown in tenths of a kilobyte")]
        let each = (during - before) as f64 / f64::from(CONNECTIONS);
        Some(each)
    })
}

/// The site as a program.
struct Running {
    process: Child,
    url: String,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.process.kill().expect("the site ends");
        self.process.wait().expect("the site ends");
    }
}

fn start(options: &[&str]) -> Running {
    let mut process = Command::new(std::env::var_os("CARGO_BIN_EXE_site").expect("cargo says where it is"))
        .args([&["--bind", "127.0.0.1:0", "--database", "--database-port", "0"], options].concat())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the site starts");
    let lines = BufReader::new(process.stdout.take().expect("a pipe")).lines();
    let url = lines.map(|line| line.expect("a line")).nth(1).expect("two lines");
    Running { process, url }
}

/// The memory of a process, in KB.
#[expect(clippy::disallowed_methods, reason = "it is no client")]
fn resident(process: &Child) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", process.id())).ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?.trim().trim_end_matches(" kB").parse().ok()
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().expect("a runtime")
}
