//! What the site does in one run: a homework's conditions with everything drawn that varies.

use std::collections::BTreeSet;

use fastrand::Rng;
use site::{Fault, FaultKind, Gate, Scenario, Target};

use crate::task::{Answer, Order, Task};

/// One run's conditions. They follow from the homework and the seed alone.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What everything was drawn from.
    pub seed: u64,
    /// What the site does. It holds answers, where it does, until it is told to release them.
    pub scenario: Scenario,
    /// Until how many requests are in flight, if answers are held.
    pub hold: Option<u32>,
    /// How held requests are answered then.
    pub answer: Answer,
    /// The pages: of those that are held, the one that stands first here is answered first.
    pub order: Vec<u32>,
}

impl Plan {
    /// Draws a run's conditions.
    pub fn draw(task: &Task, seed: u64) -> Self {
        let mut random = Rng::with_seed(seed);
        let conditions = &task.site;
        let pages = random.choice(conditions.pages.get_ref()).copied().unwrap_or(1);
        let hold = conditions.hold.as_ref().map(|hold| hold.get_ref().of(pages));
        let answer = conditions.answer.as_ref().map(|answer| *answer.get_ref()).unwrap_or_default();
        let order = match conditions.order.as_ref().map(|order| *order.get_ref()).unwrap_or_default() {
            Order::Forwards => (1..=pages).collect(),
            Order::Backwards => (1..=pages).rev().collect(),
            Order::Shuffled if answer == Answer::Race => races(pages, hold.unwrap_or(1), &mut random),
            Order::Shuffled => shuffled(1..=pages, &mut random),
        };
        let scenario = Scenario {
            pages,
            seed,
            latency: conditions.latency.iter().map(|latency| (*latency.get_ref()).into()).collect(),
            gate: hold.map(|_| Gate::Manual),
            faults: faults(task, pages, &mut random),
        };
        Self { seed, scenario, hold, answer, order }
    }

    /// What goes wrong with a page, if anything does.
    pub fn fault_of(&self, page: u32) -> Option<FaultKind> {
        self.scenario.faults.iter().find(|fault| fault.target == Target::Page(page)).map(|fault| fault.kind)
    }
}

/// The pages in any order that does not begin with the first of them: who counts on page order notices at once.
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

/// An order for races of `size` pages each. In the first race the first page does not win and in the last one it does:
/// who counts on either loses.
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

fn faults(task: &Task, pages: u32, random: &mut Rng) -> Vec<Fault> {
    let fixed: BTreeSet<u32> = task.faults().iter().filter_map(|fault| fault.page).collect();
    let mut free: Vec<u32> = (1..=pages).filter(|page| !fixed.contains(page)).collect();
    random.shuffle(&mut free);
    let drawn = |fault: &crate::task::FaultRule| {
        let page = fault.page.or_else(|| free.pop())?;
        Some(Fault { target: Target::Page(page), kind: fault.kind })
    };
    task.faults().iter().filter_map(drawn).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(site: &str) -> Task {
        Task::from_toml(&crate::task::example(site, ""), "h.toml").unwrap()
    }

    #[test]
    fn a_run_follows_from_its_seed() {
        let task = task("pages = [8, 9, 10]\nhold = 'all'\nfaults = ['any:500', 'any:404', '2:reset']");
        let runs: Vec<Plan> = (0..50).map(|seed| Plan::draw(&task, seed)).collect();
        for run in &runs {
            let again = Plan::draw(&task, run.seed);
            assert_eq!((&again.scenario, &again.order), (&run.scenario, &run.order));
            assert_eq!(run.hold, Some(run.scenario.pages));
            let befallen: BTreeSet<u32> = run.scenario.faults.iter().filter_map(|fault| fault.target.page()).collect();
            assert!(
                befallen.len() == 3 && befallen.contains(&2) && befallen.iter().all(|page| *page <= run.scenario.pages)
            );
            assert_ne!(run.order[0], 1);
        }
        let different: BTreeSet<u32> = runs.iter().map(|run| run.scenario.pages).collect();
        assert_eq!(different.len(), 3);
    }

    #[test]
    fn no_page_of_a_pair_wins_every_race() {
        let task = task("pages = [8, 10]\nhold = 2\nanswer = 'race'");
        for seed in 0..50 {
            let Plan { order, .. } = Plan::draw(&task, seed);
            let rank = |page: u32| order.iter().position(|&other| other == page);
            assert!(rank(2) < rank(1), "{order:?}");
            let last = u32::try_from(order.len()).unwrap();
            assert!(rank(last - 1) < rank(last), "{order:?}");
        }
    }
}
