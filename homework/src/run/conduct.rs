//! The run itself: the program's acts, and the site's holding and releasing meanwhile.

mod details;
mod files;

use std::collections::BTreeSet;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use cpu_time::ThreadTime;
use site::{Exchange, FaultKind, Log, Outcome, PageLine, Record, Site, Target, Timeline};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::watch;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep, sleep_until, timeout, timeout_at};

use super::patience::{Over, Patience};
use super::seen::{ActSeen, DatabaseSeen, End, FilesSeen, Idleness, Run, Spell, Stall, Waiting, page_of};
use super::statements::Statements;
use crate::language::Language;
use crate::plan::Plan;
use crate::process::cell::Contents;
use crate::process::{Event, Limits, Program, Running, guard, own_delay};
use crate::stage::Stage;
use crate::stage::act::{Act, Moment};
use crate::stage::site::{Answer, Details};

/// How long no request may have come before it is believed that no more are coming: at first, when a program that asks
/// for too much does so at once, and between answers. More load can only let a wrong program ask later, in the next of
/// these pauses.
const QUIET_AT_FIRST: Duration = Duration::from_millis(150);
const QUIET: Duration = Duration::from_millis(20);

/// How long a program may sleep that has asked for a page again, and not yet printed the line of one that came before that.
const LATE: Duration = Duration::from_millis(300);

/// Requests beyond so many for each page end the run, and are no sign of progress long before.
const MOST_REQUESTS_A_PAGE: u64 = 200;
const REQUESTS_A_PAGE: u64 = 10;

/// Statements beyond so many for each page are no sign of progress.
const STATEMENTS_A_PAGE: usize = 100;

/// Lines about pages that are kept, at least, and for each page.
const LINES_KEPT: usize = 1000;
const LINES_KEPT_A_PAGE: usize = 20;

/// What the lines begin with that homework asks for beside those about pages.
const OTHER_LINES: [&str; 3] = ["Interrupted:", "Sum:", "Total:"];

/// The CPU time that a runtime may use to compile what it has just run, while its program waits: Java uses 3 s of it.
const MOST_COMPILING: Duration = Duration::from_secs(6);
/// The CPU time that a program may use then which compiles nothing as it runs.
const MOST_OTHERWISE: Duration = Duration::from_secs(1);
/// In so many spells one that only wakes again and again would have slept.
const MOST_SPELLS: u32 = 10;
/// How often it is looked in a spell whether the program has used its length.
const GLANCE: Duration = Duration::from_millis(50);

/// How a program is run.
#[derive(Clone, Debug)]
pub struct Judging {
    /// How long nothing may happen.
    pub patience: Duration,
    /// Whether it is watched while it has nothing to do but wait.
    pub watch_idle: bool,
    /// A folder for what programs keep from one run to the next.
    pub cache: Option<PathBuf>,
    /// The language that the program is written in.
    pub language: Language,
    /// What is in the program's cell, if it is to have one.
    pub cell: Option<Contents>,
}

/// Why waiting ended without what was waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Halt {
    Ended,
    Over(Over),
}

/// Runs `program` under `plan`'s conditions, and says on `waiting` what is being waited for. Dropping the future ends the
/// program.
///
/// # Errors
/// When the stage or the program can't be started: one line that says why.
pub async fn conduct(
    plan: Plan,
    program: &Program,
    judging: &Judging,
    waiting: &watch::Sender<Waiting>,
) -> Result<Run, String> {
    let stage = Stage::start(&plan, judging.cell.as_ref())?;
    let began = Instant::now();
    let mut seen = Seen::default();
    let mut acts = Vec::new();
    for act in &plan.acts {
        let earlier = stage.site.as_ref().map_or(0, |site| site.log().read(Record::arrived));
        if let Some(site) = stage.site.as_ref().filter(|_| plan.anew) {
            site.close_gate();
            seen.released.clear();
        }
        let given = stage.given(&plan, &act.arguments, judging.cache.as_deref())?;
        let limits = Limits { is_wanted: may_be_asked_for, ..Limits::default() };
        let running = Running::start(program, &given, stage.folder(), limits)?;
        let mut conductor = Conductor::new(&plan, &stage, act, judging, waiting, &mut seen, running);
        conductor.earlier = earlier;
        acts.push(conductor.play().await);
    }
    let took = began.elapsed();
    let Seen { stall, idle, cut_off, statements, mut files, .. } = seen;
    if let (Some(files), Some(scenario)) = (&mut files, &plan.scenario) {
        files.saved = files::saved(scenario, stage.folder());
    }
    let (mut exchanges, mut timeline, mut connections, mut database) = (Vec::new(), Timeline::new(&[]), 0, None);
    if let Some(site) = &stage.site {
        // The program's sockets are closed now, which the site is about to see. A last request is accepted after all
        // others.
        let own = timeout(judging.patience, ask_for_nothing(&stage)).await.is_ok_and(|asked| asked.is_ok());
        let is_over = |record: &Record| record.in_flight() == 0 && record.queries().in_flight() == 0;
        let _ = timeout(judging.patience, site.log().wait_for(is_over)).await;
        exchanges = site.log().exchanges();
        timeline = Timeline::of_log(site.log());
        connections = site.log().read(|record| record.connections) - u64::from(own);
        database = site.database_url().map(|_| DatabaseSeen {
            queries: site.log().queries(),
            half: statements.half,
            has_stored: statements.has_stored,
            rows: rows(site),
        });
    }
    let language = judging.language;
    Ok(Run {
        plan,
        language,
        exchanges,
        timeline,
        connections,
        database,
        cut_off,
        acts,
        stall,
        idle,
        files,
        walls: guard::walls(),
        took,
    })
}

/// What is in the table in the end; nulls and texts look alike, and no car has a null.
fn rows(site: &Site) -> Result<Vec<Vec<String>>, String> {
    let rows = site.ask_database("SELECT id, make, model, year, price FROM cars")?;
    let text = |row: Vec<Option<String>>| row.into_iter().map(|value| value.unwrap_or("NULL".to_owned())).collect();
    Ok(rows.into_iter().map(text).collect())
}

/// Asks the site for something that it does not write down, but for the connection.
async fn ask_for_nothing(stage: &Stage) -> io::Result<()> {
    let mut connection = stage.connect().await?;
    connection.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await?;
    connection.read_to_end(&mut Vec::new()).await?;
    Ok(())
}

/// Whether a line may be one that a homework asks for. It must be quick: there may be millions of others.
fn may_be_asked_for(line: &[u8]) -> bool {
    let has = |word: &[u8]| line.windows(word.len()).any(|part| part.eq_ignore_ascii_case(word));
    has(b"page") || OTHER_LINES.iter().any(|word| has(word.as_bytes()))
}

/// What is seen of all acts together.
#[derive(Default)]
struct Seen {
    /// The pages that may be answered.
    released: BTreeSet<u32>,
    stall: Option<Stall>,
    /// How many times a hold was full.
    holds: u32,
    idle: Option<Idleness>,
    cut_off: BTreeSet<u64>,
    statements: Statements,
    files: Option<FilesSeen>,
}

/// The lines of an act that a homework may ask for.
#[derive(Default)]
struct Printed {
    /// Those about pages.
    lines: Vec<String>,
    /// The pages that they are about: several in a line, if threads wrote before each other's ends.
    pages: Vec<u32>,
    /// The others.
    said: Vec<String>,
}

impl Printed {
    /// The lines about pages, each by itself.
    fn each(&self) -> impl Iterator<Item = String> {
        self.lines.iter().flat_map(|line| PageLine::apart(line))
    }
}

/// What is going on in an act.
struct Conductor<'a> {
    plan: &'a Plan,
    stage: &'a Stage,
    site: Option<&'a Site>,
    /// The site's log; an empty one where there is no site.
    log: Log,
    act: &'a Act,
    judging: &'a Judging,
    waiting: &'a watch::Sender<Waiting>,
    seen: &'a mut Seen,
    running: Running,
    printed: Printed,
    end: Option<End>,
    /// How many requests had come when it was interrupted.
    interrupted: Option<u64>,
    /// How many requests had come before this act.
    earlier: u64,
    patience: Patience,
    /// Requests, pages printed, other lines and statements that were counted as progress.
    progress: (u64, usize, usize, usize),
}

impl<'a> Conductor<'a> {
    fn new(
        plan: &'a Plan,
        stage: &'a Stage,
        act: &'a Act,
        judging: &'a Judging,
        waiting: &'a watch::Sender<Waiting>,
        seen: &'a mut Seen,
        running: Running,
    ) -> Self {
        let site = stage.site.as_ref();
        let log = site.map_or_else(|| Log::new(1), |site| site.log().clone());
        Self {
            plan,
            stage,
            site,
            earlier: 0,
            log,
            act,
            judging,
            waiting,
            seen,
            running,
            printed: Printed::default(),
            end: None,
            interrupted: None,
            patience: Patience::new(judging.patience, own_delay()),
            progress: (0, 0, 0, 0),
        }
    }

    /// Plays the act to its end.
    async fn play(mut self) -> ActSeen {
        let played = match (&self.plan.lists, self.plan.details) {
            (Some(lists), _) => self.play_with_files(lists).await,
            (None, Some(Details::OneAtATime)) => self.play_with_a_queue().await,
            (None, Some(Details::All)) => self.play_with_all_details().await,
            (None, Some(Details::AtOnce) | None) => self.hold_and_release().await,
        };
        if let Err(stall) = played
            && self.end != Some(End::Killed)
        {
            self.seen.stall = Some(stall);
        }
        self.patience.renew();
        self.finish().await
    }

    /// Holds and releases answers until every page may be answered.
    async fn hold_and_release(&mut self) -> Result<(), Stall> {
        let (plan, Some(site), Some(hold)) = (self.plan, self.site, self.plan.hold) else { return Ok(()) };
        if plan.details == Some(Details::AtOnce) {
            plan.details_pages.keys().for_each(|details| site.release(*details));
        }
        if plan.answer == Answer::AtOnce {
            self.fill(hold, plan.pages(), Stall::Hold(hold)).await?;
            for &page in &plan.order {
                if self.end.is_none() {
                    self.release(page).await;
                }
            }
            return Ok(());
        }
        let slow = self.act.slow.then_some(plan.slow);
        let mut last = None;
        loop {
            let left =
                u32::try_from(plan.order.iter().filter(|&page| !self.is_done(*page)).count()).unwrap_or(u32::MAX);
            if left == 0 {
                return Ok(());
            }
            let stall = last.map_or(Stall::Hold(hold), |page| Stall::Refill(hold.min(left), Target::Page(page)));
            self.fill(hold, left, stall).await?;
            if self.act.interrupt.as_ref().is_some_and(|moment| self.has_come(moment.get_ref())) {
                return self.interrupt_at_rest().await;
            }
            let waits: Vec<(u32, u64)> =
                self.log.read(|record| self.held(record).map(|(page, exchange)| (page, exchange.id)).collect());
            let is_held = |page: &&u32| waits.iter().any(|(waiting, _)| waiting == *page);
            let mut candidates = plan.order.iter().filter(is_held);
            // Given up just now, all of them: what comes next is waited for again.
            let Some(&page) = candidates.clone().find(|page| Some(**page) != slow).or(candidates.next()) else {
                continue;
            };
            let others = waits.iter().filter(|(other, _)| *other != page).map(|(_, id)| *id).collect();
            let before = self.printed.pages.len();
            self.release(page).await;
            last = Some(page);
            match plan.answer {
                Answer::AfterItsLine if plan.awaits_line_of(page) => self.line(page, before).await?,
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

    /// Waits for a page's line, which is none of those `before`: what was printed before the answer came does not tell of it.
    async fn line(&mut self, page: u32, before: usize) -> Result<(), Stall> {
        self.waiting.send_replace(Waiting::Line(page.to_string()));
        let plan = self.plan;
        // What was cut off may be asked for again at once: that says nothing.
        let waits = |page: &u32| {
            let fault = plan.fault_of(Target::Page(*page));
            plan.failures_first && matches!(fault, Some(FaultKind::FailFirst { .. } | FaultKind::Never))
        };
        let arrived = self.log.read(Record::arrived);
        let retried = |record: &Record| {
            let again = record.since(arrived + 1).filter(|exchange| exchange.attempt > 1);
            again.filter_map(Exchange::page).find(waits)
        };
        let is_there = |printed: &Printed| printed.pages[before..].contains(&page);
        let come = self.until(|printed, record| is_there(printed) || retried(record).is_some()).await;
        come.map_err(|_| Stall::Line(page))?;
        let Some(other) = self.log.read(retried) else { return Ok(()) };
        // The line may be on its way by then, on a slow machine for long: it is late when the program sleeps instead of
        // writing it.
        let mut late = Patience::new(LATE, own_delay());
        loop {
            match timeout_at(late.next_look(), self.until(|printed, _| is_there(printed))).await {
                Ok(Ok(()) | Err(Halt::Ended)) => return Ok(()),
                Err(_) if late.look(self.running.glance(), own_delay()) != Some(Over::Silent) => {}
                Ok(Err(Halt::Over(_))) | Err(_) => return Err(Stall::LineBeforeRetry(page, other)),
            }
        }
    }

    /// Waits for the end, or ends the program when nothing happens any more; and ends what it left behind.
    async fn finish(mut self) -> ActSeen {
        self.waiting.send_replace(Waiting::End);
        if self.end.is_none() {
            // Else the site would answer one that is gone, whose connections it has not yet seen closed.
            if let Some(site) = self.site {
                site.open_gate();
            }
            if let Some(lists) = &self.stage.lists {
                let _ = lists.give();
                // It ends when it has been read, and else the program waits for that for ever.
                let _ = self.until_seen(|| lists.is_read()).await;
            }
        }
        if let Err(Halt::Over(over)) = self.until(|_, _| false).await {
            self.note_cut_off();
            self.end = Some(match over {
                Over::Silent => End::Silent,
                Over::TooLong => End::TooLong,
            });
        }
        self.running.kill().await;
        // What it had written by then is read.
        while let Ok(Event::Line(line)) = timeout(Duration::ZERO, self.running.next()).await {
            self.keep(line);
        }
        let Self { running, printed: Printed { lines, said, .. }, end, earlier, interrupted, .. } = self;
        let (stdout, stderr) = (running.stdout(), running.stderr());
        let lines = told_apart(lines, stdout.blank_lines);
        ActSeen { lines, said, earlier, interrupted, stdout, stderr, end: end.unwrap_or(End::Silent) }
    }

    /// Waits until so many pages are in flight, or all of those that are `left`; and no more are coming.
    async fn fill(&mut self, hold: u32, left: u32, stall: Stall) -> Result<(), Stall> {
        let first = matches!(stall, Stall::Hold(_));
        let (plan, released, waiting) = (self.plan, self.seen.released.clone(), self.waiting);
        let is_full = |record: &Record| {
            // Pages that are never answered keep their place until they are given up; but they alone fill no hold.
            let stays =
                |page: u32| released.contains(&page) && plan.fault_of(Target::Page(page)) == Some(FaultKind::Never);
            let pages = |counts: &dyn Fn(u32) -> bool| {
                let pages = in_flight(record).filter_map(Exchange::page).filter(|page| counts(*page));
                pages.collect::<BTreeSet<u32>>().len()
            };
            let waits = pages(&|page| plan.knows(Target::Page(page)) && !released.contains(&page));
            let stay = pages(&stays);
            let wanted = (hold as usize).min(left as usize + stay);
            let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
            waiting.send_if_modified(|before| {
                let now = Waiting::InFlight { now: count(waits + stay), wanted: count(wanted) };
                std::mem::replace(before, now.clone()) != now
            });
            waits > 0 && waits + stay >= wanted
        };
        self.until(|_, record| is_full(record)).await.map_err(|_| stall)?;
        // With all pages in flight there is nothing more to come but what is asked for twice, which the log shows.
        if self.plan.hold != Some(self.plan.pages()) {
            self.quiet(if first { QUIET_AT_FIRST } else { QUIET }).await;
        }
        if self.judging.watch_idle && self.is_hold_watched() {
            self.waiting.send_replace(Waiting::Idle);
            self.watch_idle().await;
        }
        Ok(())
    }

    /// Whether it is of interest what the program does in this hold. Not where that is known already; else in the first
    /// two, and in every third after them, which is enough to find one that is busy from some answer on.
    fn is_hold_watched(&mut self) -> bool {
        let hold = self.seen.holds;
        self.seen.holds += 1;
        self.seen.idle.is_none_or(|idle| idle.busiest.is_none()) && (hold == 0 || hold % 3 == 1)
    }

    /// Lets a page be answered, and waits until it is: answers keep their order.
    async fn release(&mut self, page: u32) {
        self.seen.released.insert(page);
        let Some(site) = self.site else { return };
        site.release(Target::Page(page));
        if self.plan.fault_of(Target::Page(page)) != Some(FaultKind::Never) {
            let answered = |record: &Record| {
                !in_flight(record).any(|exchange| exchange.page() == Some(page) && exchange.status.is_none())
            };
            // The site answers what it released; the program may give up at the same moment, which ends this too.
            let _ = self.until(|_, record| answered(record)).await;
        }
    }

    /// Waits until the requests of the losers, by their ids, have been given up, after `page` won.
    async fn given_up(&mut self, page: u32, losers: &BTreeSet<u64>, last_race: bool) -> Result<(), Stall> {
        let is_gone = |exchange: &Exchange| exchange.outcome == Outcome::GivenUp;
        let of = |record: &Record, wanted: &dyn Fn(&Exchange) -> bool| -> Vec<u32> {
            let losers = record.exchanges().filter(|exchange| losers.contains(&exchange.id));
            losers.filter(|exchange| wanted(exchange)).filter_map(Exchange::page).collect()
        };
        let names = self.log.read(|record| of(record, &|_| true)).iter().map(u32::to_string).collect();
        self.waiting.send_replace(Waiting::GivenUp(names));
        match self.until(|_, record| of(record, &|exchange| !is_gone(exchange)).is_empty()).await {
            Ok(()) => Ok(()),
            // A program that has nothing else to do ends, and drops all with that.
            Err(Halt::Ended) if last_race => Ok(()),
            Err(halt) => {
                let still = |exchange: &Exchange| halt == Halt::Ended || !is_gone(exchange);
                Err(Stall::GivenUp(page, self.log.read(|record| of(record, &still))))
            }
        }
    }

    /// The page and the exchange of each request for a page that may not be answered yet.
    fn held<'r>(&self, record: &'r Record) -> impl Iterator<Item = (u32, &'r Exchange)> {
        in_flight(record)
            .filter_map(|exchange| Some((exchange.page()?, exchange)))
            .filter(|(page, _)| self.plan.knows(Target::Page(*page)) && !self.seen.released.contains(page))
    }

    /// Whether nothing more is to be done about a page: it may be answered, or the client has given it up in a race.
    fn is_done(&self, page: u32) -> bool {
        self.seen.released.contains(&page)
            || self.plan.answer == Answer::Race
                && self.log.read(|record| {
                    let mut of_page = record.exchanges().filter(|exchange| exchange.page() == Some(page)).peekable();
                    of_page.peek().is_some() && of_page.all(|exchange| exchange.outcome == Outcome::GivenUp)
                })
    }

    /// Waits until no request has come for `time`.
    async fn quiet(&mut self, time: Duration) {
        let mut arrived = self.log.read(Record::arrived);
        while self.end.is_none() {
            let before = arrived;
            let more = timeout(time, self.until(|_, record| record.arrived() > before)).await;
            match more {
                Ok(Ok(())) => arrived = self.log.read(Record::arrived),
                _ => return,
            }
        }
    }

    /// Watches the program in this hold until it is idle for a spell, or has been busy for too long to be a runtime that
    /// compiles what it runs.
    async fn watch_idle(&mut self) {
        let most = if self.judging.language.compiles_as_it_runs() { MOST_COMPILING } else { MOST_OTHERWISE };
        let (mut least, mut used): (Option<Spell>, _) = (None, Duration::ZERO);
        while used < most {
            let Some(spell) = self.spell().await else { return };
            if spell.is_idle() {
                self.seen.idle.get_or_insert_default().idle_holds += 1;
                return;
            }
            if least.is_none_or(|least| (spell.cpu, spell.wakes_per_second) < (least.cpu, least.wakes_per_second)) {
                least = Some(spell);
            }
            // What only wakes again and again compiles nothing.
            used += if spell.cpu < Spell::LENGTH / 2 { most / MOST_SPELLS } else { spell.cpu };
        }
        let idle = self.seen.idle.get_or_insert_default();
        idle.busiest = idle.busiest.or(least);
    }

    /// What the program does in a spell of waiting, which is over when a busy loop beside it or the program itself has
    /// used its length; `None` if the program ends meanwhile.
    async fn spell(&mut self) -> Option<Spell> {
        let (began, before) = (Instant::now(), self.running.usage());
        let is_over = Arc::new(AtomicBool::new(false));
        let stop = Arc::clone(&is_over);
        let mut busy_loop = spawn_blocking(move || {
            let began = ThreadTime::now();
            while began.elapsed() < Spell::LENGTH && !stop.load(Ordering::Relaxed) {}
        });
        while self.end.is_none() {
            // It is the site that keeps the program waiting.
            self.patience.renew();
            let has_ended = tokio::select! {
                _ = self.until(|_, _| false) => false,
                _ = &mut busy_loop => true,
                () = sleep(GLANCE) => false,
            };
            let after = if has_ended { self.running.usage() } else { self.running.glance() };
            let cpu = after.cpu_since(&before);
            if has_ended || cpu >= Spell::LENGTH {
                is_over.store(true, Ordering::Relaxed);
                self.patience.leave_out(began.elapsed());
                let wakes_per_second = after.wakes_per_second_since(&before, began.elapsed());
                return Some(Spell { cpu, wakes_per_second });
            }
        }
        is_over.store(true, Ordering::Relaxed);
        None
    }

    /// Waits until what was printed and the log are as `come` says. It is asked now, and whenever something has
    /// happened.
    async fn until(&mut self, come: impl Fn(&Printed, &Record) -> bool) -> Result<(), Halt> {
        let log = self.log.clone();
        loop {
            let (has_come, changes, arrived, unknown) = log
                .read(|record| (come(&self.printed, record), record.changes(), record.arrived(), self.unknown(record)));
            for target in unknown {
                self.site.inspect(|site| site.release(target));
            }
            let look_again = self.step_statements();
            if has_come {
                return Ok(());
            }
            if self.end.is_some() {
                return Err(Halt::Ended);
            }
            self.note_progress(arrived);
            if arrived > MOST_REQUESTS_A_PAGE * u64::from(self.plan.pages().max(1)) {
                self.running.kill().await;
                self.end = Some(End::Flood(arrived));
                continue;
            }
            if self.follow_act().await {
                continue;
            }
            tokio::select! {
                event = self.running.next() => {
                    self.note(event);
                    // A program that prints without end makes thousands at once.
                    while let Some(event) = self.running.told() {
                        self.note(event);
                    }
                }
                () = log.wait_for(|record| record.changes() != changes) => {}
                () = sleep_until(look_again.unwrap_or_else(Instant::now)), if look_again.is_some() => {}
                () = sleep_until(self.patience.next_look()) => {
                    if let Some(over) = self.patience.look(self.running.glance(), own_delay()) {
                        if self.give_up_statement_hold() {
                            continue;
                        }
                        return Err(Halt::Over(over));
                    }
                }
            }
        }
    }

    /// Lets a statement be executed if it is time for one; returns when to look again.
    fn step_statements(&mut self) -> Option<Instant> {
        let site = self.site.filter(|_| self.end.is_none() && self.plan.holds_statements())?;
        self.seen.statements.step(site, self.plan)
    }

    /// Goes on without the connections that the database waited for; whether it waited for any.
    fn give_up_statement_hold(&mut self) -> bool {
        let gave_up = self.site.is_some_and(|site| self.seen.statements.give_up_hold(site, self.plan));
        if gave_up {
            self.patience.renew();
        }
        gave_up
    }

    fn note(&mut self, event: Event) {
        match event {
            Event::Line(line) => self.keep(line),
            // The first reason is the true one: what exceeds a limit is killed, and ends for that.
            Event::Ended(ended) => _ = self.end.get_or_insert(End::Ended(ended)),
            Event::Exceeded(exceeded) => _ = self.end.get_or_insert(End::Exceeded(exceeded)),
        }
    }

    /// What is asked for that is no part of the job: it is answered at once, and not held.
    fn unknown(&self, record: &Record) -> Vec<Target> {
        let targets = in_flight(record).filter_map(|exchange| exchange.target);
        targets.filter(|target| !self.plan.knows(*target)).collect()
    }

    /// Kills the program if its act says so now, or interrupts it if no answers are held; whether it was killed.
    async fn follow_act(&mut self) -> bool {
        if self.act.kill.as_ref().is_some_and(|moment| self.has_come(moment.get_ref())) {
            self.note_cut_off();
            self.running.kill().await;
            self.end = Some(End::Killed);
            return true;
        }
        let comes_to_rest = self.plan.hold.is_some();
        let interrupt = self.act.interrupt.as_ref().filter(|_| !comes_to_rest && self.interrupted.is_none());
        if interrupt.is_some_and(|moment| self.has_come(moment.get_ref())) {
            self.interrupt();
        }
        false
    }

    /// Whether a moment of the act has come.
    fn has_come(&self, moment: &Moment) -> bool {
        let (answered, in_flight) = self.log.read(|record| {
            let of_act = || record.since(self.earlier + 1).filter(|exchange| exchange.page().is_some());
            let answered = of_act().filter(|exchange| exchange.outcome == Outcome::Answered).count();
            (answered, of_act().filter(|exchange| exchange.finished.is_none()).count())
        });
        let lines = self.printed.each().filter(|line| PageLine::read(line).is_some()).count();
        let [answered, lines, in_flight] =
            [answered, lines, in_flight].map(|count| u32::try_from(count).unwrap_or(u32::MAX));
        moment.has_come(answered, lines, in_flight)
    }

    /// Sends the program what Ctrl-C sends.
    fn interrupt(&mut self) {
        self.note_cut_off();
        self.interrupted = Some(self.log.read(Record::arrived));
        // It may have ended by itself just now.
        let _ = self.running.interrupt();
    }

    /// Interrupts the program while all that it has in flight is held, and waits until it has given that up.
    async fn interrupt_at_rest(&mut self) -> Result<(), Stall> {
        let still = |record: &Record| in_flight(record).filter_map(Exchange::page).collect::<Vec<_>>();
        self.interrupt();
        self.waiting.send_replace(Waiting::Interrupted);
        match self.until(|_, record| still(record).is_empty()).await {
            // A program that has ended has given up all.
            Ok(()) | Err(Halt::Ended) => Ok(()),
            Err(Halt::Over(_)) => Err(Stall::Interrupted(self.log.read(still))),
        }
    }

    /// Notes what the program has in flight, as it is about to be stopped.
    fn note_cut_off(&mut self) {
        let ids = self.log.read(|record| in_flight(record).map(|exchange| exchange.id).collect::<Vec<_>>());
        self.seen.cut_off.extend(ids);
    }

    fn keep(&mut self, line: String) {
        let most = LINES_KEPT + LINES_KEPT_A_PAGE * self.plan.pages() as usize;
        let Printed { lines, pages, said } = &mut self.printed;
        let about: Vec<u32> = PageLine::apart(&line).iter().filter_map(|line| page_of(line)).collect();
        if !about.is_empty() {
            if lines.len() < most {
                lines.push(line);
                pages.extend(about);
            }
            return;
        }
        let line = site::visible(&line);
        if said.len() < most && OTHER_LINES.iter().any(|begin| line.starts_with(begin)) {
            said.push(line);
        }
    }

    /// Renews patience if there was a request, or a page's first line, that a program needs for its job.
    fn note_progress(&mut self, arrived: u64) {
        // One that is given up while it is held gets nobody further.
        let in_vain =
            |exchange: &&Exchange| exchange.gated && exchange.released.is_none() && exchange.finished.is_some();
        let in_vain = self.log.read(|record| record.exchanges().filter(in_vain).count()) as u64;
        let requests = (arrived - in_vain).min(REQUESTS_A_PAGE * u64::from(self.plan.pages())).max(self.progress.0);
        // Nor does a line that says that a page could not be had.
        let lines = self.printed.each().filter(|line| PageLine::read_error(line).is_none());
        let printed: BTreeSet<u32> = lines.filter_map(|line| page_of(&line)).collect();
        let printed = printed.into_iter().filter(|page| self.plan.knows(Target::Page(*page))).count();
        let statements = self.seen.statements.released().min(STATEMENTS_A_PAGE * self.plan.pages() as usize);
        let said = self.printed.said.len().min(LINES_KEPT);
        let progress = (requests, printed, said, statements);
        if progress != self.progress {
            self.progress = progress;
            self.patience.renew();
        }
    }
}

/// The lines, with those told apart that threads wrote before each other's ends, as Python's `print` does. Each such end
/// leaves a blank line.
fn told_apart(lines: Vec<String>, mut blank_lines: u64) -> Vec<String> {
    let parts = |line: String| {
        let parts = PageLine::apart(&line);
        let missing = parts.len() as u64 - 1;
        if missing > blank_lines {
            return vec![line];
        }
        blank_lines -= missing;
        parts
    };
    lines.into_iter().flat_map(parts).collect()
}

/// The exchanges that have not ended.
fn in_flight(record: &Record) -> impl Iterator<Item = &Exchange> {
    record.exchanges().filter(|exchange| exchange.finished.is_none())
}
