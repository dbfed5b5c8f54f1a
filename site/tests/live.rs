//! The live page over HTTP: what it shows, to how many clients, and what it withstands.

#[path = "support/running.rs"]
mod running;
mod support;

#[cfg(unix)]
use std::io::Read;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use postgres::{Client, NoTls};
use running::Running;
use serde_json::Value;
use support::{PATIENCE, connect, exchange, get, status};

/// A site that answers at once but for what `options` say.
fn start(options: &[&str]) -> Running {
    Running::start(&[&["--latency", "0s"], options].concat())
}

fn ask(address: SocketAddr, page: u32) {
    assert!(matches!(status(&get(address, &format!("/search/all/?page={page}"))), 200 | 503));
}

/// A client that watches the live page.
struct Watcher(BufReader<TcpStream>);

impl Watcher {
    fn start(address: SocketAddr) -> Self {
        let mut stream = connect(address);
        stream.write_all(b"GET /live/events HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
        Self(BufReader::new(stream))
    }

    /// Reads until `text` has come, and returns all that was read.
    fn read_until(&mut self, text: &str) -> String {
        let mut read = String::new();
        let began = Instant::now();
        while !read.contains(text) {
            // Heartbeats keep coming, so reading alone would never time out.
            assert!(began.elapsed() < PATIENCE, "no '{text}' in {read}");
            assert_ne!(self.0.read_line(&mut read).unwrap(), 0, "no '{text}' in {read}");
        }
        read
    }
}

/// The ids of the page's runs, from top to bottom.
fn runs(page: &str) -> Vec<&str> {
    page.split("<article class=\"run\" id=\"run-").skip(1).map(|rest| rest.split('"').next().unwrap()).collect()
}

/// The page once nothing is in flight.
fn settled(address: SocketAddr) -> String {
    loop {
        let page = get(address, "/");
        if page.contains("<dt>in flight</dt><dd>0</dd>") {
            return page;
        }
    }
}

/// A run as a file of JSON.
fn json_of(address: SocketAddr, run: &str, format: &str) -> Value {
    // HTTP/1.0, so that the body does not come in chunks.
    let request = format!("GET /live/runs/{run}.{format} HTTP/1.0\r\nHost: localhost\r\n\r\n");
    let answer = exchange(address, request.as_bytes());
    serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
}

#[test]
fn a_strangers_text_stays_text() {
    let site = start(&[]);
    let evil = "<script>alert(1)</script>\"'&amp;";
    let request = format!(
        "GET /search/all/?page=1 HTTP/1.1\r\nHost: localhost\r\nUser-Agent: {evil}\r\nConnection: close\r\n\r\n"
    );
    assert_eq!(status(&exchange(site.address(), request.as_bytes())), 200);
    let long = "x".repeat(8 * 1024);
    assert_eq!(status(&get(site.address(), &format!("/{long}&\"'"))), 404);
    let host = format!("GET / HTTP/1.1\r\nHost: {evil}\r\nConnection: close\r\n\r\n");

    for page in [get(site.address(), "/"), get(site.address(), "/?lang=ru"), exchange(site.address(), host.as_bytes())]
    {
        assert!(!page.contains("<script>"), "{page}");
        if status(&page) == 200 {
            assert!(page.contains("placeholder=\"&lt;script&gt;alert(1)&lt;/script&gt;&quot;"), "{page}");
            assert!(!page.contains(&"x".repeat(300)), "{page}");
        }
    }
    let event = Watcher::start(site.address()).read_until("</main>");
    assert!(!event.contains("<script>") && event.contains("&lt;script&gt;"), "{event}");
}

#[test]
fn it_loads_nothing_and_runs_nothing_but_its_own() {
    let site = start(&[]);
    let page = get(site.address(), "/");
    for header in [
        "content-security-policy: default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
         connect-src 'self'; base-uri 'none'; form-action 'self'; \
         frame-ancestors 'self' http://localhost:* http://127.0.0.1:*\r\n",
        "x-content-type-options: nosniff\r\n",
        "referrer-policy: no-referrer\r\n",
    ] {
        assert!(page.contains(header), "{page}");
    }
    let links = page.split(['"', '\'']).filter(|text| text.starts_with("/live/assets/"));
    let mut found = 0;
    for link in links {
        assert_eq!(status(&get(site.address(), link)), 200, "{link}");
        found += 1;
    }
    assert_eq!(found, 5);
    assert!(!page.contains(" style=") && !page.contains("<style") && !page.contains("onclick"));
}

#[test]
fn watching_is_not_written_down_and_changes_nothing() {
    let site = start(&["--fault", "1:503"]);
    for path in ["/", "/live/events-not", "/live/runs/1.svg", "/live/runs/x.har", "/live/assets/../main.rs"] {
        assert_eq!(status(&get(site.address(), path)), if path == "/" { 200 } else { 404 }, "{path}");
    }
    for method in ["POST", "PUT", "DELETE"] {
        let request =
            format!("{method} / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
        assert_eq!(status(&exchange(site.address(), request.as_bytes())), 405);
    }
    let head = exchange(site.address(), b"HEAD / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    assert!(head.contains("content-length: ") && head.ends_with("\r\n\r\n"), "{head}");
    let page = settled(site.address());
    assert!(page.contains("<dt>requests</dt><dd>0</dd>") && page.contains("<dt>connections</dt><dd>0</dd>"), "{page}");

    ask(site.address(), 1);
    let page = settled(site.address());
    assert!(page.contains("<dt>connections</dt><dd>1</dd>") && page.contains("<dd>503</dd>"), "{page}");
}

#[test]
fn a_run_ends_after_two_quiet_seconds_and_the_newest_is_on_top() {
    let site = start(&[]);
    let address = site.address();
    ask(address, 1);
    ask(address, 2);
    let page = settled(address);
    let [first] = runs(&page)[..] else { panic!("{page}") };
    let first = first.to_owned();
    // What takes longer makes it only quieter.
    #[expect(clippy::disallowed_methods, reason = "tests wait")]
    thread::sleep(Duration::from_millis(2_100));
    let mut watcher = Watcher::start(address);
    watcher.read_until("</main>");
    ask(address, 3);
    let event = watcher.read_until("<dt>requests</dt><dd>3</dd>");
    assert!(event.contains("hx-swap-oob=\"afterbegin:#runs\""), "{event}");

    let page = settled(address);
    let [newest, oldest] = runs(&page)[..] else { panic!("{page}") };
    assert_eq!(oldest, first);
    let without = get(address, &format!("/?without={newest}"));
    assert_eq!(runs(&without), [oldest]);
    assert!(without.contains("Show removed runs: 1"), "{without}");
    assert_eq!(runs(&get(address, "/?runs=1")), [newest]);

    let svg = get(address, &format!("/live/runs/{oldest}.svg?lang=ru"));
    assert!(svg.contains("content-type: image/svg+xml") && svg.contains("<desc>2 запроса, "), "{svg}");
    assert!(svg.contains(&format!("content-disposition: attachment; filename=\"run-{oldest}.svg\"")), "{svg}");
    let pages = |exchanges: &Value| -> Vec<_> {
        exchanges.as_array().unwrap().iter().map(|exchange| exchange["page"].as_u64().unwrap()).collect()
    };
    let run = json_of(address, oldest, "json");
    assert_eq!((pages(&run["exchanges"]), &run["statuses"]["200"]), (vec![1, 2], &2.into()));
    let har = json_of(address, oldest, "har");
    assert_eq!(har["log"]["entries"].as_array().unwrap().len(), 2);
    assert_eq!(har["log"]["entries"][1]["request"]["url"], "http://localhost/search/all/?page=2");
}

/// The page once so many queries are over.
fn settled_with_queries(address: SocketAddr, queries: u64) -> String {
    loop {
        let page = settled(address);
        if page.contains(&format!("<dt>queries</dt><dd>{queries}</dd></div><div><dt>queries in flight</dt><dd>0</dd>"))
        {
            return page;
        }
    }
}

#[test]
fn a_program_that_asks_a_database_too_is_one_run() {
    let site = start(&["--database", "--database-port", "0", "--statement-latency", "0s"]);
    let address = site.address();
    ask_as(address, "before", 1);
    assert!(!get(address, "/").contains("<dt>queries"));
    assert!(get(address, "/").contains(&format!("--database {}</code>", site.database_url())));
    let connect = || Client::connect(site.database_url(), NoTls).unwrap();
    let (mut open, mut client) = (connect(), connect());
    // As long as a transaction is open, the run goes on, however slow this is.
    open.batch_execute("BEGIN").unwrap();
    client.batch_execute("CREATE TABLE t (id int4)").unwrap();
    ask_as(address, "both", 1);
    client.batch_execute("BEGIN; INSERT INTO t VALUES (1); COMMIT").unwrap();
    client.batch_execute("BEGIN; INSERT INTO t VALUES (2), (3); ROLLBACK").unwrap();
    client.batch_execute("INSERT INTO u VALUES (1)").unwrap_err();
    let page = settled_with_queries(address, 9);
    assert!(page.contains(">not ended</text>") && page.contains(" · not ended for "), "{page}");
    open.batch_execute("COMMIT").unwrap();

    let page = settled_with_queries(address, 10);
    let [run, before] = runs(&page)[..] else { panic!("{page}") };
    let (of_both, of_before) = page.split_once(&format!("id=\"run-{before}\"")).unwrap();
    assert!(of_both.contains("placeholder=\"both\"") && of_before.contains("placeholder=\"before\""), "{page}");
    for (name, number) in [
        ("requests", 1),
        ("peak of queries in flight", 1),
        ("database connections", 2),
        ("transactions committed", 2),
        ("rolled back", 1),
    ] {
        assert!(of_both.contains(&format!("<dt>{name}</dt><dd>{number}</dd>")), "{name}: {of_both}");
    }
    let drawn = |page: &str| {
        let lines = ["query", "query refused", "bracket", "bracket undone"];
        lines.map(|class| page.matches(&format!("<path class=\"{class}\" d=")).count())
    };
    assert_eq!((drawn(of_both), drawn(of_before)), ([9, 1, 2, 1], [0; 4]));
    assert!(of_both.contains("error 42P01 · failed after ") && of_both.contains("INSERT INTO t VALUES (2), (3)"));
    let russian = get(address, "/?lang=ru");
    assert!(russian.contains(">транзакция зафиксирована<") && russian.contains(" · отменена через "), "{russian}");

    // The other ways to see it.
    let svg = get(address, &format!("/live/runs/{run}.svg"));
    assert_eq!(drawn(&svg), [9, 1, 2, 1]);
    let overlay = get(address, &format!("/?overlay={run},{before},{run}"));
    assert_eq!(drawn(&overlay), [18, 2, 4, 2]);
    let at = |moment: &str| get(address, &format!("/live/frame?replay={run}&{moment}"));
    let beginning = at("at=0");
    assert!(beginning.contains("begin 1: asked at 0.0 ms · waiting for 0.0 ms · "), "{beginning}");
    assert!(beginning.contains("transaction 1: began at 0.0 ms · not ended for 0.0 ms · "), "{beginning}");
    assert!(beginning.contains("in flight 0 · queries 1"), "{beginning}");
    assert_eq!(drawn(&beginning), [1, 0, 1, 0]);
    assert_eq!(drawn(&at("after=1000000000")), [9, 1, 2, 1]);
    let json = json_of(address, run, "json");
    let statements: Vec<_> = json["queries"].as_array().unwrap().iter().map(|query| &query["statement"]).collect();
    assert_eq!(statements[..5], ["begin 1", "create 1", "begin 2", "insert 1", "commit 1"]);
    assert_eq!(statements[5..], ["begin 3", "insert 2", "rollback 1", "insert 3", "commit 2"]);
    assert_eq!((&json["exchanges"][0]["page"], &json["database"]["committed"]), (&1.into(), &2.into()));
    assert!(json_of(address, before, "json").get("queries").is_none());
    assert_eq!(json_of(address, run, "har")["log"]["entries"].as_array().unwrap().len(), 1);
}

#[test]
fn a_query_in_flight_grows_while_it_lasts() {
    let site = start(&["--database-port", "0", "--statement-gate", "in-flight=2"]);
    let mut watcher = Watcher::start(site.address());
    watcher.read_until("</main>");
    let ask = || {
        let url = site.database_url().to_owned();
        thread::spawn(move || Client::connect(&url, NoTls).unwrap().batch_execute("SELECT 1").unwrap())
    };
    let held = ask();
    // Nothing happens but that time passes.
    for _ in 0..3 {
        let event = watcher.read_until("</svg>");
        assert!(event.contains("aria-label=\"select 1: asked at 0.0 ms · waiting for "), "{event}");
    }
    let other = ask();
    watcher.read_until("<dt>queries in flight</dt><dd>0</dd>");
    for thread in [held, other] {
        thread.join().unwrap();
    }
    let page = settled_with_queries(site.address(), 2);
    assert_eq!((runs(&page).len(), page.matches("1 row · answered after ").count()), (1, 4), "{page}");
    assert!(page.contains("<dt>peak of queries in flight</dt><dd>2</dd>"), "{page}");
}

/// Asks for a page under a program's name.
fn ask_as(address: SocketAddr, name: &str, page: u32) -> String {
    let answer = get(address, &format!("/as/{name}/search/all/?page={page}"));
    settled(address);
    answer
}

#[test]
fn a_program_that_names_itself_has_runs_of_that_name() {
    let site = start(&[]);
    let address = site.address();
    let answer = ask_as(address, "one", 1);
    assert!(
        answer.contains("href=\"/as/one/search/all/?page=2\"") && answer.contains("href=\"/as/one/details/"),
        "{answer}"
    );
    ask_as(address, "two", 1);
    ask_as(address, "two", 2);
    // The same program anew.
    ask_as(address, "two", 1);
    for bad in ["/as/a.b/search/all/", "/as//search/all/", "/as/x"] {
        assert_eq!(status(&get(address, bad)), 404, "{bad}");
    }
    let page = settled(address);
    let names: Vec<_> = page.split("placeholder=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert_eq!(names, ["Run 4", "two", "two", "one"]);
    let [_, _, two, _] = runs(&page)[..] else { panic!("{page}") };
    let json = get(address, &format!("/live/runs/{two}.json"));
    assert!(json.contains("\"program\":\"two\"") && json.contains("\"requests\":2"), "{json}");
}

#[test]
fn a_viewer_begins_runs_and_clears_the_page_for_itself_alone() {
    let site = start(&[]);
    let address = site.address();
    let location = |path: &str| {
        let answer = get(address, path);
        assert_eq!(status(&answer), 303);
        let (_, rest) = answer.split_once("location: ").unwrap();
        rest.split("\r\n").next().unwrap().to_owned()
    };
    ask_as(address, "me", 1);
    let cut = location("/?lang=en&cut=now");
    ask_as(address, "me", 2);
    let both = get(address, &cut);
    let [after, before] = runs(&both)[..] else { panic!("{both}") };
    assert_eq!(runs(&settled(address)), [before], "others see one run");
    assert!(both.contains(&format!("/live/runs/{after}.svg?lang=en&amp;cut=")), "{both}");
    let query = cut.strip_prefix('/').unwrap();
    for run in [before, after] {
        assert!(get(address, &format!("/live/runs/{run}.svg{query}")).contains("<desc>1 request, "), "{run}");
    }

    let cleared = location("/?lang=en&since=now");
    assert!(runs(&get(address, &cleared)).is_empty());
    ask_as(address, "me", 3);
    let page = get(address, &cleared);
    assert_eq!(runs(&page).len(), 1, "{page}");
    assert!(page.contains("Show removed runs: 1"), "{page}");
    assert_eq!(runs(&settled(address)), [before]);
}

#[test]
fn runs_are_laid_on_one_axis_and_replayed_from_the_sites_model() {
    let site = Running::start(&["--latency", "20ms", "--latency", "2:60ms"]);
    let address = site.address();
    ask_as(address, "one", 1);
    for page in [1, 2] {
        ask_as(address, "two", page);
    }
    let page = settled(address);
    let [two, one] = runs(&page)[..] else { panic!("{page}") };
    assert!(page.contains(&format!("href=\"/?lang=en&amp;replay={two}\"")), "{page}");

    let overlay = get(address, &format!("/?overlay={one},{two}"));
    assert!(overlay.contains(">one</tspan>") && overlay.contains(">two</tspan>"), "{overlay}");
    assert_eq!(overlay.matches("class=\"waiting\" x=").count(), 3);
    let svg = get(address, &format!("/live/overlay.svg?overlay={one}.{two}"));
    assert!(svg.contains("filename=\"runs.svg\"") && svg.matches("class=\"heading\"").count() == 2, "{svg}");

    // A name that the viewer has given is in all three, and in the other language.
    for path in ["/", "/live/overlay.svg", "/live/frame"] {
        let named = get(address, &format!("{path}?lang=ru&overlay={one}.{two}&name-{two}=%D1%8F+%3Cb%3E&name-1=other"));
        assert!(named.contains(">one</tspan>") && named.contains(">я &lt;b&gt;</tspan>"), "{path}: {named}");
        assert!(!named.contains(">two<") && !named.contains("<b>") && !named.contains("other"), "{path}: {named}");
    }

    let frame = |query: &str| get(address, &format!("/live/frame?replay={two}&{query}"));
    let at =
        |frame: &str| -> u64 { frame.split("data-at=\"").nth(1).unwrap().split('"').next().unwrap().parse().unwrap() };
    let first = frame("at=1000");
    assert!(first.contains(">in flight 1</tspan>") && !first.contains(">200<"), "{first}");
    assert_eq!(first.matches("class=\"waiting\" x=").count(), 1, "the second has not begun");
    // Each step goes to where a request begins or ends.
    let mut moment = 0;
    let steps: Vec<(usize, usize)> = (0..3)
        .map(|_| {
            let next = frame(&format!("after={moment}"));
            assert!(at(&next) > moment, "{next}");
            moment = at(&next);
            (next.matches("class=\"waiting\" x=").count(), next.matches(">200<").count())
        })
        .collect();
    assert_eq!(steps, [(1, 1), (2, 1), (2, 2)]);
    assert_eq!(at(&frame("at=99999999")), moment);
    for none in ["/?replay=1", "/live/frame?replay=1"] {
        assert!(get(address, none).contains("There is no such run, or none any more."), "{none}");
    }
}

/// The limit of watchers that the live page has for one address.
const MOST_OF_ONE_CLIENT: usize = 64;

#[test]
fn one_watcher_too_many_is_told_so() {
    let site = start(&[]);
    let mut watchers: Vec<_> = (0..MOST_OF_ONE_CLIENT).map(|_| Watcher::start(site.address())).collect();
    for watcher in &mut watchers {
        watcher.read_until("</main>");
    }
    let refused = get(site.address(), "/live/events");
    assert_eq!(status(&refused), 503);
    assert!(
        refused.contains("retry-after: 5\r\n")
            && refused.ends_with("64 browsers are watching already from your address: close one of them.\n"),
        "{refused}"
    );
    assert!(get(site.address(), "/").contains("64 browsers are watching already from your address"));
    // Other clients can still watch.
    #[cfg(target_os = "linux")]
    {
        let mut other = connect_from("127.0.0.2", site.address());
        other.write_all(b"GET /live/events HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
        Watcher(BufReader::new(other)).read_until("</main>");
    }
    ask(site.address(), 1);

    drop(watchers.pop());
    // The site sees its end a moment later.
    let mut next = loop {
        let mut next = Watcher::start(site.address());
        let mut first = String::new();
        next.0.read_line(&mut first).unwrap();
        if first.starts_with("HTTP/1.1 200") {
            break next;
        }
    };
    next.read_until("</main>");
    for watcher in &mut watchers {
        watcher.read_until("<dt>requests</dt><dd>1</dd>");
    }
}

#[test]
fn a_watcher_that_never_reads_holds_nobody_up() {
    let site = start(&[]);
    let _deaf: Vec<_> = (0..8).map(|_| Watcher::start(site.address())).collect();
    let mut watcher = Watcher::start(site.address());
    let page = "GET /search/all/?page=1 HTTP/1.1\r\nHost: localhost\r\n";
    let requests = format!("{page}\r\n").repeat(4) + page + "Connection: close\r\n\r\n";
    // Far more than fits into the buffers in between: the last events have two hundred bars each.
    for round in 1..=40 {
        exchange(site.address(), requests.as_bytes());
        watcher.read_until(&format!("<dt>requests</dt><dd>{}</dd>", round * 5));
    }
}

#[test]
fn floods_and_half_open_connections_do_not_keep_the_page_from_answering() {
    let site = start(&[]);
    let half_open: Vec<_> = (0..300)
        .map(|index| {
            let mut stream = connect(site.address());
            stream.write_all(if index % 2 == 0 { b"GET /live/ev" } else { b"GET / HTTP/1.1\r\nHost" }).unwrap();
            stream
        })
        .collect();
    let flood = format!("GET / HTTP/1.1\r\nHost: localhost\r\n{}\r\n", "X-Flood: 1\r\n".repeat(500));
    let long = format!("GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: {}\r\n\r\n", "x".repeat(100_000));
    for request in [flood, long] {
        assert_eq!(status(&exchange(site.address(), request.as_bytes())), 431);
    }
    assert_eq!(status(&get(site.address(), "/")), 200);
    drop(half_open);
}

#[test]
fn no_query_confuses_it() {
    let site = start(&[]);
    ask(site.address(), 1);
    for query in [
        "lang=de",
        "without=",
        "without=1.x.99999999999999999999",
        "runs=-1",
        "runs=0",
        "&&=&",
        "runs=18446744073709551615",
        "runs=1000000",
    ] {
        assert_eq!(status(&get(site.address(), &format!("/?{query}"))), 200, "{query}");
    }
}

#[cfg(unix)]
#[test]
fn its_end_ends_watching() {
    let site = start(&[]);
    let mut watcher = Watcher::start(site.address());
    watcher.read_until("</main>");
    let (ended, stderr) = site.stop("-INT");
    assert_eq!(ended.code(), Some(0), "{stderr}");
    let mut rest = String::new();
    watcher.0.read_to_string(&mut rest).unwrap();
    assert!(rest.ends_with("0\r\n\r\n"), "the stream was ended, and not cut off: {rest:?}");
}

/// Connects from one of this machine's many loopback addresses, by which the site tells clients apart.
#[cfg(target_os = "linux")]
fn connect_from(client: &str, site: SocketAddr) -> TcpStream {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let stream = runtime.block_on(async {
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.bind(SocketAddr::new(client.parse().unwrap(), 0)).unwrap();
        socket.connect(site).await.unwrap().into_std().unwrap()
    });
    stream.set_nonblocking(false).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// Whether the site closes this connection without an answer.
#[cfg(target_os = "linux")]
fn is_refused(mut stream: TcpStream) -> bool {
    let _ = stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer);
    answer.is_empty()
}

#[cfg(target_os = "linux")]
#[test]
fn one_clients_connections_leave_room_for_others() {
    let site = start(&["--connections-per-client", "3"]);
    let mut open: Vec<_> = (0..3).map(|_| connect_from("127.0.0.2", site.address())).collect();
    assert!(is_refused(connect_from("127.0.0.2", site.address())));
    assert_eq!(status(&get(site.address(), "/")), 200);
    drop(open.pop());
    // The site sees its end a moment later.
    while is_refused(connect_from("127.0.0.2", site.address())) {}
}

#[test]
fn it_is_for_this_machines_names_only() {
    let site = start(&[]);
    let ask = |path: &str, host: &str| {
        exchange(site.address(), format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").as_bytes())
    };
    for path in ["/", "/live/events", "/live/runs/1.json", "/live/assets/page.js"] {
        let refused = ask(path, "evil.example");
        assert_eq!(status(&refused), 421, "{path}");
        let (_, text) = refused.split_once("\r\n\r\n").unwrap();
        assert!(text.starts_with("This page is not for that name") && text.lines().count() == 1, "{text}");
    }
    assert_eq!(status(&ask("/", &site.address().to_string())), 200);
    // The listing is served under any name.
    assert_eq!(status(&ask("/search/all/?page=1", "cars.school.example")), 200);
}

#[cfg(target_os = "linux")]
#[test]
fn each_client_has_its_own_quota_and_runs() {
    let site = start(&["--fault", "1:never", "--per-client", "1"]);
    let ask = |client: &str, page: u32| -> TcpStream {
        let mut stream = connect_from(client, site.address());
        let request = format!("GET /search/all/?page={page} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        stream
    };
    let answer = |client: &str, page: u32| {
        let mut answer = String::new();
        ask(client, page).read_to_string(&mut answer).unwrap();
        status(&answer)
    };
    let held = ask("127.0.0.2", 1);
    // An answer to a later request shows that the earlier one has been read.
    get(site.address(), "/");
    assert_eq!(answer("127.0.0.2", 2), 429);
    assert_eq!(answer("127.0.0.3", 2), 200);
    let page = get(site.address(), "/");
    assert_eq!(runs(&page).len(), 2, "{page}");
    assert!(page.contains("<dt>in flight</dt><dd>1</dd>"), "{page}");
    drop(held);
}
