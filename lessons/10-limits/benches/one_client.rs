//! What `one-client` takes for 10,000 pages, beside its twin in Python with the same limits, and beside the floor: the time
//! that the site's latency alone makes it take.
//!
//!     cargo bench -p lesson10
//!
//! The site is in this process, each client in one of its own. They take turns, so that a noisy machine is noisy for both;
//! shown are medians. Without Python and aiohttp the twin is left out.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fmt, io};

use site::{Scenario, Site, Timeline};
use wait4::Wait4;

const RUNS: usize = 5;
const PAGES: u32 = 10_000;

/// How many pages are in flight at most, and how long each takes.
const JOBS: [(u32, Duration); 2] = [(100, Duration::from_millis(20)), (PAGES, Duration::from_secs(1))];

fn main() -> io::Result<()> {
    // Cargo runs benches with --bench, and `cargo test --benches` without: then there is nothing to do.
    if !env::args().any(|argument| argument == "--bench") {
        return Ok(());
    }
    console::open_files::allow_in_flight(PAGES, 1).map_err(io::Error::other)?;
    let has_twin = Command::new("python3").args(["-c", "import aiohttp"]).status().is_ok_and(|status| status.success());
    for (at_once, latency) in JOBS {
        let floor = latency * PAGES.div_ceil(at_once);
        println!("{PAGES} pages of {latency:?}, {at_once} in flight, floor {:.2} s", floor.as_secs_f64());
        let (mut lesson, mut twin) = (Vec::new(), Vec::new());
        for _ in 0..RUNS {
            let mut command = Command::new(testing::executable("lesson10"));
            lesson.push(Taken::by(command.args(["one-client", "--at-once", &at_once.to_string()]), latency)?);
            if has_twin {
                let mut command = Command::new("python3");
                // Cargo runs benches in their package's folder.
                let program = Path::new("python").join("one_client.py");
                twin.push(Taken::by(command.arg(program).env("AT_ONCE", at_once.to_string()), latency)?);
            }
        }
        let lesson = Taken::median(&lesson);
        println!("  one-client  {lesson}; {:.2} of the floor", lesson.time.div_duration_f64(floor));
        if has_twin {
            let twin = Taken::median(&twin);
            println!("  aiohttp     {twin}; {:.2} of the floor", twin.time.div_duration_f64(floor));
            let above = |taken: &Taken| taken.time.saturating_sub(floor);
            println!(
                "  one-client takes {:.2} of aiohttp's CPU, and {:.2} of its time above the floor",
                lesson.cpu.div_duration_f64(twin.cpu),
                above(&lesson).div_duration_f64(above(&twin)),
            );
        }
    }
    Ok(())
}

/// What a client took.
#[derive(Clone)]
struct Taken {
    time: Duration,
    cpu: Duration,
    /// The most memory that it had at once, in bytes.
    memory: u64,
    connections: u64,
    peak_in_flight: u64,
}

impl Taken {
    /// Runs a client against a site of its own.
    fn by(command: &mut Command, latency: Duration) -> io::Result<Self> {
        let latency = format!("{}ms", latency.as_millis()).parse().map_err(io::Error::other)?;
        let site = Site::start(Scenario { pages: PAGES, latency: vec![latency], ..Scenario::default() })?;
        command.env("PAGE_URL", site.url_prefix()).env("PAGES", PAGES.to_string());
        let began = Instant::now();
        let ended = command.stdout(Stdio::null()).stderr(Stdio::inherit()).spawn()?.wait4()?;
        let time = began.elapsed();
        assert!(ended.status.success(), "the client failed: {:?}", ended.status);
        site.settle(Duration::from_secs(5));
        let figures = Timeline::new(&site.log().exchanges()).figures();
        assert_eq!(figures.requests, u64::from(PAGES));
        Ok(Self {
            time,
            cpu: ended.rusage.utime + ended.rusage.stime,
            memory: ended.rusage.maxrss,
            connections: site.log().read(|record| record.connections),
            peak_in_flight: figures.peak_in_flight,
        })
    }

    /// The median of each figure.
    fn median(all: &[Self]) -> Self {
        fn of<T: Ord + Copy>(all: &[Taken], figure: impl Fn(&Taken) -> T) -> T {
            let mut figures: Vec<T> = all.iter().map(figure).collect();
            figures.sort_unstable();
            figures[figures.len() / 2]
        }
        Self {
            time: of(all, |taken| taken.time),
            cpu: of(all, |taken| taken.cpu),
            memory: of(all, |taken| taken.memory),
            connections: of(all, |taken| taken.connections),
            peak_in_flight: of(all, |taken| taken.peak_in_flight),
        }
    }
}

impl fmt::Display for Taken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { time, cpu, memory, connections, peak_in_flight } = self;
        let [time, cpu] = [time, cpu].map(Duration::as_secs_f64);
        let kib = memory / 1024 / peak_in_flight.max(&1);
        let mib = memory >> 20;
        write!(
            f,
            "{time:.2} s, CPU {cpu:.2} s, {mib} MiB at most ({kib} KiB a request in flight), {connections} connections, \
             {peak_in_flight} in flight at most"
        )
    }
}
