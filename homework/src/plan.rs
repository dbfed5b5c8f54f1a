//! What happens in one run: a homework's conditions with everything drawn that varies.

use std::collections::{BTreeMap, BTreeSet};

use fastrand::Rng;
use site::{Fault, FaultKind, Gate, Scenario, SizeRule, Target};

use crate::stage::Parts;
use crate::stage::act::Act;
use crate::stage::files::Lists;
use crate::stage::site::{Answer, Details, FaultRule, Order, Place, SizeOf};

/// One run's conditions. They follow from the homework and the seed alone.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What everything was drawn from.
    pub seed: u64,
    /// What the site does, if there is one. It holds answers, where it does, until it is told to release them.
    pub scenario: Option<Scenario>,
    /// Until how many pages are in flight, if answers are held.
    pub hold: Option<u32>,
    /// Until how many connections have a statement that changes rows, if such statements are held.
    pub statement_hold: Option<u32>,
    /// How held requests are answered then.
    pub answer: Answer,
    /// The pages: of those that are held, the one that stands first here is answered first.
    pub order: Vec<u32>,
    /// The files that hold the pages' numbers, if some do.
    pub lists: Option<Lists>,
    /// When the details pages are answered that are part of the job, if some are.
    pub details: Option<Details>,
    /// These details pages, those of each page's first car, with their pages.
    pub details_pages: BTreeMap<Target, u32>,
    /// How many pages may wait for them in a queue.
    pub queue: u32,
    /// The page that is answered last in an act that has a slow one.
    pub slow: u32,
    /// Whether each act has the whole job to do.
    pub anew: bool,
    /// Whether pages that something goes wrong with are answered first, without waiting for their lines.
    pub failures_first: bool,
    /// The starts of the program; at least one.
    pub acts: Vec<Act>,
}

impl Plan {
    /// Draws a run's conditions.
    pub fn draw(Parts { site: conditions, database, files }: Parts<'_>, acts: &[Act], seed: u64) -> Self {
        let acts = if acts.is_empty() { vec![Act::default()] } else { acts.to_vec() };
        let mut plan = Self {
            seed,
            scenario: None,
            hold: None,
            statement_hold: None,
            answer: Answer::default(),
            order: Vec::new(),
            lists: None,
            details: None,
            details_pages: BTreeMap::new(),
            queue: 0,
            slow: 1,
            anew: false,
            failures_first: false,
            acts,
        };
        let Some(conditions) = conditions else { return plan };
        let mut random = Rng::with_seed(seed);
        let pages = random.choice(conditions.pages.get_ref()).copied().unwrap_or(1);
        plan.hold = conditions.hold.as_ref().map(|hold| hold.get_ref().of(pages));
        plan.answer = conditions.answer().unwrap_or_default();
        plan.order = match conditions.order.as_ref().map(|order| *order.get_ref()).unwrap_or_default() {
            Order::Forwards => (1..=pages).collect(),
            Order::Backwards => (1..=pages).rev().collect(),
            Order::Shuffled if plan.answer == Answer::Race => races(pages, plan.hold.unwrap_or(1), &mut random),
            Order::Shuffled | Order::FailuresFirst => {
                let mut order = shuffled(1..=pages, &mut random);
                if plan.answer == Answer::OneForOne {
                    not_the_first_ones_last(&mut order, plan.hold.unwrap_or(1));
                }
                order
            }
        };
        let first_car = |page| site::car_ids(seed, page)[0];
        plan.details = conditions.details();
        if plan.details.is_some() {
            plan.details_pages = (1..=pages).map(|page| (Target::Car(first_car(page)), page)).collect();
        }
        plan.queue = conditions.queue.as_ref().map_or(0, |queue| *queue.get_ref());
        plan.anew = conditions.anew;
        let faults = faults(conditions.faults(), pages, first_car, &mut random);
        plan.failures_first = conditions.order.as_ref().is_some_and(|order| *order.get_ref() == Order::FailuresFirst);
        if plan.failures_first {
            let is_well = |page: &u32| faults.iter().all(|fault| fault.target != Target::Page(*page));
            plan.order.sort_by_key(is_well);
        }
        plan.lists = files.map(|files| Lists::draw(files, pages, &mut random));
        let holds = plan.hold.is_some() || plan.lists.is_some();
        plan.scenario = Some(Scenario {
            pages,
            seed,
            latency: conditions.latency.as_ref().map_or_else(Vec::new, |rules| rules.get_ref().0.clone()),
            page_size: sizes(conditions.sizes(), pages, &faults, &mut random),
            gate: holds.then_some(Gate::Manual),
            faults,
            database: database.map(|conditions| conditions.draw(&mut random)),
        });
        plan.slow = random.u32(1..=plan.hold.unwrap_or(1));
        plan.statement_hold = database.and_then(|conditions| conditions.hold.as_ref()).map(|hold| *hold.get_ref());
        plan
    }

    /// Whether the database executes a statement when it is let go.
    pub fn holds_statements(&self) -> bool {
        let database = self.scenario.as_ref().and_then(|scenario| scenario.database.as_ref());
        database.is_some_and(|database| database.gate.is_some())
    }

    /// How many pages there are; none where there is no site.
    pub fn pages(&self) -> u32 {
        self.scenario.as_ref().map_or(0, |scenario| scenario.pages)
    }

    /// What goes wrong.
    pub fn faults(&self) -> &[Fault] {
        self.scenario.as_ref().map_or(&[], |scenario| scenario.faults.as_slice())
    }

    /// What goes wrong with a target, if anything does.
    pub fn fault_of(&self, target: Target) -> Option<FaultKind> {
        self.faults().iter().find(|fault| fault.target == target).map(|fault| fault.kind)
    }

    /// Whether a page is to be expected to be answered whole, sooner or later.
    pub fn is_answered_whole(&self, page: u32) -> bool {
        !matches!(self.fault_of(Target::Page(page)), Some(FaultKind::Never | FaultKind::Reset | FaultKind::Cut))
    }

    /// Whether a page's line is waited for before the next page is answered.
    pub fn awaits_line_of(&self, page: u32) -> bool {
        let fails = self.failures_first && self.fault_of(Target::Page(page)).is_some();
        self.answer == Answer::AfterItsLine && self.is_answered_whole(page) && !fails
    }

    /// Whether a target is part of the job.
    pub fn knows(&self, target: Target) -> bool {
        match target {
            Target::Page(page) => (1..=self.pages()).contains(&page),
            Target::Car(_) => self.details_pages.contains_key(&target),
        }
    }
}

/// The pages in any order that does not begin with the first of them, so that a program that counts on page order fails
/// at once.
fn shuffled(pages: impl Iterator<Item = u32>, random: &mut Rng) -> Vec<u32> {
    let mut pages: Vec<u32> = pages.collect();
    let first = pages.first().copied();
    random.shuffle(&mut pages);
    if pages.first().copied() == first {
        let last = pages.len().saturating_sub(1);
        pages.swap(0, last);
    }
    pages
}

/// Workers with a page each, and one with all the others, would keep the hold full if their pages were answered last.
fn not_the_first_ones_last(order: &mut [u32], hold: u32) {
    let last = order.len().saturating_sub(hold.saturating_sub(1) as usize);
    if hold > 2 && order[last..].iter().all(|page| *page < hold) {
        let second = order.iter().position(|page| *page == 2).unwrap_or(0);
        order.swap(0, second);
    }
}

/// An order for races of `size` pages each. In the first race the first page does not win and in the last one it does:
/// a program that counts on either fails.
fn races(pages: u32, size: u32, random: &mut Rng) -> Vec<u32> {
    let mut order = Vec::new();
    for first in (1..=pages).step_by(size as usize) {
        let race = first..first + size;
        if first == 1 {
            order.extend(shuffled(race, random));
        } else if first + size > pages {
            order.extend(race);
        } else {
            let mut race: Vec<u32> = race.collect();
            random.shuffle(&mut race);
            order.extend(race);
        }
    }
    order
}

fn faults(rules: &[FaultRule], pages: u32, first_car: impl Fn(u32) -> u32, random: &mut Rng) -> Vec<Fault> {
    let fixed: BTreeSet<Target> = rules
        .iter()
        .filter_map(|rule| if let Place::Target(target) = rule.place { Some(target) } else { None })
        .collect();
    let mut free: Vec<u32> = (1..=pages).filter(|page| !fixed.contains(&Target::Page(*page))).collect();
    random.shuffle(&mut free);
    let mut drawn = |rule: &FaultRule| {
        let target = match rule.place {
            Place::Target(target) => target,
            Place::AnyPage => Target::Page(free.pop()?),
            Place::AnyDetails => Target::Car(first_car(free.pop()?)),
        };
        Some(Fault { target, kind: rule.kind })
    };
    rules.iter().filter_map(&mut drawn).collect()
}

/// The sizes of pages; one that is drawn is of a page that nothing goes wrong with.
fn sizes(rules: &[SizeOf], pages: u32, faults: &[Fault], random: &mut Rng) -> Vec<SizeRule> {
    let is_free = |page: &u32| {
        let named =
            rules.iter().any(|rule| matches!(rule, SizeOf::Rule(SizeRule { page: Some(it), .. }) if it == page));
        !named && faults.iter().all(|fault| fault.target != Target::Page(*page))
    };
    let mut free: Vec<u32> = (1..=pages).filter(is_free).collect();
    random.shuffle(&mut free);
    let rule = |rule: &SizeOf| match *rule {
        SizeOf::Rule(rule) => Some(rule),
        SizeOf::AnyPage(bytes) => Some(SizeRule { page: Some(free.pop()?), bytes }),
    };
    rules.iter().filter_map(rule).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stage::site::Conditions;

    fn conditions(site: &str) -> Conditions {
        toml::from_str(site).unwrap()
    }

    fn draw(conditions: &Conditions, seed: u64) -> Plan {
        Plan::draw(Parts { site: Some(conditions), database: None, files: None }, &[], seed)
    }

    #[test]
    fn a_run_follows_from_its_seed() {
        let conditions = conditions("pages = [8, 9, 10]\nhold = 'all'\nfaults = ['any:500', 'any:404', '2:reset']");
        let runs: Vec<Plan> = (0..50).map(|seed| draw(&conditions, seed)).collect();
        for run in &runs {
            let again = draw(&conditions, run.seed);
            assert_eq!((&again.scenario, &again.order), (&run.scenario, &run.order));
            assert_eq!(run.hold, Some(run.pages()));
            let befallen: BTreeSet<u32> = run.faults().iter().filter_map(|fault| fault.target.page()).collect();
            assert!(befallen.len() == 3 && befallen.contains(&2) && befallen.iter().all(|page| *page <= run.pages()));
            assert_ne!(run.order[0], 1);
        }
        let different: BTreeSet<u32> = runs.iter().map(Plan::pages).collect();
        assert_eq!(different.len(), 3);
    }

    #[test]
    fn a_page_that_is_drawn_to_be_large_comes_whole() {
        let conditions = conditions("pages = [8]\npage-size = ['any:1MB', '3:2MB']\nfaults = ['any:cut']");
        for seed in 0..50 {
            let plan = draw(&conditions, seed);
            let sizes = &plan.scenario.as_ref().unwrap().page_size;
            let large = sizes.iter().find(|rule| rule.bytes == 1_000_000).and_then(|rule| rule.page).unwrap();
            assert!(sizes.len() == 2 && large != 3 && plan.is_answered_whole(large));
        }
    }

    #[test]
    fn a_fixed_share_each_is_not_lucky() {
        let conditions = conditions("pages = [5]\nhold = 4\nanswer = 'one-for-one'");
        for seed in 0..200 {
            let Plan { order, .. } = draw(&conditions, seed);
            assert!(order[2..].iter().any(|page| *page > 3), "{order:?}");
        }
    }

    #[test]
    fn no_page_of_a_pair_wins_every_race() {
        let conditions = conditions("pages = [8, 10]\nhold = 2\nanswer = 'race'");
        for seed in 0..50 {
            let Plan { order, .. } = draw(&conditions, seed);
            let rank = |page: u32| order.iter().position(|&other| other == page);
            assert!(rank(2) < rank(1), "{order:?}");
            let last = u32::try_from(order.len()).unwrap();
            assert!(rank(last - 1) < rank(last), "{order:?}");
        }
    }
}
