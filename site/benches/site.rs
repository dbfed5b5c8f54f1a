//! What the site costs. Each figure is compared with a floor, or with the site in another state, in the same run.
//!
//!     cargo bench -p site
//!
//! Requests per second against the same server with a handler that returns the same bytes and logs nothing; memory for
//! a request in flight, ten thousand of them held at once; how late answers are when a thousand are in flight; what
//! eight browsers that watch the live page cost.

use std::convert::Infallible;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use site::{Latency, Scenario, Site};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Builder;
use tokio::task::JoinSet;

const REQUEST: &[u8] = b"GET /search/all/?page=1 HTTP/1.1\r\nHost: localhost\r\nUser-Agent: bench\r\n\r\n";

fn main() {
    // Cargo runs benches with --bench, and `cargo test --benches` without: then there is nothing to do.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    console::open_files::raise();
    throughput();
    lateness(1_000);
    memory(10_000);
    watching(8);
}

/// What watching costs the clients: lateness and requests per second with watchers, divided by those without, measured
/// in turns.
fn watching(watchers: usize) {
    const ROUNDS: usize = 15;
    // Long enough for several looks at the log, which are rare.
    const TIME: Duration = Duration::from_secs(1);
    let site = start_binary(&["--latency", "200ms"]);
    let (mut waits, mut wait_ratios) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let alone = median(&mut waits_of(site.address, 500));
        let _watching = Watchers::start(site.address, watchers);
        let watched = median(&mut waits_of(site.address, 500));
        waits.push(alone);
        wait_ratios.push(watched / alone);
    }
    println!(
        "watching: {:.2} of the time of an answer due after 200 ms, {:.1} ms, at 500 in flight and {watchers} watchers \
         (medians of {ROUNDS} rounds)",
        median(&mut wait_ratios),
        median(&mut waits)
    );
    let site = start_binary(&["--latency", "0s"]);
    let (mut ratios, mut noise) = (Vec::new(), Vec::new());
    let mut before = requests_per_second(site.address, TIME);
    for _ in 0..ROUNDS {
        let watching = Watchers::start(site.address, watchers);
        let watched = requests_per_second(site.address, TIME);
        drop(watching);
        let after = requests_per_second(site.address, TIME);
        ratios.push(2.0 * watched / (before + after));
        noise.push((after / before - 1.0).abs());
        before = after;
    }
    println!(
        "watching: {:.3} of the requests/s without, all cores busy; without, one second differs from the next by {:.3} \
         (medians of {ROUNDS} rounds)",
        median(&mut ratios),
        median(&mut noise)
    );
}

/// The times that simultaneous requests took, in milliseconds.
fn waits_of(address: SocketAddr, requests: usize) -> Vec<f64> {
    client().block_on(async {
        let mut clients = JoinSet::new();
        for _ in 0..requests {
            clients.spawn(async move {
                let began = Instant::now();
                body(address).await;
                began.elapsed().as_secs_f64() * 1e3
            });
        }
        clients.join_all().await
    })
}

/// Clients that watch the live page, in processes of their own, as browsers are.
struct Watchers(Vec<Child>);

impl Watchers {
    fn start(address: SocketAddr, watchers: usize) -> Self {
        let watch = |_| {
            let mut watcher = Command::new("curl")
                .args(["--silent", "--no-buffer", &format!("http://{address}/live/events")])
                .stdout(Stdio::piped())
                .spawn()
                .expect("curl");
            let mut events = BufReader::new(watcher.stdout.take().expect("a pipe"));
            let mut line = String::new();
            events.read_line(&mut line).expect("an event");
            assert!(line.starts_with("retry: "), "{line}");
            std::thread::spawn(move || std::io::copy(&mut events, &mut std::io::sink()));
            watcher
        };
        Self((0..watchers).map(watch).collect())
    }
}

impl Drop for Watchers {
    fn drop(&mut self) {
        for watcher in &mut self.0 {
            watcher.kill().expect("curl ends");
            watcher.wait().expect("curl ends");
        }
    }
}

/// Prints requests per second, and the site's divided by the floor's in each round.
fn throughput() {
    const ROUNDS: usize = 40;
    const TIME: Duration = Duration::from_millis(200);
    let instant = Latency::new(Duration::ZERO..=Duration::ZERO).expect("a valid range");
    let site = Site::start(Scenario { latency: vec![instant.into()], ..Scenario::default() }).expect("the site starts");
    let body = client().block_on(body(site.address()));
    let floor = start_floor(body);
    let (mut rates, mut ratios) = (Vec::new(), Vec::new());
    for round in 0..=ROUNDS {
        let (site, floor) = (requests_per_second(site.address(), TIME), requests_per_second(floor, TIME));
        // The first round warms up.
        if round > 0 {
            rates.push(site);
            ratios.push(site / floor);
        }
    }
    println!(
        "throughput: {:.0} requests/s, {:.3} of the floor (medians of {ROUNDS} rounds)",
        median(&mut rates),
        median(&mut ratios)
    );
}

/// A server with the site's settings that answers with the same bytes and logs nothing.
fn start_floor(body: Bytes) -> SocketAddr {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.set_nonblocking(true).expect("a non-blocking listener");
    let address = listener.local_addr().expect("an address");
    let serve = async move {
        let listener = TcpListener::from_std(listener).expect("a listener");
        loop {
            let (stream, _) = listener.accept().await.expect("a connection");
            stream.set_nodelay(true).expect("a connection that is open");
            let body = body.clone();
            let answer = service_fn(move |_: Request<_>| {
                let mut response = Response::new(Full::new(body.clone()));
                response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
                std::future::ready(Ok::<_, Infallible>(response))
            });
            let mut server = http1::Builder::new();
            server.timer(TokioTimer::new()).header_read_timeout(Duration::from_secs(30));
            tokio::spawn(server.serve_connection(TokioIo::new(stream), answer));
        }
    };
    std::thread::spawn(move || client().block_on(serve));
    address
}

fn requests_per_second(address: SocketAddr, time: Duration) -> f64 {
    const CONNECTIONS: usize = 64;
    client().block_on(async {
        let until = Instant::now() + time;
        let mut clients = JoinSet::new();
        for _ in 0..CONNECTIONS {
            clients.spawn(async move {
                let mut stream = TcpStream::connect(address).await.expect("a connection");
                let mut buffer = vec![0; 64 * 1024];
                let mut answers = 0.0;
                while Instant::now() < until {
                    stream.write_all(REQUEST).await.expect("a request is sent");
                    read_answer(&mut stream, &mut buffer).await;
                    answers += 1.0;
                }
                answers
            });
        }
        clients.join_all().await.into_iter().sum::<f64>() / time.as_secs_f64()
    })
}

/// Prints how long after the end of its latency an answer was ready.
fn lateness(requests: usize) {
    const LATENCY: Duration = Duration::from_secs(1);
    let latency = Latency::new(LATENCY..=LATENCY).expect("a valid range");
    let site = Site::start(Scenario { latency: vec![latency.into()], ..Scenario::default() }).expect("the site starts");
    let address = site.address();
    client().block_on(async {
        let mut clients = JoinSet::new();
        for _ in 0..requests {
            clients.spawn(async move { body(address).await });
        }
        clients.join_all().await;
    });
    let latency = LATENCY.as_secs_f64() * 1e3;
    let mut late: Vec<f64> = site
        .log()
        .exchanges()
        .iter()
        .map(|exchange| millis(exchange.answered.expect("an answer") - exchange.arrived) - latency)
        .collect();
    println!("lateness: median of {requests} in flight {:.2} ms", median(&mut late));
}

/// Prints the memory of the site's process for each request in flight, where the system tells.
fn memory(requests: usize) {
    let site = start_binary(&["--latency", "1h"]);
    let address = site.address;
    let before = resident(&site.process);
    let held = client().block_on(async {
        let mut streams = Vec::new();
        for _ in 0..requests {
            let mut stream = TcpStream::connect(address).await.expect("a connection");
            stream.write_all(REQUEST).await.expect("a request is sent");
            streams.push(stream);
        }
        // An answer to a later request shows that the earlier ones have been read.
        let mut last = TcpStream::connect(address).await.expect("a connection");
        last.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await.expect("a request is sent");
        read_answer(&mut last, &mut vec![0; 64 * 1024]).await;
        resident(&site.process)
    });
    match (before, held) {
        (Some(before), Some(held)) => {
            #[expect(clippy::cast_precision_loss, reason = "shown in tenths of a kilobyte")]
            let each = (held - before) as f64 / requests as f64;
            println!("memory: {each:.1} KB for each of {requests} requests in flight");
        }
        _ => println!("memory: this system does not tell"),
    }
}

/// The site as a program.
struct Binary {
    process: Child,
    address: SocketAddr,
}

impl Drop for Binary {
    fn drop(&mut self) {
        self.process.kill().expect("the site ends");
        self.process.wait().expect("the site ends");
    }
}

fn start_binary(options: &[&str]) -> Binary {
    let mut process = Command::new(std::env::var_os("CARGO_BIN_EXE_site").expect("cargo says where it is"))
        .args([&["--bind", "127.0.0.1:0"], options].concat())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the site starts");
    let mut prefix = String::new();
    BufReader::new(process.stdout.take().expect("a pipe")).read_line(&mut prefix).expect("a line");
    let authority = prefix.trim_start_matches("http://").split('/').next().unwrap_or_default();
    let address = authority.parse().expect("a URL with an address");
    Binary { process, address }
}

/// The memory of a process, in KB.
#[expect(clippy::disallowed_methods, reason = "it is no client")]
fn resident(process: &Child) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", process.id())).ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?.trim().trim_end_matches(" kB").parse().ok()
}

fn client() -> tokio::runtime::Runtime {
    Builder::new_current_thread().enable_all().build().expect("a runtime")
}

async fn body(address: SocketAddr) -> Bytes {
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    stream.write_all(REQUEST).await.expect("a request is sent");
    let mut buffer = vec![0; 64 * 1024];
    let (head, end) = read_answer(&mut stream, &mut buffer).await;
    Bytes::copy_from_slice(&buffer[head..end])
}

/// Reads an answer with a Content-Length into `buffer`, and says where its body begins and ends there.
async fn read_answer(stream: &mut TcpStream, buffer: &mut [u8]) -> (usize, usize) {
    let mut filled = 0;
    let mut body = None;
    loop {
        let read = stream.read(&mut buffer[filled..]).await.expect("an answer");
        assert!(read > 0, "the connection was closed in the middle of an answer");
        filled += read;
        if body.is_none() {
            body = buffer[..filled].windows(4).position(|window| window == b"\r\n\r\n").map(|end| {
                let head = std::str::from_utf8(&buffer[..end]).expect("a head is ASCII");
                let length = head.split("content-length: ").nth(1).and_then(|rest| rest.lines().next());
                let length: usize = length.and_then(|length| length.parse().ok()).expect("a Content-Length");
                (end + 4, end + 4 + length)
            });
        }
        if let Some((start, end)) = body.filter(|(_, end)| filled >= *end) {
            return (start, end);
        }
    }
}

fn millis(micros: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    let millis = micros as f64 / 1e3;
    millis
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
