//! Lesson 07. The lessons side by side, and beside Python: time, CPU, memory, threads, connections.
//!
//!     cargo run --release -p lesson07
//!     cargo run --release -p lesson07 -- --sizes 10,100,1000 --svg compare.svg
//!     cargo run --release -p lesson07 -- --only 03,aiohttp --with "python3 tasks.py"

mod chart;
mod compare;
mod helper;
mod interrupt;
mod lines;
mod programs;
mod table;

use std::ffi::OsStr;
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::time::Duration;
use std::{env, process};

use clap::Parser;
use console::signals::INTERRUPTED;
use console::{Canvas, Lang, OutputFile, fail, open_files, options};
use serde_json::{Value, json};
use site::{Latency, Scenario, ScenarioOptions};

use compare::{Comparison, Row};
use interrupt::Interrupt;
use programs::{Own, Program};

/// Runs the lessons, their Python twins and any other programs against the practice site, and shows what each costs.
#[derive(Parser)]
struct Options {
    /// How many pages each program asks for
    #[arg(long, value_name = "N", default_value = "10")]
    #[arg(value_parser = options::from_1, allow_hyphen_values = true)]
    pages: u32,

    /// Several numbers of pages, like 10,100,1000: how each program grows
    #[arg(long, value_name = "N,N,..", conflicts_with = "pages")]
    #[arg(value_parser = options::from_1, value_delimiter = ',', allow_hyphen_values = true)]
    sizes: Vec<u32>,

    /// How often each program is run; medians are shown
    #[arg(long, value_name = "N", default_value = "5")]
    #[arg(value_parser = options::from_1, allow_hyphen_values = true)]
    runs: u32,

    /// Run only these of the lessons and their twins: 01 to 06, requests, httpx, aiohttp; or none
    #[arg(long, value_name = "NAME,NAME,..", value_delimiter = ',')]
    only: Vec<Own>,

    /// Run this program too: it reads `PAGE_URL` and `PAGES` from its environment, and prints the lesson's lines (may
    /// be repeated)
    #[arg(long, value_name = "COMMAND")]
    with: Vec<Program>,

    /// How long an answer takes: each page's own, out of this range [default: 100ms..300ms]
    #[arg(long, value_name = "FROM..TO")]
    latency: Option<Latency>,

    /// What cars there are, and how long each page takes, follows from it [default: 1]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,

    /// How long a program may take before it is stopped
    #[arg(long, value_name = "TIME", default_value = "2m", value_parser = options::patience)]
    patience: Duration,

    /// Write a chart: bars, or lines when there are several sizes
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,

    /// Print the results as JSON, and the table on stderr
    #[arg(long)]
    json: bool,

    /// The language of tables and charts: en or ru [default: the system's]
    #[arg(long)]
    lang: Option<Lang>,
}

fn main() {
    let mut args = env::args_os().skip(1);
    if args.next().as_deref() == Some(OsStr::new(helper::MODE)) {
        helper::run(args);
    }
    match run(options::parse()) {
        Ok(interrupted) => process::exit(if interrupted { INTERRUPTED.into() } else { 0 }),
        Err(why) => fail(why),
    }
}

/// Compares, and says whether it was interrupted.
fn run(options: Options) -> Result<bool, String> {
    let lang = options.lang.unwrap_or_else(Lang::of_system);
    let mut sizes = if options.sizes.is_empty() { vec![options.pages] } else { options.sizes };
    sizes.sort_unstable();
    sizes.dedup();
    let largest = sizes.last().copied().unwrap_or(options.pages);
    // The site's sockets; the programs, each with as many, inherit the limit.
    open_files::allow_in_flight(largest, 1)?;
    let scenario = ScenarioOptions {
        latency: options.latency.map(Into::into).into_iter().collect(),
        seed: options.seed,
        ..ScenarioOptions::default()
    }
    .apply(Scenario { pages: largest, ..Scenario::default() })
    .map_err(|why| why.to_string())?;
    let picture = options.svg.as_deref().map(OutputFile::create).transpose()?;
    let left_out = |package: &str| {
        eprintln!(
            "{}",
            lang.pick(
                format!("Python {package} is left out: python3 does not have it (pip install {package})"),
                format!("Python {package} пропущен: в python3 его нет (pip install {package})")
            )
        );
    };
    let programs: Vec<Program> = programs::own(&options.only, left_out)?.into_iter().chain(options.with).collect();
    if programs.is_empty() {
        return Err("there is nothing to compare: name a program with --only or --with".to_owned());
    }
    if cfg!(debug_assertions) {
        eprintln!(
            "{}",
            lang.pick(
                "This is a debug build: for figures that mean something, cargo run --release -p lesson07",
                "Это отладочная сборка; цифры, которым можно верить, даст cargo run --release -p lesson07"
            )
        );
    }

    let interrupt = Interrupt::listen().map_err(|why| format!("Ctrl-C can't be received: {why}"))?;
    let comparison =
        Comparison { scenario: &scenario, interrupt: &interrupt, runs: options.runs, patience: options.patience };
    let canvas = Canvas::of_stderr(lang);
    let mut tables: Vec<(u32, Vec<Row>)> = Vec::new();
    for pages in sizes {
        let rows =
            comparison.of(&programs, pages, |turn, program| say_progress(pages, turn, options.runs, program, lang));
        if io::stderr().is_terminal() {
            eprint!("\r\x1b[K");
        }
        if interrupt.is_pressed() {
            eprintln!(
                "{}",
                lang.pick("Interrupted; what was measured until then:", "Прервано; вот что удалось измерить до этого:")
            );
        }
        let table = table::table(&rows, pages, u16::try_from(canvas.width).unwrap_or(u16::MAX).max(80), lang);
        if options.json {
            eprint!("{table}\n{}\n", table::lanes(&rows, pages, canvas));
        } else {
            print(&format!("{table}\n"))?;
            eprintln!("{}", table::lanes(&rows, pages, canvas));
        }
        tables.push((pages, rows));
        if interrupt.is_pressed() {
            break;
        }
    }
    if options.json {
        print(&format!("{:#}\n", results(&tables, options.runs)))?;
    }
    if let Some(file) = picture {
        let svg = chart::svg(&tables, lang)?;
        file.finish(|out| out.write_all(svg.as_bytes()))?;
    }
    Ok(interrupt.is_pressed())
}

/// Keeps a line on the terminal up to date.
fn say_progress(pages: u32, turn: u32, runs: u32, program: &Program, lang: Lang) {
    if io::stderr().is_terminal() {
        let pages = lang.count(pages.into(), ["page", "pages"], ["страница", "страницы", "страниц"]);
        let turn = lang.pick(format!("run {turn} of {runs}"), format!("запуск {turn} из {runs}"));
        eprint!("\r\x1b[K{pages}, {turn}: {}", program.name);
    }
}

/// Prints on stdout, which may have been closed.
fn print(text: &str) -> Result<(), String> {
    let mut out = io::stdout();
    let printed = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    printed.map_err(|why| format!("stdout was closed before all was printed: {why}"))
}

/// The results for other programs.
fn results(tables: &[(u32, Vec<Row>)], runs: u32) -> Value {
    let row = |row: &Row| {
        json!({
            "program": row.program.name,
            "command": row.program.command.iter().map(|word| word.to_string_lossy()).collect::<Vec<_>>(),
            "failure": row.failure,
            "median": row.median(),
            "runs": row.runs.iter().map(|run| run.cost).collect::<Vec<_>>(),
        })
    };
    let sizes = tables
        .iter()
        .map(|(pages, rows)| json!({ "pages": pages, "programs": rows.iter().map(row).collect::<Vec<_>>() }));
    json!({ "runs": runs, "release": !cfg!(debug_assertions), "sizes": sizes.collect::<Vec<_>>() })
}
