//! Runs a program against the practice site, holding and releasing answers as its homework says, and notes all that
//! could be seen of it. What that is worth is judged elsewhere.

use std::collections::BTreeSet;
use std::io;
use std::time::Duration;

use cpu_time::ThreadTime;
use site::{Exchange, FaultKind, Outcome, Record, Site};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep_until, timeout};

use crate::plan::Plan;
use crate::process::{Captured, Ended, Event, Exceeded, Limits, Program, Running};
use crate::task::Answer;

/// How long no request may have come before it is believed that no more are coming: at first, when a program that asks
/// for too much does so at once, and between answers. More load can only let a wrong program ask later, in the next of
/// these pauses.
const QUIET_AT_FIRST: Duration = Duration::from_millis(150);
const QUIET: Duration = Duration::from_millis(20);

/// Requests beyond so many for each page end the run, and are no sign of progress long before.
const MOST_REQUESTS_A_PAGE: u64 = 200;
const REQUESTS_A_PAGE: u64 = 10;

/// A program is watched while it has nothing to do but wait, until a busy loop beside it has used so much CPU time,
/// however long that takes on a busy machine. A program that spins gets about as much.
pub const IDLE_SPELL: Duration = Duration::from_millis(500);
/// The CPU time that counts as none: what is left to do after the last request has left.
pub const IDLE_ENOUGH: Duration = Duration::from_millis(50);

/// All that was seen of a run.
#[derive(Debug)]
pub struct Run {
    /// Its conditions.
    pub plan: Plan,
    /// What the site saw, in order of arrival.
    pub exchanges: Vec<Exchange>,
    /// How many connections were opened.
    pub connections: u64,
    /// The lines of stdout, as far as it was kept.
    pub lines: Vec<String>,
    /// What it wrote.
    pub stdout: Captured,
    /// What it wrote on stderr.
    pub stderr: Captured,
    /// How it ended.
    pub end: End,
    /// What the site waited for in vain, holding answers.
    pub stall: Option<Stall>,
    /// The CPU time that it used in a spell of waiting, if it was watched.
    pub idle: Option<Duration>,
    /// How long it ran.
    pub took: Duration,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// By itself.
    Ended(Ended),
    /// It used more than it may, and was stopped.
    Exceeded(Exceeded),
    /// It asked for pages so often, and was stopped.
    Flood(u64),
    /// Nothing happened any more, and it was stopped.
    Silent,
}

/// What the site waited for until its patience was over, or the program's end came before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stall {
    /// So many requests in flight, the first time.
    Hold(u32),
    /// So many requests in flight again, after this page had been answered.
    Refill(u32, u32),
    /// The line of this page, which had been answered.
    Line(u32),
    /// These pages to be given up, after the first one had been answered.
    GivenUp(u32, Vec<u32>),
}

/// What a run waits for at a moment, to be shown while it lasts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Waiting {
    /// The first request.
    #[default]
    Start,
    /// So many pages in flight.
    InFlight {
        /// How many there are.
        now: u32,
        /// How many there are to be.
        wanted: u32,
    },
    /// The line of a page that was answered, as text: `7`.
    Line(String),
    /// Pages to be given up after one was answered.
    GivenUp(Vec<String>),
    /// The program is watched while it has nothing to do but wait.
    Idle,
    /// The program's end: nothing is held any more.
    End,
}

/// Why waiting ended without what was waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Halt {
    Ended,
    Silent,
}

/// Runs `program` under `plan`'s conditions. `patience` is how long nothing may happen; `watch_idle` says whether its
/// CPU time while it waits is of interest. Dropping the future ends the program.
///
/// # Errors
/// When the site or the program can't be started: one line that says why.
pub async fn conduct(plan: Plan, program: &Program, patience: Duration, watch_idle: bool) -> Result<Run, String> {
    // As many connections as the system allows; what it refuses is not accepted until others end.
    let _ = console::open_files::raise();
    let site = Site::start(plan.scenario.clone()).map_err(|why| format!("the practice site can't start: {why}"))?;
    let began = Instant::now();
    let running = Running::start(program, &site.url_prefix(), plan.scenario.pages, Limits::default())?;
    let mut conductor = Conductor {
        site: &site,
        plan: &plan,
        running,
        lines: Vec::new(),
        released: BTreeSet::new(),
        end: None,
        idle: None,
        // When that is over, the rest is for seeing how the program goes on once nothing is held any more.
        patience: patience * 3 / 4,
        progress: (0, 0),
        progressed: began,
    };
    let stall = conductor.conduct(watch_idle).await.err();
    conductor.patience = if stall.is_some() { patience / 4 } else { patience };
    conductor.progressed = Instant::now();
    let end = conductor.finish().await;
    let took = began.elapsed();
    let Conductor { running, lines, idle, .. } = conductor;
    let (stdout, stderr) = (running.stdout().clone(), running.stderr().clone());
    drop(running);
    // Its sockets are closed now, which the site is about to see. A last request is accepted after all others.
    let own = timeout(patience, ask_for_nothing(&site)).await.is_ok_and(|asked| asked.is_ok());
    let _ = timeout(patience, site.log().wait_for(|record| record.in_flight() == 0)).await;
    let exchanges = site.log().exchanges();
    let connections = site.log().read(|record| record.connections) - u64::from(own);
    Ok(Run { plan, exchanges, connections, lines, stdout, stderr, end, stall, idle, took })
}

/// Asks the site for something that it does not write down, but for the connection.
async fn ask_for_nothing(site: &Site) -> io::Result<()> {
    let mut connection = TcpStream::connect(site.address()).await?;
    connection.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await?;
    connection.read_to_end(&mut Vec::new()).await?;
    Ok(())
}

/// What is going on in a run.
struct Conductor<'a> {
    site: &'a Site,
    plan: &'a Plan,
    running: Running,
    lines: Vec<String>,
    /// The pages that may be answered.
    released: BTreeSet<u32>,
    end: Option<End>,
    idle: Option<Duration>,
    patience: Duration,
    /// Requests and lines that were counted as progress, and when the last of them came.
    progress: (u64, usize),
    progressed: Instant,
}

impl Conductor<'_> {
    /// Holds and releases answers until every page may be answered.
    async fn conduct(&mut self, watch_idle: bool) -> Result<(), Stall> {
        let (plan, site) = (self.plan, self.site);
        let Some(hold) = plan.hold else { return Ok(()) };
        if plan.answer == Answer::AtOnce {
            self.fill(hold, plan.scenario.pages, Stall::Hold(hold), watch_idle).await?;
            for &page in &plan.order {
                self.release(page).await;
            }
            site.open_gate();
            return Ok(());
        }
        let mut last = None;
        loop {
            let left = u32::try_from(plan.order.iter().filter(|&page| !self.done(*page)).count()).unwrap_or(u32::MAX);
            if left == 0 {
                return Ok(());
            }
            let stall = last.map_or(Stall::Hold(hold), |page| Stall::Refill(hold.min(left), page));
            self.fill(hold, left, stall, watch_idle && last.is_none()).await?;
            let waiting: Vec<(u32, u64)> = site
                .log()
                .read(|record| held(record, &self.released).map(|(page, exchange)| (page, exchange.id)).collect());
            let is_held = |page: &&u32| waiting.iter().any(|(held, _)| held == *page);
            let Some(&page) = plan.order.iter().find(is_held) else {
                // Only requests that the plan does not know are in flight: pages that there are none of.
                return Ok(());
            };
            let others = waiting.iter().filter(|(other, _)| *other != page).map(|(_, id)| *id).collect();
            self.release(page).await;
            last = Some(page);
            match plan.answer {
                Answer::AfterItsLine if self.has_line(page) => {
                    let line = self.until(|lines, _| lines.iter().any(|line| page_of(line) == Some(page))).await;
                    line.map_err(|_| Stall::Line(page))?;
                }
                Answer::Race => {
                    let last_race = left <= hold;
                    self.given_up(page, &others, last_race).await?;
                    if last_race {
                        // The program may be gone before the site sees its connections closed: no more is answered.
                        return Ok(());
                    }
                }
                _ => {}
            }
        }
    }

    /// Waits for the end, or ends the program when nothing happens any more; and ends what it left behind.
    async fn finish(&mut self) -> End {
        if self.end.is_none() {
            // Else the site would answer one that is gone, whose connections it has not yet seen closed.
            self.site.open_gate();
        }
        if self.until(|_, _| false).await == Err(Halt::Silent) {
            self.end = Some(End::Silent);
        }
        self.running.kill().await;
        // What it had written by then is read.
        while let Ok(Event::Line(line)) = timeout(Duration::ZERO, self.running.next()).await {
            self.lines.push(line);
        }
        self.end.unwrap_or(End::Silent)
    }

    /// Waits until so many requests are in flight, or all of the pages that are `left`; and no more are coming.
    async fn fill(&mut self, hold: u32, left: u32, stall: Stall, watch_idle: bool) -> Result<(), Stall> {
        let first = matches!(stall, Stall::Hold(_));
        let (plan, released) = (self.plan, self.released.clone());
        let is_full = |record: &Record| {
            // Pages that are never answered keep their place until they are given up.
            let stays = |page: u32| released.contains(&page) && plan.fault_of(page) == Some(FaultKind::Never);
            let stay = in_flight(record).filter(|exchange| exchange.page.is_some_and(stays)).count();
            held(record, &released).count() + stay >= (hold as usize).min(left as usize + stay)
        };
        self.until(|_, record| is_full(record)).await.map_err(|_| stall)?;
        // With all pages in flight there is nothing more to come but what is asked for twice, which the log shows.
        if self.plan.hold != Some(self.plan.scenario.pages) {
            self.quiet(if first { QUIET_AT_FIRST } else { QUIET }).await;
        }
        if watch_idle {
            self.watch_idle().await;
        }
        Ok(())
    }

    /// Lets a page be answered, and waits until it is: answers keep their order.
    async fn release(&mut self, page: u32) {
        self.released.insert(page);
        self.site.release(page);
        if self.plan.fault_of(page) != Some(FaultKind::Never) {
            let answered = |record: &Record| {
                !in_flight(record).any(|exchange| exchange.page == Some(page) && exchange.status.is_none())
            };
            // The site answers what it released; the program may give up at the same moment, which ends this too.
            let _ = self.until(|_, record| answered(record)).await;
        }
    }

    /// Waits until the requests of the losers, by their ids, have been given up, after `page` won.
    async fn given_up(&mut self, page: u32, losers: &BTreeSet<u64>, last_race: bool) -> Result<(), Stall> {
        let gone = |record: &Record| {
            let mut losers = record.exchanges().filter(|exchange| losers.contains(&exchange.id));
            losers.all(|exchange| exchange.outcome == Outcome::GivenUp)
        };
        match self.until(|_, record| gone(record)).await {
            Ok(()) => Ok(()),
            // Who has nothing else to do ends, and drops all with that.
            Err(Halt::Ended) if last_race => Ok(()),
            Err(halt) => {
                let still = |exchange: &&Exchange| {
                    losers.contains(&exchange.id) && (halt == Halt::Ended || exchange.outcome != Outcome::GivenUp)
                };
                let still =
                    self.site.log().read(|record| record.exchanges().filter(still).filter_map(|e| e.page).collect());
                Err(Stall::GivenUp(page, still))
            }
        }
    }

    /// Whether nothing more is to be done about a page: it may be answered, or the client has given it up.
    fn done(&self, page: u32) -> bool {
        self.released.contains(&page)
            || self.plan.answer == Answer::Race
                && self.site.log().read(|record| {
                    let mut of_page = record.exchanges().filter(|exchange| exchange.page == Some(page)).peekable();
                    of_page.peek().is_some() && of_page.all(|exchange| exchange.outcome == Outcome::GivenUp)
                })
    }

    /// Whether a line is to be expected for a page: not if it gets no whole answer.
    fn has_line(&self, page: u32) -> bool {
        !matches!(self.plan.fault_of(page), Some(FaultKind::Never | FaultKind::Reset | FaultKind::Cut))
    }

    /// Waits until no request has come for `time`.
    async fn quiet(&mut self, time: Duration) {
        let mut arrived = self.site.log().read(Record::arrived);
        while self.end.is_none() {
            let before = arrived;
            let more = timeout(time, self.until(|_, record| record.arrived() > before)).await;
            match more {
                Ok(Ok(())) => arrived = self.site.log().read(Record::arrived),
                _ => return,
            }
        }
    }

    /// Finds how much CPU time the program uses in a spell of waiting.
    async fn watch_idle(&mut self) {
        let before = self.running.cpu_time();
        let mut spell = spawn_blocking(|| {
            let began = ThreadTime::now();
            while began.elapsed() < IDLE_SPELL {}
        });
        while self.end.is_none() {
            tokio::select! {
                _ = self.until(|_, _| false) => {}
                _ = &mut spell => {
                    self.idle = Some(self.running.cpu_time().saturating_sub(before));
                    break;
                }
            }
            // It is the site that keeps the program waiting.
            self.progressed = Instant::now();
        }
        self.progressed = Instant::now();
    }

    /// Waits until lines and log are as `come` says. It is asked now, and whenever something has happened.
    async fn until(&mut self, come: impl Fn(&[String], &Record) -> bool) -> Result<(), Halt> {
        let log = self.site.log();
        loop {
            let (has_come, changes, arrived) =
                log.read(|record| (come(&self.lines, record), record.changes(), record.arrived()));
            if has_come {
                return Ok(());
            }
            if self.end.is_some() {
                return Err(Halt::Ended);
            }
            self.note_progress(arrived);
            if arrived > MOST_REQUESTS_A_PAGE * u64::from(self.plan.scenario.pages) {
                self.running.kill().await;
                self.end = Some(End::Flood(arrived));
                continue;
            }
            tokio::select! {
                event = self.running.next() => match event {
                    Event::Line(line) => self.lines.push(line),
                    Event::Ended(ended) => self.end = Some(End::Ended(ended)),
                    Event::Exceeded(exceeded) => self.end = Some(End::Exceeded(exceeded)),
                },
                () = log.wait_for(|record| record.changes() != changes) => {}
                () = sleep_until(self.progressed + self.patience) => return Err(Halt::Silent),
            }
        }
    }

    /// Waits again as long as patience allows if there was a request or a line that a program needs for its job.
    fn note_progress(&mut self, arrived: u64) {
        let most = REQUESTS_A_PAGE * u64::from(self.plan.scenario.pages);
        let progress = (arrived.min(most), self.lines.len().min(usize::try_from(most).unwrap_or(usize::MAX)));
        if progress != self.progress {
            self.progress = progress;
            self.progressed = Instant::now();
        }
    }
}

/// The exchanges that have not ended.
fn in_flight(record: &Record) -> impl Iterator<Item = &Exchange> {
    record.exchanges().filter(|exchange| exchange.finished.is_none())
}

/// The page and the exchange of each request that may not be answered yet.
fn held<'a>(record: &'a Record, released: &'a BTreeSet<u32>) -> impl Iterator<Item = (u32, &'a Exchange)> {
    in_flight(record)
        .filter_map(|exchange| Some((exchange.page?, exchange)))
        .filter(|(page, _)| !released.contains(page))
}

/// The page that a line is about.
pub fn page_of(line: &str) -> Option<u32> {
    line.strip_prefix("Page: ")?.split(' ').next()?.parse().ok()
}
