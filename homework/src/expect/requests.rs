//! Expectations of what the site was asked for, and when.

use std::collections::BTreeSet;

use console::Lang;
use serde::Deserialize;
use site::{Exchange, FaultKind, Outcome, Target};

use super::judgement::{Expectation, Hint, Judgement, Status, met_if, needs, needs_site, plain};
use crate::language::Language;
use crate::plan::Plan;
use crate::run::{Doing, Run, Stall};
use crate::stage::Parts;
use crate::stage::site::{Answer, Count, Details};
use crate::text::Text;
use crate::words::{connections, requests};

/// Every page is asked for exactly once, and nothing else is.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EachPageOnce {
    /// Shown in any case that has no hint of its own.
    pub(super) hint: Option<Text>,
    /// Shown when a page was not asked for.
    missing: Option<Text>,
    /// Shown when a page was asked for again.
    again: Option<Text>,
}

plain! {
    /// The pages are asked for in the order of their numbers.
    PageOrder,
    /// After each answer the others are given up, and the program goes on.
    OthersGivenUp,
}

/// Connections are used again.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Connections {
    /// How many requests the program has in flight at most. It may use twice as many connections: a pool gets a
    /// connection back a moment after the answer's end, so that the next request may open another one.
    at_most: Count,
    /// Shown when it is not met.
    pub(super) hint: Option<Text>,
}

impl Expectation for EachPageOnce {
    fn contradiction(&self, Parts { site: conditions, .. }: Parts<'_>) -> Option<String> {
        needs_site(conditions, "each-page-once")
    }

    fn expected(&self, plan: &Plan, lang: Lang) -> String {
        let (en, ru) = match plan.details {
            None => ("every page is asked for exactly once", "каждая страница запрошена ровно один раз"),
            Some(Details::AtOnce) => (
                "every page is asked for exactly once, and its first car's details page no more than once",
                "каждая страница запрошена ровно один раз, а страница её первой машины — не больше одного",
            ),
            Some(Details::OneAtATime | Details::All) => (
                "every page is asked for exactly once, and so is its first car's details page",
                "каждая страница и страница её первой машины запрошены ровно по одному разу",
            ),
        };
        lang.pick(en, ru).to_owned()
    }

    fn judge(&self, run: &Run, lang: Lang) -> Judgement {
        if run.exchanges.is_empty() {
            let seen = match run.connections {
                0 => lang.pick("the site was never asked for anything", "к сайту не было ни одного запроса"),
                _ => lang.pick(
                    "connections were opened, but no request came that could be read as HTTP",
                    "соединения открывались, но ни одного правильного запроса HTTP не пришло",
                ),
            };
            return Judgement::unmet(seen).hinting(self.own_hint(self.missing.as_ref(), run, lang, Hint::Later));
        }
        let is_known = |exchange: &&Exchange| {
            exchange.method == "GET" && exchange.target.is_some_and(|target| run.plan.knows(target))
        };
        if let Some(other) = run.exchanges.iter().find(|exchange| !is_known(exchange)) {
            let what = crate::words::harmless(&format!("{} {}", other.method, other.path));
            let seen = lang.pick(format!("something else was asked for: {what}"), format!("запрошено лишнее: {what}"));
            return Judgement::unmet(seen).hinting(Hint::None);
        }
        let all = lang.count(run.plan.pages().into(), ["page", "pages"], ["страница", "страницы", "страниц"]);
        run.doings().iter().find_map(|doing| self.objection(doing, lang)).unwrap_or_else(|| {
            Judgement::met(
                lang.pick(format!("{all}, each asked for once"), format!("{all}, каждая запрошена один раз")),
            )
        })
    }
}

impl EachPageOnce {
    fn own_hint(&self, hint: Option<&Text>, run: &Run, lang: Lang, other: Hint) -> Hint {
        let hint = hint.or(self.hint.as_ref()).filter(|_| run.language == Language::Rust);
        hint.map_or(other, |hint| Hint::Words(hint.pick(lang).to_owned()))
    }

    /// What is missing, or was asked for again, in one doing of the job.
    fn objection(&self, doing: &Doing<'_>, lang: Lang) -> Option<Judgement> {
        let (run, plan) = (doing.run, &doing.run.plan);
        let pages = || (1..=plan.pages()).map(Target::Page);
        let asked = |target: &Target| doing.exchanges.iter().any(|exchange| exchange.target == Some(*target));
        let of_details = plan.details_pages.keys().copied().filter(|_| plan.details != Some(Details::AtOnce));
        let missing: Vec<Target> = pages().chain(of_details).filter(|target| !asked(target)).collect();
        if let ([page, more @ ..], true) = (missing.as_slice(), doing.is_whole()) {
            let seen = match more.len() {
                0 => lang
                    .pick(format!("page {page} was never asked for"), format!("страница {page} не запрошена ни разу")),
                more => lang.pick(
                    format!("page {page} was never asked for, nor {more} more"),
                    format!("страница {page} не запрошена ни разу, и ещё {more} тоже"),
                ),
            };
            return Some(Judgement::unmet(seen).hinting(self.own_hint(self.missing.as_ref(), run, lang, Hint::Later)));
        }
        // What was cut off when an act ended is asked for again with good reason.
        let counts = |exchange: &&Exchange| exchange.status.is_some() || !run.cut_off.contains(&exchange.id);
        let times = |target| {
            let of_target = doing.exchanges.iter().filter(|exchange| exchange.target == Some(target));
            of_target.filter(counts).count() as u64
        };
        let mut targets = pages().chain(plan.details_pages.keys().copied()).map(|target| (target, times(target)));
        let (target, times) = targets.find(|(target, times)| *times > 1 && !may_be_tried_again(run, *target))?;
        let times = lang.count(times, ["time", "times"], ["раз", "раза", "раз"]);
        let seen =
            lang.pick(format!("page {target} was asked for {times}"), format!("страница {target} запрошена {times}"));
        let hint = if broke_off(run, target) {
            Hint::Words(asks_by_itself(lang))
        } else {
            self.own_hint(self.again.as_ref(), run, lang, Hint::None)
        };
        Some(Judgement::unmet(seen).hinting(hint))
    }
}

/// Whether a target may go well when it is asked for again: `attempts` says how often.
fn may_be_tried_again(run: &Run, target: Target) -> bool {
    let fault = run.plan.fault_of(target);
    matches!(fault, Some(FaultKind::FailFirst { .. } | FaultKind::CutFirst(_) | FaultKind::Never))
}

/// Whether the connection broke at the first attempt, which some clients answer by asking again.
fn broke_off(run: &Run, target: Target) -> bool {
    let first = run.exchanges.iter().find(|exchange| exchange.target == Some(target));
    first.is_some_and(|first| first.outcome == Outcome::Reset)
}

fn asks_by_itself(lang: Lang) -> String {
    lang.pick(
        "The connection broke off, and the page was asked for again. If your program does not do that, its client does: \
         Ruby's Net::HTTP (`max_retries = 0` stops it), Java's HttpClient, urllib3's `Retry`, Go's http.Client on a \
         connection that was used before.",
        "Соединение оборвалось, и страница запрошена снова. Если этого не делает сама программа, значит, так поступает \
         её клиент: Net::HTTP в Ruby (отключается через `max_retries = 0`), HttpClient в Java, `Retry` в urllib3, \
         http.Client в Go на уже использованном соединении.",
    )
    .to_owned()
}

impl Expectation for PageOrder {
    fn contradiction(&self, Parts { site: conditions, .. }: Parts<'_>) -> Option<String> {
        needs_site(conditions, "page-order")
    }

    fn expected(&self, _plan: &Plan, lang: Lang) -> String {
        lang.pick("the pages are asked for in their order", "страницы запрошены по порядку").to_owned()
    }

    fn judge(&self, run: &Run, lang: Lang) -> Judgement {
        let mut last = 0;
        for (page, _) in run.requests().filter(|(_, exchange)| exchange.attempt == 1) {
            if page < last {
                return Judgement::unmet(lang.pick(
                    format!("page {page} was asked for after page {last}"),
                    format!("страница {page} запрошена после страницы {last}"),
                ));
            }
            last = page;
        }
        match last {
            0 => Judgement::unknown(lang.pick("no page was asked for", "ни одна страница не запрошена")),
            _ => Judgement::met(lang.pick("page after page", "страница за страницей")),
        }
    }
}

impl Expectation for Connections {
    fn contradiction(&self, Parts { site: conditions, .. }: Parts<'_>) -> Option<String> {
        let Some(conditions) = conditions else { return needs_site(conditions, "connections") };
        let (fewest, most) = (conditions.fewest_pages(), self.at_most.of(conditions.fewest_pages()));
        (fewest <= 2 * most).then(|| {
            format!(
                "at-most = {most} allows {} connections, so a client for each of {fewest} pages would pass",
                2 * most
            )
        })
    }

    fn expected(&self, plan: &Plan, lang: Lang) -> String {
        let most = 2 * self.at_most.of(plan.pages());
        lang.pick(
            format!("connections are used again: {most} at most"),
            format!("соединения используются снова: их не больше {most}"),
        )
    }

    fn judge(&self, run: &Run, lang: Lang) -> Judgement {
        let used: BTreeSet<u64> = run.exchanges.iter().map(|exchange| exchange.connection).collect();
        let (used, asked) = (used.len() as u64, run.exchanges.len() as u64);
        let seen = lang.pick(
            format!("{} for {}", connections(used, lang), requests(asked, lang)),
            format!("{} на {}", connections(used, lang), requests(asked, lang)),
        );
        let enough = asked > u64::from(2 * self.at_most.of(run.plan.pages()));
        match met_if(used <= u64::from(2 * self.at_most.of(run.plan.pages()))) {
            // Few requests need few connections, used again or not.
            Status::Met if !enough => Judgement::unknown(seen),
            status => Judgement::new(status, seen),
        }
    }
}

impl Expectation for OthersGivenUp {
    fn contradiction(&self, Parts { site: conditions, .. }: Parts<'_>) -> Option<String> {
        needs(conditions, "others-given-up", Answer::Race, "race")
    }

    fn expected(&self, _plan: &Plan, lang: Lang) -> String {
        lang.pick(
            "once a page is answered, the other requests are given up, and the program goes on",
            "как только одна страница получена, от остальных запросов программа отказывается и идёт дальше",
        )
        .to_owned()
    }

    fn judge(&self, run: &Run, lang: Lang) -> Judgement {
        match &run.stall {
            None if run.answers().is_empty() => Judgement::not_so_far(lang),
            None => Judgement::met(
                lang.pick("the others were given up each time", "от остальных программа каждый раз отказывалась"),
            ),
            Some(Stall::GivenUp(page, still)) => {
                let still: Vec<String> = still.iter().map(u32::to_string).collect();
                let still = still.join(", ");
                Judgement::unmet(lang.pick(
                    format!("page {page} had been answered, but page {still} was still being waited for"),
                    format!("страница {page} получена, но страницу {still} программа всё ещё ждала"),
                ))
            }
            Some(_) => Judgement::not_so_far(lang),
        }
    }
}
