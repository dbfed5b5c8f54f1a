//! The comparison: each program a number of times against a practice site in this process, and what that cost.

use std::process::{Command, Stdio};
use std::time::Duration;
use std::{env, io};

use cpu_time::ProcessTime;
use serde::Serialize;
use site::{Outcome, Scenario, Site, Timeline};

use crate::helper::{self, End, Report};
use crate::interrupt::Interrupt;
use crate::lines;
use crate::programs::Program;

/// The cost of a run, or the median of several. Times are in microseconds, memory is in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Cost {
    /// From the program's start to its exit.
    #[serde(rename = "time_us")]
    pub time: u64,
    /// The least time in which the site could have answered, from its log: the slowest answer, or their sum when none overlapped.
    #[serde(rename = "floor_us")]
    pub floor: u64,
    /// The time above the floor.
    #[serde(rename = "above_floor_us")]
    pub above: u64,
    /// The part of it before the first request arrived.
    #[serde(rename = "before_first_request_us")]
    pub lead: u64,
    #[serde(rename = "cpu_us")]
    pub cpu: u64,
    /// CPU time of the site meanwhile.
    #[serde(rename = "site_cpu_us")]
    pub site_cpu: u64,
    #[serde(rename = "peak_memory_bytes")]
    pub memory: Option<u64>,
    #[serde(rename = "peak_threads")]
    pub threads: Option<u64>,
    pub connections: u64,
    #[serde(rename = "peak_in_flight")]
    pub in_flight: u64,
}

impl Cost {
    /// The median of each figure by itself; `None` if there are no runs.
    fn median(costs: &[Self]) -> Option<Self> {
        let of = |figure: fn(&Self) -> u64| median(costs.iter().map(figure));
        Some(Self {
            time: of(|cost| cost.time)?,
            floor: of(|cost| cost.floor)?,
            above: of(|cost| cost.above)?,
            lead: of(|cost| cost.lead)?,
            cpu: of(|cost| cost.cpu)?,
            site_cpu: of(|cost| cost.site_cpu)?,
            memory: median(costs.iter().filter_map(|cost| cost.memory)),
            threads: median(costs.iter().filter_map(|cost| cost.threads)),
            connections: of(|cost| cost.connections)?,
            in_flight: of(|cost| cost.in_flight)?,
        })
    }
}

/// The middle one of some numbers, or the mean of the middle two.
fn median(numbers: impl Iterator<Item = u64>) -> Option<u64> {
    let mut numbers: Vec<_> = numbers.collect();
    numbers.sort_unstable();
    let upper = *numbers.get(numbers.len() / 2)?;
    let lower = numbers[(numbers.len() - 1) / 2];
    Some(lower.midpoint(upper))
}

/// One run of a program.
pub struct Run {
    pub cost: Cost,
    pub timeline: Timeline,
}

/// A program's runs. The first one that failed was the last.
pub struct Row<'a> {
    pub program: &'a Program,
    pub runs: Vec<Run>,
    /// Why it failed, if it did.
    pub failure: Option<String>,
}

impl Row<'_> {
    /// The median of all runs; nothing for a program that failed.
    pub fn median(&self) -> Option<Cost> {
        match self.failure {
            Some(_) => None,
            None => Cost::median(&self.runs.iter().map(|run| run.cost).collect::<Vec<_>>()),
        }
    }

    /// The run that took the median time, or of an even number the shorter one in the middle.
    pub fn typical(&self) -> Option<&Run> {
        let mut runs: Vec<_> = self.runs.iter().collect();
        runs.sort_unstable_by_key(|run| run.cost.time);
        runs.get(runs.len().checked_sub(1)? / 2).copied()
    }
}

/// The settings that all runs have in common.
pub struct Comparison<'a> {
    pub scenario: &'a Scenario,
    pub interrupt: &'a Interrupt,
    pub runs: u32,
    pub patience: Duration,
}

impl Comparison<'_> {
    /// Runs all programs for this many pages. They take turns, so that whatever else the machine does meets them alike.
    pub fn of<'a>(&self, programs: &'a [Program], pages: u32, progress: impl Fn(u32, &Program)) -> Vec<Row<'a>> {
        let mut rows: Vec<_> =
            programs.iter().map(|program| Row { program, runs: Vec::new(), failure: None }).collect();
        for turn in 1..=self.runs {
            for row in rows.iter_mut().filter(|row| row.failure.is_none()) {
                if self.interrupt.is_pressed() {
                    return rows;
                }
                progress(turn, row.program);
                match self.run(row.program, pages) {
                    Ok(run) => row.runs.push(run),
                    // Its figures say nothing.
                    Err(_) if self.interrupt.is_pressed() => return rows,
                    Err(why) => row.failure = Some(why),
                }
            }
        }
        rows
    }

    /// Runs a program once.
    ///
    /// The site is a new one, and so is its port: thousands of connections to one port stay behind for a minute in the
    /// `TIME_WAIT` state, and then finding free ports costs the next program half as much CPU again.
    fn run(&self, program: &Program, pages: u32) -> Result<Run, String> {
        let scenario = Scenario { pages, ..self.scenario.clone() };
        let site = Site::start(scenario).map_err(|why| format!("the practice site can't start: {why}"))?;
        let site_cpu = ProcessTime::now();
        let report = self.measure(program, &site, pages)?;
        let site_cpu = site_cpu.elapsed();
        self.judge(&report, pages)?;
        // The site may be a moment behind a program that has read the last answer and ended.
        site.settle(Duration::from_secs(5));
        let (exchanges, dropped) =
            site.log().read(|record| (record.exchanges().cloned().collect::<Vec<_>>(), record.dropped));

        // Of requests that the log is too small for, the program's lines say that they were answered.
        let kept = exchanges.iter().filter(|exchange| exchange.outcome == Outcome::Answered).count() as u64;
        let answered = kept + dropped;
        if answered < pages.into() {
            return Err(format!("the site answered {answered} requests, not {pages}"));
        }
        let timeline = Timeline::new(&exchanges);
        let figures = timeline.figures();
        let floor = if figures.peak_in_flight == 1 { figures.sum } else { figures.slowest };
        let arrived = exchanges.first().map_or(0, |exchange| exchange.arrived);
        let first_request = site.log().began_at() + Duration::from_micros(arrived);
        let time = micros(report.wall);
        Ok(Run {
            cost: Cost {
                time,
                floor,
                above: time.saturating_sub(floor),
                lead: micros(first_request.duration_since(report.started_at).unwrap_or_default()),
                cpu: micros(report.cpu),
                site_cpu: micros(site_cpu),
                memory: report.peak_memory,
                threads: report.peak_threads,
                connections: figures.connections,
                in_flight: figures.peak_in_flight,
            },
            timeline,
        })
    }

    fn measure(&self, program: &Program, site: &Site, pages: u32) -> Result<Report, String> {
        let why = |why: io::Error| format!("it can't be measured: {why}");
        let mut helper = Command::new(env::current_exe().map_err(why)?);
        helper.arg(helper::MODE).arg(self.patience.as_millis().to_string()).args(&program.command);
        helper.env("PAGE_URL", site.url_prefix()).env("PAGES", pages.to_string());
        helper.envs(["NO_PROXY", "no_proxy"].map(|name| (name, shared::no_proxy())));
        apart(&mut helper);
        let mut helper = helper.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().map_err(why)?;
        self.interrupt.stops(helper.stdin.take());
        let output = helper.wait_with_output();
        self.interrupt.stops(None);
        serde_json::from_slice(&output.map_err(why)?.stdout)
            .map_err(|_| "it can't be measured: the process that measures it has died".to_owned())?
    }

    /// Whether a program did what it was to do.
    fn judge(&self, report: &Report, pages: u32) -> Result<(), String> {
        match &report.end {
            End::Well => lines::check(&report.stdout, pages),
            End::Badly(status) => Err(lines::reason(&report.stderr).unwrap_or(status).to_owned()),
            End::OutOfPatience => {
                let patience = humantime::format_duration(self.patience);
                Err(format!("stopped after {patience} (--patience allows more)"))
            }
            End::Told => Err("stopped".to_owned()),
        }
    }
}

/// Keeps Ctrl-C in a terminal from reaching the helper: it has to live until it has stopped what it measures.
fn apart(helper: &mut Command) {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(helper, 0);
    #[cfg(not(unix))]
    let _ = helper;
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const COST: Cost = Cost {
        time: 1,
        floor: 1,
        above: 1,
        lead: 1,
        cpu: 1,
        site_cpu: 1,
        memory: Some(1),
        threads: None,
        connections: 1,
        in_flight: 1,
    };

    #[test]
    fn a_median_is_in_the_middle() {
        assert_eq!(median([].into_iter()), None);
        assert_eq!(median([7].into_iter()), Some(7));
        assert_eq!(median([9, 1, 5].into_iter()), Some(5));
        assert_eq!(median([4, 100, 1, 2].into_iter()), Some(3));
    }

    #[test]
    fn each_figure_has_a_median_of_its_own() {
        let costs = [
            Cost { time: 3, cpu: 10, memory: Some(4), ..COST },
            Cost { time: 1, cpu: 30, memory: None, ..COST },
            Cost { time: 2, cpu: 20, memory: Some(8), ..COST },
        ];
        assert_eq!(Cost::median(&costs), Some(Cost { time: 2, cpu: 20, memory: Some(6), ..COST }));
        assert_eq!(Cost::median(&[]), None);
    }
}
