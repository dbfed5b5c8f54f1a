//! What was seen of a run.

use std::collections::BTreeSet;
use std::time::Duration;

use site::{Exchange, Outcome, PageLine, Query, Target, Timeline};

use super::statements::HalfPage;
use crate::language::Language;
use crate::plan::Plan;
use crate::process::{Captured, Ended, Exceeded, Wall};
use crate::stage::files::Saved;

/// All that was seen of a run.
#[derive(Debug)]
pub struct Run {
    /// Its conditions.
    pub plan: Plan,
    /// The language that the program is written in.
    pub language: Language,
    /// What the site saw, in order of arrival.
    pub exchanges: Vec<Exchange>,
    /// The same as a picture, the database's queries included.
    pub timeline: Timeline,
    /// How many connections were opened, those included that nothing was asked on.
    pub connections: u64,
    /// What the database saw, if there is one.
    pub database: Option<DatabaseSeen>,
    /// The exchanges that the program had in flight when it was stopped or interrupted, by their ids: it did not give those
    /// up by itself.
    pub cut_off: BTreeSet<u64>,
    /// The program's starts, one after another.
    pub acts: Vec<ActSeen>,
    /// The condition that the site waited for while it held answers, and that never came.
    pub stall: Option<Stall>,
    /// Whether it was idle while every answer was held, if that was watched.
    pub idle: Option<Idleness>,
    /// What became of the files that it read and saved, if the homework is about some.
    pub files: Option<FilesSeen>,
    /// What kept it in its place.
    pub walls: Vec<Wall>,
    /// How long it ran, all acts together.
    pub took: Duration,
}

/// What the database saw of a run.
#[derive(Debug)]
pub struct DatabaseSeen {
    /// The statements, in order of arrival.
    pub queries: Vec<Query>,
    /// The first page of which some cars were in the table, and others not.
    pub half: Option<HalfPage>,
    /// Whether the table ever had a row.
    pub has_stored: bool,
    /// The table's rows in the end: id, make, model, year, price; or why it can't be read.
    pub rows: Result<Vec<Vec<String>>, String>,
}

/// What was seen of the files that a program read and saved.
#[derive(Clone, Debug, Default)]
pub struct FilesSeen {
    /// Whether the pages of all other lists were in flight while one list did not answer.
    pub others_in_flight: bool,
    /// Whether the list that was late has been read.
    pub list_was_read: bool,
    /// How many drops were on disk before the next one was sent.
    pub drops: u32,
    /// By how many bytes the program's memory had grown at most when a drop was on disk.
    pub grown: u64,
    /// A page whose file was there before it was whole.
    pub too_soon: Option<u32>,
    /// What was in each page's file in the end.
    pub saved: Vec<(u32, Saved)>,
}

/// What was seen of one start of the program.
#[derive(Debug)]
pub struct ActSeen {
    /// The lines of stdout about pages, in the right form or not.
    pub lines: Vec<String>,
    /// The other lines of stdout that a homework may ask for.
    pub said: Vec<String>,
    /// The number of the last request that had come before it began.
    pub earlier: u64,
    /// The number of the last request that had come when it was interrupted, if it was.
    pub interrupted: Option<u64>,
    /// Its standard output.
    pub stdout: Captured,
    /// Its standard error.
    pub stderr: Captured,
    /// How it ended.
    pub end: End,
}

/// How an act ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// By itself.
    Ended(Ended),
    /// It was killed, as its act says.
    Killed,
    /// It used more than it may, and was stopped.
    Exceeded(Exceeded),
    /// It asked for pages so often, and was stopped.
    Flood(u64),
    /// Nothing happened any more, and it was stopped.
    Silent,
    /// It was busy for so long without getting anywhere that it was stopped.
    TooLong,
}

/// What the site waited for until its patience was over, or the program's end came before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stall {
    /// So many pages in flight, the first time.
    Hold(u32),
    /// So many pages in flight again, after this page or details page had been answered.
    Refill(u32, Target),
    /// The line of this page, which had been answered.
    Line(u32),
    /// The line of the first page, until the second one was asked for again.
    LineBeforeRetry(u32, u32),
    /// A details page to be asked for, after this page had been answered.
    Details(u32),
    /// All details pages in flight.
    AllDetails,
    /// The sum after so many details pages.
    Sum(u32),
    /// These pages to be given up when the program was interrupted.
    Interrupted(Vec<u32>),
    /// These pages to be given up, after the first one had been answered.
    GivenUp(u32, Vec<u32>),
    /// So many pages of the lists that answer in flight; so many were.
    Lists {
        /// How many were waited for.
        wanted: u32,
        /// How many there were.
        reached: u32,
    },
    /// The end of the list that was late to be read.
    Unread,
    /// So many pages of that list in flight; so many were.
    LateList {
        /// How many were waited for.
        wanted: u32,
        /// How many there were.
        reached: u32,
    },
    /// What had come of a page by then to be on disk.
    OnDisk {
        /// The page.
        page: u32,
        /// The drop that was sent last, from 1.
        drop: u32,
        /// How many there are.
        drops: u32,
    },
}

/// What the program did while it had nothing to do but wait. Each hold is watched in spells, until it is idle in one.
#[derive(Clone, Copy, Debug, Default)]
pub struct Idleness {
    /// How many holds it was idle in.
    pub idle_holds: u32,
    /// What it did in the least busy spell of the first hold in which it was never idle.
    pub busiest: Option<Spell>,
}

/// A spell of waiting, in which a busy loop beside the program used [`Spell::LENGTH`] of CPU time.
#[derive(Clone, Copy, Debug)]
pub struct Spell {
    /// The CPU time that the program used.
    pub cpu: Duration,
    /// How often a second the thread was woken that was woken most.
    pub wakes_per_second: f64,
}

impl Spell {
    /// The CPU time of a busy loop that a spell lasts for, however long that takes on a busy machine. A program that spins
    /// gets about as much.
    pub const LENGTH: Duration = Duration::from_millis(100);
    /// The CPU time that counts as none: a system that counts in ticks of 10 ms may count one too many.
    const ENOUGH: Duration = Duration::from_millis(15);
    /// Wake-ups of one thread in a second that count as none. Java's virtual machine wakes a thread of its own 20 times, and
    /// polling every 10 ms takes 100.
    const FEW_WAKES: f64 = 40.0;

    /// Whether it was idle.
    pub fn is_idle(&self) -> bool {
        self.cpu <= Self::ENOUGH && self.wakes_per_second <= Self::FEW_WAKES
    }
}

/// What a run waits for at a moment, to be shown while it lasts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Waiting {
    /// The program's first sign of life.
    #[default]
    Start,
    /// So many pages in flight.
    InFlight {
        /// How many there are.
        now: u32,
        /// How many there must be.
        wanted: u32,
    },
    /// The line of a page that was answered.
    Line(String),
    /// So many details pages in flight.
    Details {
        /// How many there are.
        now: u32,
        /// How many there must be.
        wanted: u32,
    },
    /// The line with the sum after so many details pages.
    Sum(u32),
    /// What is in flight to be given up, as the program was interrupted.
    Interrupted,
    /// These pages to be given up, after another one was answered.
    GivenUp(Vec<String>),
    /// The list that was late to be read.
    List,
    /// What has come of a page to be on disk.
    OnDisk(u32),
    /// The end of watching the program while it has nothing to do but wait.
    Idle,
    /// The program's end: nothing is held any more.
    End,
}

impl Run {
    /// What was seen of its last act, which is the one that ends by itself.
    pub fn last_act(&self) -> &ActSeen {
        self.acts.last().expect("a run has an act")
    }

    /// Whether its timeline shows anything.
    pub fn has_picture(&self) -> bool {
        self.timeline.figures().requests + self.timeline.database_figures().queries > 0
    }

    /// The lines about pages of all acts.
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        self.acts.iter().flat_map(|act| &act.lines).map(String::as_str)
    }

    /// The requests for pages that there are, with their page.
    pub fn requests(&self) -> impl Iterator<Item = (u32, &Exchange)> {
        self.whole().requests()
    }

    /// The pages that the site answered whole, with the last answer's status, in the order in which those came.
    pub fn answers(&self) -> Vec<(u32, u16)> {
        self.whole().answers()
    }

    /// The requests for details pages that are part of the job, each with the page that has its car.
    pub fn details(&self) -> impl Iterator<Item = (u32, &Exchange)> {
        let page_of = |exchange: &Exchange| self.plan.details_pages.get(&exchange.target?).copied();
        self.exchanges.iter().filter_map(move |exchange| Some((page_of(exchange)?, exchange)))
    }

    /// All acts as one job.
    fn whole(&self) -> Job<'_> {
        Job { run: self, exchanges: &self.exchanges, acts: &self.acts }
    }

    /// The job as often as it was to be done: in each act if that begins anew, else in all acts together.
    pub fn jobs(&self) -> Vec<Job<'_>> {
        if !self.plan.anew {
            return vec![self.whole()];
        }
        let place = |id| self.exchanges.partition_point(|exchange| exchange.id <= id);
        let ends = self.acts.iter().skip(1).map(|act| place(act.earlier)).chain([self.exchanges.len()]);
        let mut jobs = Vec::new();
        for (act, end) in self.acts.iter().zip(ends) {
            let exchanges = &self.exchanges[place(act.earlier)..end];
            jobs.push(Job { run: self, exchanges, acts: std::slice::from_ref(act) });
        }
        jobs
    }
}

/// What was seen of the job from its beginning to its end, or until the program was interrupted.
#[derive(Clone, Copy, Debug)]
pub struct Job<'a> {
    /// The run that it is part of.
    pub run: &'a Run,
    /// Its exchanges.
    pub exchanges: &'a [Exchange],
    /// Its acts, one at least.
    pub acts: &'a [ActSeen],
}

impl<'a> Job<'a> {
    /// Whether it was left to come to its end.
    pub fn is_whole(self) -> bool {
        self.acts.last().is_some_and(|act| act.interrupted.is_none())
    }

    /// The lines about pages.
    pub fn lines(self) -> impl Iterator<Item = &'a str> {
        self.acts.iter().flat_map(|act| &act.lines).map(String::as_str)
    }

    /// The requests for pages that there are, with their page.
    pub fn requests(self) -> impl Iterator<Item = (u32, &'a Exchange)> {
        let pages = 1..=self.run.plan.pages();
        self.exchanges
            .iter()
            .filter_map(move |exchange| Some((exchange.page().filter(|page| pages.contains(page))?, exchange)))
    }

    /// The pages that the site answered whole, with the last answer's status, in the order in which those came.
    pub fn answers(self) -> Vec<(u32, u16)> {
        let mut answers: Vec<(u64, u32, u16)> = Vec::new();
        for (page, exchange) in self.requests() {
            if let (Outcome::Answered, Some(answered), Some(status)) =
                (exchange.outcome, exchange.answered, exchange.status)
            {
                answers.retain(|(_, other, _)| *other != page);
                answers.push((answered, page, status));
            }
        }
        answers.sort_unstable();
        answers.into_iter().map(|(_, page, status)| (page, status)).collect()
    }
}

/// The page that a line is about, in the right form or not.
pub fn page_of(line: &str) -> Option<u32> {
    let failed = || PageLine::read_error(line).map(|(page, _)| page);
    PageLine::read(line).map(|read| read.page).or_else(failed).or_else(|| PageLine::is_meant(line))
}
