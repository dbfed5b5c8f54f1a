//! The practice site as a program of its own.

use std::io::{self, ErrorKind, IsTerminal, Write};
use std::iter;
use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use clap::Parser;
use console::signals::Stop;
use console::{Canvas, Lang, LineFile, OutputFile, is_same_file, options, say};
use site::{DatabaseOptions, Entry, Log, Public, Scenario, ScenarioOptions, Timeline};
use tokio::net::TcpListener;
use tokio::time::sleep;

/// The practice site: a local stand-in for a car-listing site. It answers when its scenario says so, and logs all that it
/// sees. The first line on stdout is the URL prefix that a page's number is appended to; with --database, the second one
/// is the practice database's URL.
#[derive(Parser)]
#[command(name = "site", version, max_term_width = 80)]
struct Options {
    /// Where to listen; port 0 finds a free one
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8080", value_parser = address)]
    bind: SocketAddr,

    /// How many listing pages there are [default: 10]
    #[arg(long, value_name = "N", value_parser = options::from_1, allow_hyphen_values = true)]
    pages: Option<u32>,

    /// How many requests one client may have in flight; further ones are answered with 429 [default: any number]
    #[arg(long, value_name = "N", value_parser = at_least_one, allow_hyphen_values = true)]
    per_client: Option<NonZero<u32>>,

    /// How many connections one client may have; further ones are closed [default: 16384, or seven eighths of the open
    /// files that the system allows]
    #[arg(long, value_name = "N", value_parser = at_least_one, allow_hyphen_values = true)]
    connections_per_client: Option<NonZero<u32>>,

    #[command(flatten)]
    behaviour: ScenarioOptions,

    /// Serve the practice database, too: PostgreSQL's protocol, for this machine alone. The options for it, and a
    /// scenario with it, do the same
    #[arg(long)]
    database: bool,

    /// The database's port; 0 finds a free one
    #[arg(long, value_name = "PORT", default_value_t = 8432)]
    database_port: u16,

    #[command(flatten)]
    database_behaviour: DatabaseOptions,

    /// Read the scenario from a TOML file; other options override it
    #[arg(long, value_name = "FILE")]
    scenario: Option<PathBuf>,

    /// Write a line of JSON to this file for each exchange when it ends, and for those that are still held when the site
    /// ends; an earlier file is overwritten
    #[arg(long, value_name = "FILE")]
    log: Option<PathBuf>,

    /// Write the log in the HTTP Archive format, which browsers' network panels open, when the site ends
    #[arg(long, value_name = "FILE")]
    har: Option<PathBuf>,

    /// The language of what is said on stderr: en or ru [default: the system's]
    #[arg(long)]
    lang: Option<Lang>,
}

fn address(text: &str) -> Result<SocketAddr, &'static str> {
    text.parse().map_err(|_| "an address and a port are needed, like 127.0.0.1:8080")
}

fn at_least_one(text: &str) -> Result<NonZero<u32>, &'static str> {
    text.parse().map_err(|_| "a whole number from 1 is needed")
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    if let Err(why) = run(options::parse()).await {
        console::fail(why);
    }
}

async fn run(options: Options) -> Result<(), String> {
    let scenario = scenario(&options)?;
    if let (Some(log), Some(har)) = (&options.log, &options.har)
        && is_same_file(log, har)
    {
        return Err(format!("--log and --har can't both write {}: give them two names", log.display()));
    }
    let har_file = options.har.as_deref().map(OutputFile::create).transpose()?;
    let mut stop = Stop::listen().map_err(|why| format!("signals can't be received: {why}"))?;
    // As many connections as the system allows; further ones wait to be accepted.
    let open_files = console::open_files::raise();

    let listener = site::listen(options.bind).map_err(|why| match why.kind() {
        ErrorKind::AddrInUse => {
            format!(
                "{} is in use: end what listens there, or choose another port with --bind (0 finds one)",
                options.bind
            )
        }
        ErrorKind::PermissionDenied => {
            format!("{} is not allowed: choose a port above 1023 with --bind", options.bind)
        }
        _ => format!("{} can't be listened on: {why}; choose another address with --bind", options.bind),
    })?;
    let database = match &scenario.database {
        Some(database) => Some((database_listener(options.database_port)?, database.clone())),
        None => None,
    };
    let log = Log::new(Log::CAPACITY);
    // Only now that nothing else can fail: this empties the file of an earlier run.
    let log_file = options.log.as_deref().map(LineFile::create).transpose()?;
    let log_writer = log_file.map(|file| write_as_they_end(file, log.journal())).transpose()?;
    let bound = listener.local_addr().map_err(|why| why.to_string())?;
    let address = reachable(bound);
    // A script that reads the prefix may have closed the pipe by now; the site runs all the same.
    let mut lines = format!("{}\n", site::url_prefix(address));
    let database_url = match &database {
        Some((listener, _)) => Some(site::database_url(listener.local_addr().map_err(|why| why.to_string())?)),
        None => None,
    };
    lines.extend(database_url.iter().map(|url| format!("{url}\n")));
    let _ = io::stdout().write_all(lines.as_bytes()).and_then(|()| io::stdout().flush());
    let lang = options.lang.unwrap_or_else(Lang::of_system);
    say(format_args!(
        "{} http://{address}/ {}\n",
        lang.pick("The practice site is at", "Учебный сайт:"),
        lang.pick("(Ctrl-C ends it)", "(остановить: Ctrl-C)")
    ));
    let addresses = if bound.ip().is_unspecified() { addresses_of(bound) } else { Vec::new() };
    if let Some(url) = &database_url {
        say(format_args!("{} {url}\n", lang.pick("The practice database is at", "Учебная база данных:")));
    }
    if bound.ip().is_unspecified() {
        say(for_a_classroom(&addresses, lang));
    }

    let connections_per_client = options.connections_per_client.or_else(|| NonZero::new(most_connections(open_files)));
    // The database is for this machine alone.
    let reachable = database_url.filter(|_| addresses.is_empty());
    let public = Public { per_client: options.per_client, connections_per_client, addresses, database_url: reachable };
    let seed = scenario.seed;
    let serve_database = async {
        match database {
            Some((listener, scenario)) => {
                site::serve_database(listener, scenario, seed, log.clone(), std::future::pending()).await
            }
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        failed = serve_database => failed.map_err(|why| format!("the database can't be served: {why}"))?,
        () = site::serve(listener, scenario, log.clone(), public, stop.recv()) => {}
        () = show_progress(&log, lang) => {}
    }
    say(summary(&log, lang));

    let written = [
        log_writer.map_or(Ok(()), |writer| writer.join().unwrap_or_else(|_| Err("the log's writer failed".to_owned()))),
        har_file.map_or(Ok(()), |file| file.finish(|mut out| site::write_har(&log, &address.to_string(), &mut out))),
    ];
    written.into_iter().collect()
}

/// The database's listener: on this machine alone, because it asks for no password.
fn database_listener(port: u16) -> Result<TcpListener, String> {
    site::listen((Ipv4Addr::LOCALHOST, port).into()).map_err(|why| match why.kind() {
        ErrorKind::AddrInUse => format!("port {port} is in use: choose another one with --database-port (0 finds one)"),
        _ => format!("port {port} can't be listened on: {why}; choose another one with --database-port"),
    })
}

/// Writes exchanges and queries to a file as they end, on a separate thread, so that a slow disk does not delay the site. The first
/// failure is reported at once, and the number of missing exchanges at the end.
fn write_as_they_end(
    mut file: LineFile,
    entries: mpsc::Receiver<Entry>,
) -> Result<JoinHandle<Result<(), String>>, String> {
    /// The most lines that are written at once, when the disk is slower than the site.
    const BATCH: usize = 256;
    let write = move || {
        let mut missing = 0_u64;
        let mut last_error = String::new();
        while let Ok(first) = entries.recv() {
            let batch: Vec<Entry> = iter::once(first).chain(entries.try_iter().take(BATCH - 1)).collect();
            if let Err(why) = file.append(&batch.iter().flat_map(site::json_line).collect::<Vec<u8>>()) {
                if missing == 0 {
                    say(format_args!("{}Error: {why}; the site goes on\n", clear()));
                }
                missing += batch.len() as u64;
                last_error = why;
            }
        }
        if missing == 0 { Ok(()) } else { Err(format!("{last_error}; exchanges that are missing there: {missing}")) }
    };
    let thread = thread::Builder::new().name("log-writer".to_owned()).spawn(write);
    thread.map_err(|why| format!("the log's writer can't start: {why}"))
}

/// The default limit of connections per client: far more than any lesson needs, but never all that the system allows.
fn most_connections(open_files: u64) -> u32 {
    const MOST: u32 = 16_384;
    u32::try_from(open_files / 8 * 7).unwrap_or(MOST).clamp(1, MOST)
}

/// The escape sequence that removes the progress line; empty if standard error is not a terminal.
fn clear() -> &'static str {
    if io::stderr().is_terminal() { "\r\x1b[K" } else { "" }
}

fn scenario(options: &Options) -> Result<Scenario, String> {
    let base = options.scenario.as_deref().map_or(Ok(Scenario::default()), read_scenario)?;
    let with_database = options.database || !options.database_behaviour.is_empty() || base.database.is_some();
    let own = || options.database_behaviour.clone().apply(base.database.clone().unwrap_or_default());
    let database = with_database.then(own);
    let base = Scenario { pages: options.pages.unwrap_or(base.pages), database, ..base };
    options.behaviour.clone().apply(base).map_err(|why| why.to_string())
}

#[expect(clippy::disallowed_methods, reason = "nobody is served yet")]
fn read_scenario(path: &Path) -> Result<Scenario, String> {
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|why| format!("{name} can't be read: {why}"))?;
    Scenario::from_toml(&text, &name).map_err(|why| why.to_string())
}

/// The address at which this machine reaches the site, which may listen on all interfaces.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(Ipv4Addr::LOCALHOST.into());
    }
    address
}

/// The addresses at which other machines reach a site that listens on all interfaces.
fn addresses_of(bound: SocketAddr) -> Vec<SocketAddr> {
    let interfaces = if_addrs::get_if_addrs().unwrap_or_default();
    let others = interfaces.iter().filter(|interface| !interface.is_loopback() && !interface.is_link_local());
    let ips = others.map(if_addrs::Interface::ip).filter(|ip| bound.is_ipv6() || ip.is_ipv4());
    ips.map(|ip| SocketAddr::new(ip, bound.port())).collect()
}

/// The message about listening on all interfaces, with the addresses to give out.
fn for_a_classroom(addresses: &[SocketAddr], lang: Lang) -> String {
    let meaning = lang.pick(
        "Whoever can reach this machine can ask the site, and see what others asked. Give out:\n",
        "Обращаться к сайту и видеть его журнал сможет любой, кому доступна эта машина. Раздайте адрес:\n",
    );
    let lines: Vec<String> = addresses.iter().map(|address| format!("  {}\n", site::url_prefix(address))).collect();
    meaning.to_owned() + &lines.concat()
}

/// Keeps a progress line up to date if standard error is a terminal; otherwise waits for ever.
async fn show_progress(log: &Log, lang: Lang) {
    if !io::stderr().is_terminal() {
        std::future::pending::<()>().await;
    }
    let mut seen = 0;
    loop {
        log.wait_for(|record| record.changes() != seen).await;
        seen = log.read(site::Record::changes);
        say(format_args!("\r\x1b[K{} ", progress(log, lang)));
        sleep(Duration::from_millis(100)).await;
    }
}

fn progress(log: &Log, lang: Lang) -> String {
    let (seen, in_flight, connections) = log.read(|record| (record.arrived(), record.in_flight(), record.connections));
    [
        lang.count(seen, ["request", "requests"], ["запрос", "запроса", "запросов"]),
        lang.pick("in flight ", "в работе ").to_owned() + &lang.number(in_flight as u64),
        lang.count(connections, ["connection", "connections"], ["соединение", "соединения", "соединений"]),
    ]
    .join(", ")
}

fn summary(log: &Log, lang: Lang) -> String {
    format!("{}{}", clear(), Timeline::of_log(log).draw(Canvas::of_stderr(lang)))
}
