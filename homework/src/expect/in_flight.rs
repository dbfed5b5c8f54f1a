//! Expectations of how many requests are in flight, and how far a program runs ahead.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::marker::PhantomData;

use console::Lang;
use serde::Deserialize;
use site::{Exchange, Figures, Timeline};

use super::judgement::{Expectation, Judgement, Status, needs, needs_site, plain};
use crate::plan::Plan;
use crate::run::{Run, Stall};
use crate::stage::Parts;
use crate::stage::site::{Answer, Conditions, Count, Details};
use crate::text::Text;
use crate::words;

/// How many requests are in flight, of those that count.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", bound = "")]
pub struct InFlight<Counted = Pages> {
    /// So many different pages at some moment.
    reaches: Option<Count>,
    /// Never more requests.
    at_most: Option<Count>,
    /// Shown when it is not met.
    pub(super) hint: Option<Text>,
    #[serde(skip)]
    counted: PhantomData<Counted>,
}

/// Which requests count.
pub trait Requests: Debug {
    /// The expectation's name.
    const NAME: &'static str;

    /// Those that count, each with the page that it belongs to.
    fn of(run: &Run) -> Vec<(u32, &Exchange)>;

    /// A number of them, in words.
    fn count(count: u64, lang: Lang) -> String;

    /// How a page's request is called.
    fn name(page: u32, lang: Lang) -> String;

    /// How many were in flight at once, in words.
    fn peak(count: u64, lang: Lang) -> String;

    /// Whether a run got so far that it shows how many were.
    fn is_shown(run: &Run) -> bool;

    /// How many the site waits for until it answers one.
    fn hold(conditions: &Conditions) -> Option<u32>;
}

/// Requests for pages.
#[derive(Debug)]
pub struct Pages;

/// Requests for details pages.
#[derive(Debug)]
pub struct DetailsPages;

impl Requests for Pages {
    const NAME: &'static str = "in-flight";

    fn of(run: &Run) -> Vec<(u32, &Exchange)> {
        run.requests().collect()
    }

    fn count(count: u64, lang: Lang) -> String {
        words::requests(count, lang)
    }

    fn name(page: u32, lang: Lang) -> String {
        lang.pick(format!("page {page}"), format!("страница {page}"))
    }

    fn peak(count: u64, lang: Lang) -> String {
        let count = lang.number(count);
        lang.pick(format!("{count} in flight at once"), format!("одновременно в работе: {count}"))
    }

    fn is_shown(_run: &Run) -> bool {
        true
    }

    fn hold(conditions: &Conditions) -> Option<u32> {
        conditions.hold.as_ref().map(|hold| hold.get_ref().of(conditions.fewest_pages()))
    }
}

impl Requests for DetailsPages {
    const NAME: &'static str = "details-in-flight";

    fn of(run: &Run) -> Vec<(u32, &Exchange)> {
        run.details().collect()
    }

    fn count(count: u64, lang: Lang) -> String {
        lang.pick(
            lang.count(count, ["request for a details page", "requests for details pages"], ["", "", ""]),
            lang.count(count, ["", ""], ["запрос страницы машины", "запроса страниц машин", "запросов страниц машин"]),
        )
    }

    fn name(page: u32, lang: Lang) -> String {
        lang.pick(format!("the details page of page {page}"), format!("страница машины со страницы {page}"))
    }

    fn peak(count: u64, lang: Lang) -> String {
        lang.pick(
            lang.count(count, ["details page in flight at once", "details pages in flight at once"], ["", "", ""]),
            format!("страниц машин одновременно в работе: {}", lang.number(count)),
        )
    }

    fn is_shown(run: &Run) -> bool {
        // After a stall before that the site answers all at once.
        matches!(run.stall, None | Some(Stall::AllDetails | Stall::Sum(_)))
    }

    fn hold(conditions: &Conditions) -> Option<u32> {
        (conditions.details() == Some(Details::All)).then(|| conditions.fewest_pages())
    }
}

plain! {
    /// After each answer the next request comes while the others are still held.
    KeptFull,
}

/// How far pages may be ahead of their details pages.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Ahead {
    /// How many pages may have been asked for beyond those whose details pages were answered.
    at_most: u32,
    /// Shown when it is not met.
    pub(super) hint: Option<Text>,
}

impl<Counted> InFlight<Counted> {
    /// The bounds for so many pages.
    fn bounds(&self, pages: u32) -> (Option<u32>, Option<u32>) {
        (self.reaches.map(|count| count.of(pages)), self.at_most.map(|count| count.of(pages)))
    }
}

/// The most different pages that were in flight at once, before any limit on requests.
fn peak_of_pages(requests: &[(u32, &Exchange)]) -> u64 {
    let mut changes: Vec<(u64, bool, u32)> = Vec::new();
    for &(page, exchange) in requests {
        changes.push((exchange.arrived, true, page));
        changes.extend(exchange.finished.map(|finished| (finished.max(exchange.arrived + 1), false, page)));
    }
    changes.sort_unstable();
    let (mut open, mut peak) = (BTreeMap::<u32, u32>::new(), 0);
    for (_, begins, page) in changes {
        let count = open.entry(page).or_default();
        if begins {
            *count += 1;
        } else {
            *count -= 1;
        }
        if *count == 0 {
            open.remove(&page);
        }
        peak = peak.max(open.len());
    }
    peak as u64
}

/// The most requests that were in flight at once, and when that was so for the first time.
fn peak_of_requests(requests: &[(u32, &Exchange)]) -> (u64, u64) {
    let exchanges: Vec<Exchange> = requests.iter().map(|(_, exchange)| (*exchange).clone()).collect();
    let Figures { peak_in_flight, peak_at, .. } = Timeline::new(&exchanges).figures();
    (peak_in_flight, peak_at)
}

/// The first page that was asked for when another one had been answered already, and that one.
fn first_that_waited(requests: &[(u32, &Exchange)]) -> Option<(u32, u32)> {
    requests.iter().find_map(|(page, exchange)| {
        let before = requests.iter().filter(|(_, other)| other.finished.is_some_and(|end| end <= exchange.arrived));
        before.max_by_key(|(_, other)| other.finished).map(|(answered, _)| (*page, *answered))
    })
}

impl<Counted: Requests> Expectation for InFlight<Counted> {
    fn contradiction(&self, Parts { site: conditions, .. }: Parts<'_>) -> Option<String> {
        let Some(conditions) = conditions else { return needs_site(conditions, Counted::NAME) };
        let fewest = conditions.fewest_pages();
        let hold = Counted::hold(conditions);
        let name = Counted::NAME;
        match self.bounds(fewest) {
            (None, None) => Some(format!("{name} needs reaches, at-most or both")),
            (Some(reaches), _) if reaches > fewest => {
                Some(format!("{reaches} in flight are more than there are pages ({fewest})"))
            }
            (Some(reaches), Some(at_most)) if reaches > at_most => {
                Some(format!("{name} is to reach {reaches}, and to be at most {at_most}"))
            }
            (_, Some(at_most)) if hold.is_some_and(|hold| hold > at_most) => {
                Some(format!("the site waits for more in flight than the {at_most} that are allowed"))
            }
            _ => None,
        }
    }

    fn expected(&self, plan: &Plan, lang: Lang) -> String {
        let requests = |count: u32| Counted::count(count.into(), lang);
        match self.bounds(plan.pages()) {
            (Some(reaches), Some(at_most)) if reaches == at_most => lang.pick(
                format!("{} in flight at once, never more", requests(reaches)),
                format!("в работе одновременно {}, не больше", requests(reaches)),
            ),
            (Some(reaches), None) => lang.pick(
                format!("{} in flight at once", requests(reaches)),
                format!("в работе одновременно {}", requests(reaches)),
            ),
            (Some(reaches), Some(at_most)) => lang.pick(
                format!("{} in flight at once, and never more than {at_most}", requests(reaches)),
                format!("в работе одновременно {}, но не больше {at_most}", requests(reaches)),
            ),
            (None, at_most) => {
                let at_most = at_most.unwrap_or(plan.pages());
                lang.pick(
                    format!("never more than {} in flight", requests(at_most)),
                    format!("в работе не больше {} сразу", lang.number(at_most.into())),
                )
            }
        }
    }

    fn judge(&self, run: &Run, lang: Lang) -> Judgement {
        let (reaches, at_most) = self.bounds(run.plan.pages());
        if !Counted::is_shown(run) {
            return Judgement::not_so_far(lang);
        }
        let requests = Counted::of(run);
        let (peak, peak_at) = peak_of_requests(&requests);
        let (peaked, after) = (Counted::peak(peak, lang), lang.seconds(peak_at));
        let peaked = lang.pick(
            format!("{peaked}, {after} after the first request"),
            format!("{peaked}, через {after} после первого запроса"),
        );
        if peak == 0 {
            let status = if reaches.is_some() { Status::Unmet } else { Status::Unknown };
            let seen = lang.pick("no request was in flight at any time", "в работе не было ни одного запроса");
            return Judgement::new(status, seen);
        }
        if at_most.is_some_and(|most| peak > most.into()) {
            return Judgement::unmet(peaked);
        }
        let pages = peak_of_pages(&requests);
        if reaches.is_some_and(|least| pages < least.into()) {
            let count = lang.number(pages);
            let never_more = lang.pick(
                format!("never more than {count} in flight"),
                format!("одновременно в работе было не больше {count}"),
            );
            return Judgement::unmet(match first_that_waited(&requests) {
                Some((waited, answered)) => {
                    let [waited, answered] = [waited, answered].map(|page| Counted::name(page, lang));
                    lang.pick(
                        format!("you asked for {waited} only after {answered} had been answered; {never_more}"),
                        format!("{waited} запрошена только после того, как получена {answered}; {never_more}"),
                    )
                }
                None => never_more,
            });
        }
        Judgement::met(peaked)
    }
}

impl Expectation for KeptFull {
    fn contradiction(&self, Parts { site: conditions, .. }: Parts<'_>) -> Option<String> {
        needs(conditions, "kept-full", Answer::OneForOne, "one-for-one")
    }

    fn expected(&self, plan: &Plan, lang: Lang) -> String {
        let hold = lang.number(plan.hold.unwrap_or(0).into());
        if plan.details == Some(Details::OneAtATime) {
            return lang.pick(
                format!("while there is room in the queue, always {hold} pages in flight, and a details page"),
                format!("пока в очереди есть место, в работе всегда {hold} страницы и одна страница машины"),
            );
        }
        lang.pick(
            format!("after each answer the next page is asked for, while the others wait: always {hold} in flight"),
            format!("после каждого ответа программа запрашивает следующую страницу, пока остальные ждут: в работе всегда {hold}"),
        )
    }

    fn judge(&self, run: &Run, lang: Lang) -> Judgement {
        match &run.stall {
            Some(Stall::Refill(wanted, page)) => {
                let wanted = lang.number((*wanted).into());
                Judgement::unmet(lang.pick(
                    format!("page {page} had been answered, and the next request did not come until others were ({wanted} in flight were waited for)"),
                    format!("страница {page} получена, но следующий запрос пришёл только после других ответов (сайт ждал, что в работе будет {wanted})"),
                ))
            }
            Some(Stall::Details(page)) => Judgement::unmet(lang.pick(
                format!(
                    "page {page} had been answered, and the site waited in vain for a details page to be asked for"
                ),
                format!("страница {page} получена, но запроса страницы машины сайт не дождался"),
            )),
            Some(_) => Judgement::not_so_far(lang),
            // With more in flight than the hold, no request had to follow an answer.
            None if peak_of_requests(&Pages::of(run)).0 > run.plan.hold.unwrap_or(0).into() => {
                Judgement::unknown(lang.pick(
                    "it can't be told: too many were in flight from the beginning",
                    "не видно: в работе с самого начала было слишком много запросов",
                ))
            }
            None if run.answers().is_empty() => Judgement::not_so_far(lang),
            None => {
                Judgement::met(lang.pick(
                    "each answer was followed by the next request",
                    "за каждым ответом сразу шёл следующий запрос",
                ))
            }
        }
    }
}

impl Expectation for Ahead {
    fn contradiction(&self, Parts { site: conditions, .. }: Parts<'_>) -> Option<String> {
        let details = conditions.and_then(Conditions::details);
        let Some(conditions) = conditions.filter(|_| details == Some(Details::OneAtATime)) else {
            return Some("ahead goes with details = \"one-at-a-time\"".to_owned());
        };
        // One is with the consumer.
        let queue = conditions.queue.as_ref().map_or(0, |queue| *queue.get_ref());
        let needed =
            conditions.hold.as_ref().map_or(0, |hold| hold.get_ref().of(conditions.fewest_pages())) + queue + 1;
        (self.at_most < needed).then(|| format!("the site waits until pages are {needed} ahead, more than at-most"))
    }

    fn expected(&self, _plan: &Plan, lang: Lang) -> String {
        let pages = lang.count(self.at_most.into(), ["page", "pages"], ["страницу", "страницы", "страниц"]);
        lang.pick(
            format!("nobody runs ahead: no more than {pages} asked for beyond those whose details pages have come"),
            format!(
                "никто не забегает вперёд: запрошено не больше чем на {pages} дальше тех, чьи страницы машин получены"
            ),
        )
    }

    fn judge(&self, run: &Run, lang: Lang) -> Judgement {
        let mut asked: BTreeSet<u32> = BTreeSet::new();
        // An answer's head goes out before anybody can ask for more because of it.
        let mut done: Vec<u64> = run.details().filter_map(|(_, exchange)| exchange.answered).collect();
        done.sort_unstable();
        let (mut most, mut when) = (0, 0);
        for (page, exchange) in run.requests() {
            asked.insert(page);
            let ahead = asked.len() - done.partition_point(|answered| *answered <= exchange.arrived).min(asked.len());
            if ahead > most {
                (most, when) = (ahead, page);
            }
        }
        if done.is_empty() {
            return Judgement::not_so_far(lang);
        }
        let (count, most) = (lang.number(most as u64), most as u64);
        if most <= u64::from(self.at_most) {
            return Judgement::met(lang.pick(format!("{count} at most"), format!("самое большее на {count}")));
        }
        Judgement::unmet(lang.pick(
            format!("when page {when} was asked for, it was {count} pages ahead of the details pages that had come"),
            format!("когда запрошена страница {when}, программа была уже на {count} впереди полученных страниц машин"),
        ))
    }
}
