//! Conducting a program that asks for each page's details page, too: how far it runs ahead of them, and what it makes of
//! them.

use std::collections::BTreeSet;

use site::{Exchange, Record, Target};

use super::{Conductor, Printed, QUIET, QUIET_AT_FIRST, in_flight};
use crate::run::seen::{Stall, Waiting};

impl Conductor<'_> {
    /// Answers pages while a details page is held: until as many wait as the queue holds, and one more is with a worker
    /// that can't get rid of it. Then the details page is answered, and so on. What must be in flight is waited for each
    /// time, and then whether more comes.
    pub(super) async fn play_with_a_queue(&mut self) -> Result<(), Stall> {
        let (plan, Some(site), Some(hold)) = (self.plan, self.site, self.plan.hold) else { return Ok(()) };
        let mut stall = Stall::Hold(hold);
        // Pages that were answered, and whose details pages were not.
        let mut open: BTreeSet<u32> = BTreeSet::new();
        loop {
            let left = plan.order.iter().filter(|page| !self.seen.released.contains(page)).count();
            if left == 0 && open.is_empty() {
                return Ok(());
            }
            // One is with the consumer, others are in the queue.
            let stuck = open.len().saturating_sub(1 + plan.queue as usize);
            let wanted = (hold as usize - stuck).min(left);
            let is_first = stall == Stall::Hold(hold);
            self.pages_held(wanted).await.map_err(|()| stall.clone())?;
            let last = plan.order.iter().rfind(|page| open.contains(page)).copied().unwrap_or(1);
            let details = self.details_held(&open).await.map_err(|()| Stall::Details(last))?;
            if left > 0 {
                self.quiet(if is_first { QUIET_AT_FIRST } else { QUIET }).await;
            }
            let waiting: BTreeSet<u32> = self.log.read(|record| self.held(record).map(|(page, _)| page).collect());
            let next = plan.order.iter().copied().find(|page| waiting.contains(page));
            match (next, details) {
                (Some(page), _) if stuck == 0 => {
                    self.release(page).await;
                    open.insert(page);
                    stall = Stall::Refill(hold, Target::Page(page));
                }
                (_, Some(details)) => {
                    site.release(details);
                    self.answered(details).await;
                    open.retain(|page| plan.details_pages.get(&details) != Some(page));
                    stall = Stall::Refill(hold, details);
                }
                // Given up just now: it is waited for again.
                (_, None) => {}
            }
        }
    }

    /// Answers all pages when all are in flight; and when all details pages are in flight, these, one after another, each
    /// when the sum of those before has been printed.
    pub(super) async fn play_with_all_details(&mut self) -> Result<(), Stall> {
        self.hold_and_release().await?;
        let (plan, Some(site)) = (self.plan, self.site) else { return Ok(()) };
        let (wanted, waiting) = (plan.details_pages.len(), self.waiting);
        let all_in_flight = self.until(|_, record| {
            let asked: BTreeSet<Target> = in_flight(record).filter_map(|exchange| exchange.target).collect();
            let now = plan.details_pages.keys().filter(|details| asked.contains(details)).count();
            waiting.send_replace(Waiting::Details { now: count(now), wanted: count(wanted) });
            now == wanted
        });
        all_in_flight.await.map_err(|_| Stall::AllDetails)?;
        if self.judging.watch_idle {
            self.waiting.send_replace(Waiting::Idle);
            self.watch_idle().await;
        }
        // The pages' order serves these, too, backwards: it is drawn, and a program that asks for each details page when it
        // has the page does not ask in that order.
        let of_page = |page: &u32| plan.details_pages.iter().find(|(_, of)| *of == page).map(|(details, _)| *details);
        for (place, details) in plan.order.iter().rev().filter_map(of_page).enumerate() {
            let before = sums(&self.printed);
            site.release(details);
            self.answered(details).await;
            let place = count(place + 1);
            self.waiting.send_replace(Waiting::Sum(place));
            self.until(|printed, _| sums(printed) > before).await.map_err(|_| Stall::Sum(place))?;
        }
        Ok(())
    }

    /// Waits until so many pages are in flight that may not be answered yet.
    async fn pages_held(&mut self, wanted: usize) -> Result<(), ()> {
        let (plan, released, waiting) = (self.plan, self.seen.released.clone(), self.waiting);
        let held = |record: &Record| {
            let pages = in_flight(record).filter_map(Exchange::page);
            pages.filter(|page| plan.knows(Target::Page(*page)) && !released.contains(page)).collect::<BTreeSet<u32>>()
        };
        let all = self.until(|_, record| {
            let now = held(record).len();
            waiting.send_replace(Waiting::InFlight { now: count(now), wanted: count(wanted) });
            now >= wanted
        });
        all.await.map_err(|_| ())
    }

    /// Waits until a details page of one of the pages is in flight, if there are some; and says which.
    async fn details_held(&mut self, pages: &BTreeSet<u32>) -> Result<Option<Target>, ()> {
        if pages.is_empty() {
            return Ok(None);
        }
        let (plan, waiting) = (self.plan, self.waiting);
        let held = |record: &Record| {
            let targets = in_flight(record).filter_map(|exchange| exchange.target);
            let mut details = targets.filter(|it| plan.details_pages.get(it).is_some_and(|page| pages.contains(page)));
            details.next()
        };
        waiting.send_replace(Waiting::Details { now: 0, wanted: 1 });
        self.until(|_, record| held(record).is_some()).await.map_err(|_| ())?;
        Ok(self.log.read(held))
    }

    /// Waits until a target that was released has been answered, or was given up.
    async fn answered(&mut self, target: Target) {
        let waits = |exchange: &Exchange| exchange.target == Some(target) && exchange.status.is_none();
        let _ = self.until(|_, record| !in_flight(record).any(waits)).await;
    }
}

/// How many lines there are with sums.
fn sums(printed: &Printed) -> usize {
    printed.said.iter().filter(|line| line.starts_with("Sum:")).count()
}

fn count(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
