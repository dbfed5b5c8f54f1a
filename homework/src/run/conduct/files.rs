//! Conducting a program that reads lists and saves pages: who waits for a list that does not answer, and what of a page is
//! on disk before the rest is sent.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use site::{Exchange, Record, Scenario, Target};
use tokio::time::timeout;

use super::{Conductor, Halt, in_flight};
use crate::run::seen::{FilesSeen, Stall, Waiting};
use crate::stage::files::{self, Beginning, Lists};

/// How often it is looked whether something has been read or written.
const LOOK: Duration = Duration::from_millis(20);

/// What is in the files of all pages.
pub(super) fn saved(scenario: &Scenario, folder: &Path) -> Vec<(u32, files::Saved)> {
    let pages = (1..=scenario.pages).filter_map(|page| Some((page, site::content_of(scenario, page)?)));
    pages.map(|(page, content)| (page, files::compare(&folder.join(files::name_of(page)), content))).collect()
}

impl Conductor<'_> {
    /// Holds answers until the pages of all lists but the pipe are in flight, answers one of them, lets the pipe answer, and
    /// then answers all others, one at a time and in drops.
    pub(super) async fn play_with_files(&mut self, lists: &Lists) -> Result<(), Stall> {
        let (Some(site), Some(list_files)) = (self.site, &self.stage.lists) else { return Ok(()) };
        (1..=self.plan.pages()).for_each(|page| site.hold_body(Target::Page(page)));
        self.seen.files = Some(FilesSeen::default());
        let [of_pipe, others] = lists.of_pipe_and_others();
        self.all_held(&others).await.map_err(|(wanted, reached)| Stall::Lists { wanted, reached })?;
        self.files().others_in_flight = true;
        let before = self.running.memory();
        let first = self.plan.order.iter().find(|page| others.contains(page) && self.plan.is_answered_whole(**page));
        let first = first.copied().unwrap_or(1);
        self.drip(first, lists.drops, before).await?;
        // What can't be written, nobody reads: the stall says so.
        let _ = list_files.give();
        self.waiting.send_replace(Waiting::List);
        self.until_seen(|| list_files.is_read()).await.map_err(|_| Stall::Unread)?;
        self.files().list_was_read = true;
        self.all_held(&of_pipe).await.map_err(|(wanted, reached)| Stall::LateList { wanted, reached })?;
        for &page in self.plan.order.iter().filter(|page| **page != first) {
            self.drip(page, lists.drops, before).await?;
        }
        Ok(())
    }

    /// Waits until all these pages are in flight; or how many of how many were.
    async fn all_held(&mut self, pages: &BTreeSet<u32>) -> Result<(), (u32, u32)> {
        let count = |record: &Record| {
            let held: BTreeSet<u32> = in_flight(record).filter_map(Exchange::page).collect();
            u32::try_from(held.intersection(pages).count()).unwrap_or(u32::MAX)
        };
        let wanted = u32::try_from(pages.len()).unwrap_or(u32::MAX);
        let (reached, waiting) = (Cell::new(0), self.waiting);
        let all = self.until(|_, record| {
            let now = count(record);
            reached.set(reached.get().max(now));
            waiting.send_replace(Waiting::InFlight { now, wanted });
            now == wanted
        });
        all.await.map_err(|_| (wanted, reached.get()))
    }

    /// Answers a page in drops, each sent when all before it is on disk. Memory was `before` when nothing had come.
    async fn drip(&mut self, page: u32, drops: u32, before: u64) -> Result<(), Stall> {
        let (Some(site), Some(scenario)) = (self.site, &self.plan.scenario) else { return Ok(()) };
        let (Some(content), target) = (site::content_of(scenario, page), Target::Page(page)) else { return Ok(()) };
        let (folder, name) = (self.stage.folder(), self.stage.folder().join(files::name_of(page)));
        self.seen.released.insert(page);
        site.release(target);
        for drop in 1..drops {
            let sent = content.len() * u64::from(drop) / u64::from(drops);
            // A page that is cut breaks off in its middle.
            if !self.plan.is_answered_whole(page) && sent >= content.len() / 2 {
                break;
            }
            site.let_through(target, sent);
            self.waiting.send_replace(Waiting::OnDisk(page));
            let beginning = Beginning::of(content.clone(), sent);
            let on_disk = self.until_seen(|| beginning.is_in(folder)).await;
            on_disk.map_err(|_| Stall::OnDisk { page, drop, drops })?;
            let grown = self.running.memory().saturating_sub(before);
            let files = self.files();
            files.drops += 1;
            files.grown = files.grown.max(grown);
            if files::is_there(&name) {
                files.too_soon.get_or_insert(page);
            }
            self.patience.renew();
        }
        site.let_through(target, u64::MAX);
        // A program may give up meanwhile, which ends this too.
        let _ = self.until(|_, record| !in_flight(record).any(|exchange| exchange.page() == Some(page))).await;
        self.patience.renew();
        Ok(())
    }

    /// Waits for something that nobody tells of, and that is looked at again and again.
    pub(super) async fn until_seen(&mut self, come: impl Fn() -> bool) -> Result<(), Halt> {
        while !come() {
            if let Ok(Err(halt)) = timeout(LOOK, self.until(|_, _| false)).await {
                return if come() { Ok(()) } else { Err(halt) };
            }
        }
        Ok(())
    }

    /// What was seen of the files so far.
    fn files(&mut self) -> &mut FilesSeen {
        self.seen.files.get_or_insert_default()
    }
}
