//! The site over HTTP, down to the bytes.

mod support;

use std::io::{Read, Write};
use std::net::SocketAddr;
use std::thread;

use proptest::prelude::*;
use site::{Exchange, Outcome, Scenario, Site, Target};
use support::{PATIENCE, connect, exchange, get, status};

/// A site that answers at once unless `options`, written as on the command line, say otherwise.
fn site(options: &[&str]) -> Site {
    #[derive(clap::Parser)]
    struct Options {
        #[command(flatten)]
        scenario: site::ScenarioOptions,
    }
    let gate = options.contains(&"--gate");
    let latency: &[&str] = if gate { &[] } else { &["--latency", "0s"] };
    let arguments = ["test"].iter().chain(latency).chain(options);
    let options: Options = clap::Parser::parse_from(arguments);
    Site::start(options.scenario.apply(Scenario::default()).unwrap()).unwrap()
}

fn only(site: &Site) -> Exchange {
    site.settle(PATIENCE);
    let mut exchanges = site.log().exchanges();
    assert_eq!(exchanges.len(), 1);
    exchanges.remove(0)
}

fn header<'a>(answer: &'a str, name: &str) -> Option<&'a str> {
    answer.split("\r\n").find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

fn body(answer: &str) -> &str {
    answer.split_once("\r\n\r\n").expect("a head and a body").1
}

#[test]
fn a_page_comes_with_the_right_headers() {
    let site = site(&[]);
    let answer = get(site.address(), "/search/all/?page=3");
    assert_eq!(status(&answer), 200);
    assert_eq!(header(&answer, "content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(header(&answer, "content-length"), Some(body(&answer).len().to_string().as_str()));
    assert!(header(&answer, "date").is_some_and(|date| date.ends_with(" GMT")));
    assert_eq!(body(&answer).matches("<article class=\"car\"").count(), 20);
    assert!(body(&answer).contains("Страница <b class=\"page-number\">3</b>"));

    let seen = only(&site);
    assert_eq!((seen.page(), seen.status, seen.outcome), (Some(3), Some(200), Outcome::Answered));
    assert_eq!(seen.bytes, body(&answer).len() as u64);
}

#[test]
fn each_kind_of_address_has_its_status() {
    let site = site(&["--fault", "2:500"]);
    let answer = get(site.address(), "/search/all/?page=1");
    let car = answer.split("href=\"/details/").nth(1).unwrap().split('"').next().unwrap();
    let car = format!("/details/{car}");
    for (path, expected) in [
        ("/", 200),
        ("/search/all/", 200),
        ("/search/all/?page=10", 200),
        ("/search/all/?sort=price&page=10", 200),
        (&car, 200),
        ("/details/99999999999999", 404),
        ("/search/all/?page=2", 500),
        ("/search/all/?page=11", 404),
        ("/search/all/?page=99999999999999", 404),
        ("/search/all/?page=0", 400),
        ("/search/all/?page=-1", 400),
        ("/search/all/?page=ten", 400),
        ("/search/all/?page=", 400),
        ("/details/ten", 400),
        ("/details/1", 404),
        ("/favicon.ico", 404),
        // Only the binary has it; a program that is being judged can't look.
        ("/live/events", 404),
        ("/search/all", 404),
    ] {
        assert_eq!(status(&get(site.address(), path)), expected, "{path}");
    }
}

#[test]
fn head_has_the_headers_and_no_body() {
    let site = site(&[]);
    let head = exchange(site.address(), b"HEAD /search/all/?page=1 HTTP/1.1\r\nHost: s\r\nConnection: close\r\n\r\n");
    let whole = get(site.address(), "/search/all/?page=1");
    assert_eq!(header(&head, "content-length"), header(&whole, "content-length"));
    assert_eq!(body(&head), "");
}

#[test]
fn other_methods_are_refused() {
    let site = site(&[]);
    for method in ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "BREW"] {
        let request = format!(
            "{method} /search/all/?page=1 HTTP/1.1\r\nHost: s\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi"
        );
        let answer = exchange(site.address(), request.as_bytes());
        assert_eq!((status(&answer), header(&answer, "allow")), (405, Some("GET, HEAD")), "{method}");
    }
}

#[test]
fn a_connection_serves_one_request_after_another() {
    let site = site(&[]);
    let pipelined = "GET /search/all/?page=1 HTTP/1.1\r\nHost: s\r\n\r\n\
                     GET /search/all/?page=2 HTTP/1.1\r\nHost: s\r\n\r\n\
                     GET /search/all/?page=3 HTTP/1.1\r\nHost: s\r\nConnection: close\r\n\r\n";
    let answers = exchange(site.address(), pipelined.as_bytes());
    let places: Vec<_> = (1..=3)
        .map(|page| answers.find(&format!("<b class=\"page-number\">{page}</b>")).expect("each page is answered"))
        .collect();
    assert!(places.is_sorted());
    let seen = site.log().exchanges();
    assert!(seen.iter().all(|exchange| exchange.connection == 1 && exchange.outcome == Outcome::Answered));
}

#[test]
fn faults_are_seen_by_the_client_and_by_the_log() {
    let answer = |fault: &str| {
        let site = site(&["--fault", fault]);
        let answer = get(site.address(), "/search/all/?page=1");
        (answer, only(&site))
    };

    let (whole, _) = answer("2:404");
    let (reset, seen) = answer("1:reset");
    assert_eq!((reset.as_str(), seen.status, seen.outcome), ("", None, Outcome::Reset));

    let (cut, seen) = answer("1:cut");
    assert!(cut.len() > 1_000 && cut.len() < whole.len());
    assert_eq!((header(&cut, "content-length"), seen.outcome), (header(&whole, "content-length"), Outcome::Reset));

    let (dripped, seen) = answer("1:drip=200ms");
    assert_eq!((body(&dripped), seen.outcome), (body(&whole), Outcome::Answered));
    // 19 pauses of 10 ms lie between 20 pieces; load can only make it longer.
    assert!(seen.finished.unwrap() - seen.answered.unwrap() >= 190_000);

    let (empty, seen) = answer("1:204");
    assert_eq!((status(&empty), body(&empty), seen.outcome), (204, "", Outcome::Answered));
}

#[test]
fn the_first_attempts_fail_with_retry_after() {
    let site = site(&["--fault", "1:fail-first=2,retry-after=7"]);
    let answers: Vec<_> = (0..3).map(|_| get(site.address(), "/search/all/?page=1")).collect();
    let seen: Vec<_> = answers.iter().map(|answer| (status(answer), header(answer, "retry-after"))).collect();
    assert_eq!(seen, [(503, Some("7")), (503, Some("7")), (200, None)]);
    assert_eq!(site.log().exchanges().iter().map(|exchange| exchange.attempt).collect::<Vec<_>>(), [1, 2, 3]);
}

#[test]
fn the_first_attempts_are_cut() {
    let site = site(&["--fault", "1:cut-first=2"]);
    let answers: Vec<_> = (0..3).map(|_| get(site.address(), "/search/all/?page=1")).collect();
    assert!(answers[..2].iter().all(|answer| status(answer) == 200 && body(answer).len() < body(&answers[2]).len()));
    let outcomes: Vec<_> = site.log().exchanges().iter().map(|exchange| exchange.outcome).collect();
    assert_eq!(outcomes, [Outcome::Reset, Outcome::Reset, Outcome::Answered]);
}

#[test]
fn a_cars_page_fails_waits_and_is_counted_like_a_page() {
    let [car, other, ..] = site::car_ids(1, 1);
    let path = |car: u32| format!("/details/{car}");
    let target = |car: u32| format!("details/{car}");

    let failing = site(&["--fault", &(target(car) + ":fail-first=2")]);
    let answers: Vec<_> = (0..3).map(|_| status(&get(failing.address(), &path(car)))).collect();
    assert_eq!(answers, [503, 503, 200]);
    assert_eq!(status(&get(failing.address(), "/details/1")), 404);
    let seen = failing.log().exchanges();
    let of_cars: Vec<_> = seen.iter().map(|exchange| (exchange.target, exchange.attempt)).collect();
    let car_ = Some(Target::Car(car));
    assert_eq!(of_cars, [(car_, 1), (car_, 2), (car_, 3), (Some(Target::Car(1)), 1)]);
    assert_eq!(site::Timeline::new(&seen).figures().requests, 4);

    let slow = site(&["--latency", &(target(car) + ":50ms")]);
    get(slow.address(), &path(other));
    get(slow.address(), &path(car));
    // The latency is a lower bound: load can only make it longer.
    assert!(slow.log().exchanges()[1].answered.unwrap() - slow.log().exchanges()[1].arrived >= 50_000);

    let gated = site(&["--gate", "in-flight=3,backwards"]);
    let address = gated.address();
    let asked: Vec<_> = [path(other), path(car), "/search/all/?page=2".to_owned()]
        .map(|path| thread::spawn(move || status(&get(address, &path))))
        .into_iter()
        .collect();
    assert!(asked.into_iter().all(|asked| asked.join().unwrap() == 200));
    let mut seen = gated.log().exchanges();
    seen.sort_by_key(|exchange| exchange.answered);
    let order: Vec<_> = seen.iter().filter_map(|exchange| exchange.target).collect();
    assert!(order.is_sorted_by(|a, b| a > b), "{order:?}");
}

#[test]
fn a_scenario_that_contradicts_itself_is_refused() {
    let why = Site::start(Scenario { pages: 4, gate: "in-flight=5".parse().ok(), ..Scenario::default() }).unwrap_err();
    assert_eq!(why.to_string(), "a gate that waits for 5 pages in flight never opens: the last page is 4");
    let latency = vec!["1s".parse().unwrap()];
    assert!(Site::start(Scenario { gate: "quiet=1ms".parse().ok(), latency, ..Scenario::default() }).is_err());
}

#[test]
fn the_log_is_as_large_as_a_run_that_asks_for_each_page() {
    assert_eq!(Site::start(Scenario { pages: 150_000, ..Scenario::default() }).unwrap().log().capacity(), 150_000);
    let site = site(&["--fault", "2:never"]);
    get(site.address(), "/search/all/?page=1");
    let mut stream = connect(site.address());
    stream.write_all(b"GET /search/all/?page=2 HTTP/1.1\r\nHost: s\r\n\r\n").unwrap();
    block_on(site.log().wait_for(|log| log.arrived() == 2));
    assert_eq!(site.log().read(|log| log.answered), 1);
}

#[test]
fn a_client_that_gives_up_is_seen_when_it_happens() {
    let site = site(&["--fault", "1:never"]);
    let mut stream = connect(site.address());
    stream.write_all(b"GET /search/all/?page=1 HTTP/1.1\r\nHost: s\r\n\r\n").unwrap();
    block_on(site.log().wait_for(|log| log.in_flight() == 1));
    assert_eq!(site.log().exchanges()[0].outcome, Outcome::Held);
    drop(stream);
    block_on(site.log().wait_for(|log| log.in_flight() == 0));
    let seen = only(&site);
    assert_eq!((seen.outcome, seen.status), (Outcome::GivenUp, None));
    assert!(seen.finished.is_some());
}

#[test]
fn a_gate_holds_everybody_until_enough_are_in_flight() {
    let site = site(&["--gate", "in-flight=3,backwards"]);
    let address = site.address();
    let ask = |page: u32| thread::spawn(move || get(address, &format!("/search/all/?page={page}")));
    let first = [ask(1), ask(2)];
    block_on(site.log().wait_for(|log| log.in_flight() == 2));
    let third = ask(3);
    for asked in first.into_iter().chain([third]) {
        assert_eq!(status(&asked.join().unwrap()), 200);
    }
    let mut seen = site.log().exchanges();
    seen.sort_by_key(|exchange| exchange.answered);
    assert_eq!(seen.iter().map(site::Exchange::page).collect::<Vec<_>>(), [Some(3), Some(2), Some(1)]);
    let last_arrival = seen.iter().map(|exchange| exchange.arrived).max();
    assert!(seen.iter().all(|exchange| exchange.answered >= last_arrival));
    assert!(seen.iter().all(|exchange| exchange.gated && exchange.released >= last_arrival));
    assert!(seen.iter().all(|exchange| exchange.released <= exchange.answered));
}

#[test]
fn what_is_held_is_told_from_what_waits_and_from_what_has_no_answer() {
    let held = site(&["--gate", "in-flight=2"]);
    let mut stream = connect(held.address());
    stream.write_all(b"GET /search/all/?page=1 HTTP/1.1\r\nHost: s\r\n\r\n").unwrap();
    block_on(held.log().wait_for(|log| log.exchanges().any(|exchange| exchange.gated)));
    drop(stream);
    let seen = only(&held);
    assert_eq!((seen.outcome, seen.released, seen.due), (Outcome::GivenUp, None, None));

    // When the whole answer is to be sent follows from the scenario, and is known before anything is sent.
    let latencies = ["1:1h", "2:1h", "4:1h"].map(|latency| ["--latency", latency]);
    let faults = ["2:drip=1h", "3:never", "4:reset"].map(|fault| ["--fault", fault]);
    let site = site(&[latencies, faults].concat().concat());
    let (hour, mut streams) = (3_600_000_000, Vec::new());
    for (page, hours) in [(1, Some(1)), (2, Some(2)), (3, None), (4, None)] {
        let mut stream = connect(site.address());
        write!(stream, "GET /search/all/?page={page} HTTP/1.1\r\nHost: s\r\n\r\n").unwrap();
        let last = |log: &site::Record| log.exchanges().find(|exchange| exchange.page() == Some(page)).cloned();
        block_on(site.log().wait_for(|log| last(log).is_some_and(|seen| seen.due.is_some() == hours.is_some())));
        let seen = site.log().read(last).unwrap();
        assert_eq!(seen.due.map(|due| (due - seen.arrived) / hour), hours, "page {page}");
        assert!(!seen.gated);
        streams.push(stream);
    }
}

#[test]
fn stopping_leaves_what_is_held_as_held() {
    let site = site(&["--fault", "1:never"]);
    let log = site.log().clone();
    let mut stream = connect(site.address());
    stream.write_all(b"GET /search/all/?page=1 HTTP/1.1\r\nHost: s\r\n\r\n").unwrap();
    block_on(log.wait_for(|log| log.in_flight() == 1));
    drop(site);
    assert_eq!(log.exchanges()[0].outcome, Outcome::Held);
    assert_eq!(stream.read(&mut [0]).unwrap_or(0), 0, "the connection is closed");
}

#[test]
fn a_head_that_is_too_long_is_refused() {
    let site = site(&[]);
    let long = "x".repeat(100_000);
    let header = format!("GET / HTTP/1.1\r\nHost: s\r\nConnection: close\r\nX-Long: {long}\r\n\r\n");
    assert_eq!(status(&exchange(site.address(), header.as_bytes())), 431);
    let many = format!("GET / HTTP/1.1\r\nHost: s\r\nConnection: close\r\n{}\r\n", "X-Many: 1\r\n".repeat(500));
    assert_eq!(status(&exchange(site.address(), many.as_bytes())), 431);

    let path = format!("/search/all/?page=1&x={}", "я".repeat(4_000));
    let answer = exchange(site.address(), format!("GET {path} HTTP/1.0\r\n\r\n").as_bytes());
    assert!(matches!(status(&answer), 200 | 400));
    assert!(site.log().exchanges().iter().all(|exchange| exchange.path.len() <= 256));
}

#[test]
fn many_half_open_connections_do_not_keep_it_from_answering() {
    let site = site(&[]);
    let half_open: Vec<_> = (0..200)
        .map(|_| {
            let mut stream = connect(site.address());
            stream.write_all(b"GET /search/all/?pa").unwrap();
            stream
        })
        .collect();
    assert_eq!(status(&get(site.address(), "/search/all/?page=1")), 200);
    drop(half_open);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_get_an_answer_or_an_end(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        survives(&bytes);
    }

    #[test]
    fn any_request_that_is_nearly_right_gets_an_answer_or_an_end(
        method in "[A-Z]{1,8}|GET|HEAD",
        path in "/(search/all/|details/)?[!-~]{0,40}",
        version in "HTTP/1\\.[0-9]|HTTP/2\\.0|",
        headers in prop::collection::vec(("[!-9;-~]{0,12}", "[\\x20-\\x7e]{0,30}"), 0..5),
    ) {
        let headers: Vec<_> = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        survives(format!("{method} {path} {version}\r\n{}\r\n", headers.concat()).as_bytes());
    }

    /// With all characters that a query may have; others are refused before parameters are looked at.
    #[test]
    fn any_page_parameter_gets_a_page_or_an_error(parameter in "[!-~&&[^\"#<>]]{0,20}") {
        let site = shared_site();
        let answer = get(site, &format!("/search/all/?page={parameter}"));
        let first = parameter.split('&').next().unwrap();
        let digits = first.bytes().all(|byte| byte.is_ascii_digit());
        let expected = match first.parse::<u128>() {
            Ok(1..=10) if digits => 200,
            Ok(11..) if digits => 404,
            _ => 400,
        };
        prop_assert_eq!(status(&answer), expected);
    }
}

/// One site for all cases of a property, because it must also go on serving.
fn shared_site() -> SocketAddr {
    static SITE: std::sync::OnceLock<Site> = std::sync::OnceLock::new();
    SITE.get_or_init(|| site(&[])).address()
}

fn survives(bytes: &[u8]) {
    let address = shared_site();
    let mut stream = connect(address);
    let _ = stream.write_all(bytes);
    let _ = stream.shutdown(std::net::Shutdown::Write);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    assert!(answer.is_empty() || answer.starts_with(b"HTTP/1."), "{:?}", String::from_utf8_lossy(&answer));
    assert_eq!(status(&get(address, "/search/all/?page=1")), 200);
}

fn block_on(waiting: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(async { tokio::time::timeout(PATIENCE, waiting).await.expect("it happens") });
}
