//! What `one-client` takes for 10,000 pages, beside its twin in Python with the same limits, and beside the floor: the time
//! that the site's latency alone makes it take.
//!
//!     cargo bench -p lesson10
//!
//! The site and each client are processes of their own, on Linux each on a core of its own: the system would often have
//! both on the same one, where the client can't go on before the site has sent all answers of a moment. The clients take
//! turns, so that a noisy machine is noisy for both; shown are medians. Without Python and aiohttp the twin is left out.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read};
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

/// What tells this program to be the site.
const SITE: &str = "--site";

fn main() -> io::Result<()> {
    let mut arguments = env::args().skip(1);
    if arguments.next().as_deref() == Some(SITE) {
        return serve(&arguments.next().unwrap_or_default());
    }
    // Cargo runs benches with --bench, and `cargo test --benches` without: then there is nothing to do.
    if !env::args().any(|argument| argument == "--bench") {
        return Ok(());
    }
    let has_twin = Command::new("python3").args(["-c", "import aiohttp"]).status().is_ok_and(|status| status.success());
    for (at_once, latency) in JOBS {
        let floor = latency * PAGES.div_ceil(at_once);
        println!("{PAGES} pages of {latency:?}, {at_once} in flight, floor {:.2} s", floor.as_secs_f64());
        let (mut lesson, mut twin) = (Vec::new(), Vec::new());
        for _ in 0..RUNS {
            let mut command = on_core(1, testing::executable("lesson10"));
            lesson.push(Taken::by(command.args(["one-client", "--at-once", &at_once.to_string()]), latency)?);
            if has_twin {
                let mut command = on_core(1, "python3");
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

/// A program on one core, where that can be said.
fn on_core(core: u32, program: impl AsRef<OsStr>) -> Command {
    if Command::new("taskset").arg("--version").stdout(Stdio::null()).status().is_err() {
        return Command::new(program);
    }
    let mut command = Command::new("taskset");
    command.arg("--cpu-list").arg(core.to_string()).arg(program);
    command
}

/// Is the site until standard input ends, and then says how many requests and connections there were, and how many were in
/// flight at once.
fn serve(latency: &str) -> io::Result<()> {
    console::open_files::allow_in_flight(PAGES, 1).map_err(io::Error::other)?;
    let latency = latency.parse().map_err(io::Error::other)?;
    let site = Site::start(Scenario { pages: PAGES, latency: vec![latency], ..Scenario::default() })?;
    println!("{}", site.url_prefix());
    io::stdin().read_to_end(&mut Vec::new())?;
    site.settle(Duration::from_secs(5));
    let figures = Timeline::new(&site.log().exchanges()).figures();
    let connections = site.log().read(|record| record.connections);
    println!("{}\n{connections}\n{}", figures.requests, figures.peak_in_flight);
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
        let mut site = on_core(0, env::current_exe()?);
        site.args([SITE, &format!("{}ms", latency.as_millis())]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut site = site.spawn()?;
        let mut said = BufReader::new(site.stdout.take().expect("it is piped")).lines();
        let url = said.next().expect("a site says its URL")?;
        command.env("PAGE_URL", url).env("PAGES", PAGES.to_string());
        let began = Instant::now();
        let ended = command.stdout(Stdio::null()).stderr(Stdio::inherit()).spawn()?.wait4()?;
        let time = began.elapsed();
        assert!(ended.status.success(), "the client failed: {:?}", ended.status);
        // Its end asks the site for its figures.
        drop(site.stdin.take());
        let figures: Vec<u64> = said.map_while(Result::ok).filter_map(|figure| figure.parse().ok()).collect();
        site.wait()?;
        let [requests, connections, peak_in_flight] = figures[..] else { panic!("three figures, not {figures:?}") };
        assert_eq!(requests, u64::from(PAGES));
        let cpu = ended.rusage.utime + ended.rusage.stime;
        Ok(Self { time, cpu, memory: ended.rusage.maxrss, connections, peak_in_flight })
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
