//! The practice site as a program of its own.

use std::io::{self, ErrorKind, IsTerminal, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Parser;
use console::signals::Stop;
use console::{Canvas, Lang, OutputFile, options, say};
use site::{Log, Public, Scenario, ScenarioOptions, Timeline};
use tokio::time::sleep;

/// The practice site: a local stand-in for a car-listing site. It answers when it decides to, and writes down all that
/// it saw. The first line on stdout is the URL prefix that a page's number is appended to.
#[derive(Parser)]
#[command(name = "site", version)]
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

    #[command(flatten)]
    behaviour: ScenarioOptions,

    /// Read the scenario from a TOML file; other options come before what it says
    #[arg(long, value_name = "FILE")]
    scenario: Option<PathBuf>,

    /// Write what was seen, when the site ends: a JSON object a line
    #[arg(long, value_name = "FILE")]
    log: Option<PathBuf>,

    /// Write what was seen in the HTTP Archive format, which browsers' network panels open
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
    let log_file = options.log.as_deref().map(OutputFile::create).transpose()?;
    let har_file = options.har.as_deref().map(OutputFile::create).transpose()?;
    let mut stop = Stop::listen().map_err(|why| format!("signals can't be received: {why}"))?;
    // As many connections as the system allows; what it refuses is not accepted until others end.
    console::open_files::raise();

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
    let bound = listener.local_addr().map_err(|why| why.to_string())?;
    let address = reachable(bound);
    // A script that reads the prefix may have closed its end by now; the site is there all the same.
    let _ = writeln!(io::stdout(), "{}", site::url_prefix(address)).and_then(|()| io::stdout().flush());
    let lang = options.lang.unwrap_or_else(Lang::of_system);
    say(format_args!(
        "{} http://{address}/ {}\n",
        lang.pick("The practice site is at", "Учебный сайт:"),
        lang.pick("(Ctrl-C ends it)", "(Ctrl-C завершает его)")
    ));
    let addresses = if bound.ip().is_unspecified() { addresses_of(bound) } else { Vec::new() };
    if bound.ip().is_unspecified() {
        say(for_a_classroom(&addresses, lang));
    }

    let log = Log::new(Log::CAPACITY);
    let public = Public { per_client: options.per_client, addresses };
    tokio::select! {
        () = site::serve(listener, scenario, log.clone(), public, stop.recv()) => {}
        () = show_progress(&log, lang) => {}
    }
    say(summary(&log, lang));

    let written = [
        log_file.map_or(Ok(()), |file| file.finish(|mut out| site::write_json_lines(&log, &mut out))),
        har_file.map_or(Ok(()), |file| file.finish(|mut out| site::write_har(&log, &address.to_string(), &mut out))),
    ];
    written.into_iter().collect()
}

fn scenario(options: &Options) -> Result<Scenario, String> {
    let base = options.scenario.as_deref().map_or(Ok(Scenario::default()), read_scenario)?;
    let base = Scenario { pages: options.pages.unwrap_or(base.pages), ..base };
    options.behaviour.clone().apply(base).map_err(|why| why.to_string())
}

fn read_scenario(path: &Path) -> Result<Scenario, String> {
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|why| format!("{name} can't be read: {why}"))?;
    Scenario::from_toml(&text, &name).map_err(|why| why.to_string())
}

/// Where a site that listens on all interfaces is reached from this machine.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(Ipv4Addr::LOCALHOST.into());
    }
    address
}

/// Where other machines reach a site that listens on all interfaces.
fn addresses_of(bound: SocketAddr) -> Vec<SocketAddr> {
    let interfaces = if_addrs::get_if_addrs().unwrap_or_default();
    let others = interfaces.iter().filter(|interface| !interface.is_loopback() && !interface.is_link_local());
    let ips = others.map(if_addrs::Interface::ip).filter(|ip| bound.is_ipv6() || ip.is_ipv4());
    ips.map(|ip| SocketAddr::new(ip, bound.port())).collect()
}

/// What it means to listen on all interfaces, and the addresses to give out.
fn for_a_classroom(addresses: &[SocketAddr], lang: Lang) -> String {
    let meaning = lang.pick(
        "Whoever can reach this machine can ask the site, and see what others asked. Give out:\n",
        "Сайту может задать вопрос, а его журнал увидеть всякий, кому видна эта машина. Раздайте адрес:\n",
    );
    let lines: Vec<String> = addresses.iter().map(|address| format!("  {}\n", site::url_prefix(*address))).collect();
    meaning.to_owned() + &lines.concat()
}

/// Keeps a line on the terminal up to date. Anything else than a terminal gets the summary at the end alone.
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
    let dropped = match log.read(|record| record.dropped) {
        0 => String::new(),
        dropped => format!(
            "\n{}: {}",
            lang.pick(
                "the log was full; its oldest exchanges were dropped",
                "журнал был полон; отброшено старых записей"
            ),
            lang.number(dropped)
        ),
    };
    let clear = if io::stderr().is_terminal() { "\r\x1b[K" } else { "" };
    let drawing = Timeline::new(&log.exchanges()).draw(Canvas::of_stderr(lang));
    format!("{clear}{drawing}{dropped}")
}
