//! Expectations of what the site was asked for, and when.

use std::collections::BTreeSet;
use std::time::Duration;

use console::Lang;
use serde::Deserialize;
use site::{Exchange, FaultKind, Figures, Outcome, Target, Timeline};

use super::judgement::{Expectation, Hint, Judgement, Status, met_if, plain};
use crate::language::Language;
use crate::plan::Plan;
use crate::run::{End, Run, Stall};
use crate::stage::Parts;
use crate::stage::site::{Answer, Conditions, Count, fails_first, is_failure};
use crate::text::Text;
use crate::words::{attempts, connections, requests, time};

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
    /// After each answer the next request comes while the others are still held.
    KeptFull,
    /// After each answer the others are given up, and the program goes on.
    OthersGivenUp,
    /// A page that is never answered is given up, and the program ends by itself.
    GivenUp,
    /// After the first failure nothing more is asked for.
    NothingAfterFailure,
}

/// How many requests are in flight.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct InFlight {
    /// So many different pages at some moment.
    reaches: Option<Count>,
    /// Never more requests.
    at_most: Option<Count>,
    /// Shown when it is not met.
    pub(super) hint: Option<Text>,
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

/// How often targets that fail first are asked for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attempts {
    /// So often.
    exactly: u32,
    /// How long after a failure the next attempt comes, at the earliest.
    apart: Option<Time>,
    /// Shown when it is not met.
    pub(super) hint: Option<Text>,
}

/// A length of time, written as people do: `1s`, `300ms`.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "String")]
struct Time(Duration);

impl TryFrom<String> for Time {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        console::options::duration(&text).map(Self)
    }
}

/// The conditions' word for how held requests are answered, if they are the wanted ones.
fn needs(conditions: Option<&Conditions>, name: &str, wanted: Answer, word: &str) -> Option<String> {
    let is_so = conditions.and_then(Conditions::answer) == Some(wanted);
    (!is_so).then(|| format!("{name} goes with answer = \"{word}\""))
}

fn needs_site(conditions: Option<&Conditions>, name: &str) -> Option<String> {
    conditions.is_none().then(|| format!("{name} is about a site: add [site]"))
}

fn needs_fault(conditions: Option<&Conditions>, has: fn(FaultKind) -> bool, why: &str) -> Option<String> {
    let has = conditions.is_some_and(|conditions| conditions.has_fault(has));
    (!has).then(|| why.to_owned())
}

/// That a run ended before something could be seen.
pub(super) fn not_so_far(lang: Lang) -> Judgement {
    Judgement::unknown(lang.pick("the program did not get that far", "до этого программа не дошла"))
}

impl Expectation for EachPageOnce {
    fn contradiction(&self, Parts { site: conditions, .. }: Parts<'_>) -> Option<String> {
        needs_site(conditions, "each-page-once")
    }

    fn expected(&self, plan: &Plan, lang: Lang) -> String {
        if plan.cars.is_empty() {
            lang.pick("every page is asked for exactly once", "каждая страница запрошена ровно один раз").to_owned()
        } else {
            lang.pick(
                "every page is asked for exactly once, and its first car's details page no more than once",
                "каждая страница запрошена ровно один раз, а страница её первой машины — не больше одного",
            )
            .to_owned()
        }
    }

    fn judge(&self, run: &Run, lang: Lang) -> Judgement {
        let own_hint = |hint: &Option<Text>, other: Hint| {
            let hint = hint.as_ref().or(self.hint.as_ref()).filter(|_| run.language == Language::Rust);
            hint.map_or(other, |hint| Hint::Words(hint.pick(lang).to_owned()))
        };
        let missing_hint = own_hint(&self.missing, Hint::Later);
        if run.exchanges.is_empty() {
            let seen = match run.connections {
                0 => lang.pick("the site was never asked for anything", "к сайту не было ни одного запроса"),
                _ => lang.pick(
                    "connections were opened, but no request came that could be read as HTTP",
                    "соединения открывались, но ни одного правильного запроса HTTP не пришло",
                ),
            };
            return Judgement::unmet(seen).hinting(missing_hint);
        }
        let is_known = |exchange: &&Exchange| {
            exchange.method == "GET" && exchange.target.is_some_and(|target| run.plan.knows(target))
        };
        if let Some(other) = run.exchanges.iter().find(|exchange| !is_known(exchange)) {
            let what = crate::words::harmless(&format!("{} {}", other.method, other.path));
            let seen = lang.pick(format!("something else was asked for: {what}"), format!("запрошено лишнее: {what}"));
            return Judgement::unmet(seen).hinting(Hint::None);
        }
        // What was cut off when an act ended is asked for again with good reason.
        let counts = |exchange: &&Exchange| exchange.status.is_some() || !run.cut_off.contains(&exchange.id);
        let times = |target| {
            let of_target = run.exchanges.iter().filter(|exchange| exchange.target == Some(target));
            of_target.filter(counts).count() as u64
        };
        let pages = 1..=run.plan.pages();
        let asked = |page: &u32| run.requests().any(|(other, _)| other == *page);
        let missing: Vec<u32> = pages.clone().filter(|page| !asked(page)).collect();
        if let [page, more @ ..] = missing.as_slice() {
            let seen = match more.len() {
                0 => lang
                    .pick(format!("page {page} was never asked for"), format!("страница {page} не запрошена ни разу")),
                more => lang.pick(
                    format!("page {page} was never asked for, nor {more} more"),
                    format!("страница {page} не запрошена ни разу, и ещё {more} тоже"),
                ),
            };
            return Judgement::unmet(seen).hinting(missing_hint);
        }
        // Those that fail at first are meant to be asked for again.
        let fails_first = |target| run.plan.fault_of(target).is_some_and(fails_first);
        let targets = pages.map(Target::Page).chain(run.plan.cars.iter().copied().map(Target::Car));
        let again =
            targets.map(|target| (target, times(target))).find(|(target, times)| *times > 1 && !fails_first(*target));
        if let Some((target, times)) = again {
            let times = lang.count(times, ["time", "times"], ["раз", "раза", "раз"]);
            let seen = lang
                .pick(format!("page {target} was asked for {times}"), format!("страница {target} запрошена {times}"));
            let hint = if broke_off(run, target) {
                Hint::Words(asks_by_itself(lang))
            } else {
                own_hint(&self.again, Hint::None)
            };
            return Judgement::unmet(seen).hinting(hint);
        }
        let all = lang.count(run.plan.pages().into(), ["page", "pages"], ["страница", "страницы", "страниц"]);
        Judgement::met(lang.pick(format!("{all}, each asked for once"), format!("{all}, каждая запрошена один раз")))
    }
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

impl InFlight {
    /// The bounds for so many pages.
    fn bounds(&self, pages: u32) -> (Option<u32>, Option<u32>) {
        (self.reaches.map(|count| count.of(pages)), self.at_most.map(|count| count.of(pages)))
    }
}

/// The most different pages that were in flight at once, before any limit on requests.
fn peak_of_pages(run: &Run) -> u64 {
    let mut changes: Vec<(u64, bool, u32)> = Vec::new();
    for (page, exchange) in run.requests() {
        changes.push((exchange.arrived, true, page));
        changes.extend(exchange.finished.map(|finished| (finished.max(exchange.arrived + 1), false, page)));
    }
    changes.sort_unstable();
    let (mut open, mut peak) = (std::collections::BTreeMap::<u32, u32>::new(), 0);
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
fn peak_of_requests(run: &Run) -> (u64, u64) {
    let pages: Vec<Exchange> = run.requests().map(|(_, exchange)| exchange.clone()).collect();
    let Figures { peak_in_flight, peak_at, .. } = Timeline::new(&pages).figures();
    (peak_in_flight, peak_at)
}

/// The first page that was asked for when another one had been answered already, and that one.
fn first_that_waited(run: &Run) -> Option<(u32, u32)> {
    run.requests().find_map(|(page, exchange)| {
        let before = run.requests().filter(|(_, other)| other.finished.is_some_and(|end| end <= exchange.arrived));
        before.max_by_key(|(_, other)| other.finished).map(|(answered, _)| (page, answered))
    })
}

impl Expectation for InFlight {
    fn contradiction(&self, Parts { site: conditions, .. }: Parts<'_>) -> Option<String> {
        let Some(conditions) = conditions else { return needs_site(conditions, "in-flight") };
        let fewest = conditions.fewest_pages();
        let hold = conditions.hold.as_ref().map(|hold| hold.get_ref().of(fewest));
        match self.bounds(fewest) {
            (None, None) => Some("in-flight needs reaches, at-most or both".to_owned()),
            (Some(reaches), _) if reaches > fewest => {
                Some(format!("{reaches} in flight are more than there are pages ({fewest})"))
            }
            (Some(reaches), Some(at_most)) if reaches > at_most => {
                Some(format!("in-flight is to reach {reaches}, and to be at most {at_most}"))
            }
            (_, Some(at_most)) if hold.is_some_and(|hold| hold > at_most) => {
                Some(format!("the site waits for more in flight than the {at_most} that are allowed"))
            }
            _ => None,
        }
    }

    fn expected(&self, plan: &Plan, lang: Lang) -> String {
        let requests = |count: u32| requests(count.into(), lang);
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
        let (peak, peak_at) = peak_of_requests(run);
        let (count, after) = (lang.number(peak), lang.seconds(peak_at));
        let peaked = lang.pick(
            format!("{count} in flight at once, {after} after the first request"),
            format!("одновременно в работе: {count}, через {after} после первого запроса"),
        );
        if peak == 0 {
            let status = if reaches.is_some() { Status::Unmet } else { Status::Unknown };
            let seen = lang.pick("no request was in flight at any time", "в работе не было ни одного запроса");
            return Judgement::new(status, seen);
        }
        if at_most.is_some_and(|most| peak > most.into()) {
            return Judgement::unmet(peaked);
        }
        let pages = peak_of_pages(run);
        if reaches.is_some_and(|least| pages < least.into()) {
            let count = lang.number(pages);
            let never_more = lang.pick(
                format!("never more than {count} in flight"),
                format!("одновременно в работе было не больше {count}"),
            );
            return Judgement::unmet(match first_that_waited(run) {
                Some((waited, answered)) => lang.pick(
                    format!("you asked for page {waited} only after page {answered} had been answered; {never_more}"),
                    format!(
                        "страница {waited} запрошена только после того, как получена страница {answered}; {never_more}"
                    ),
                ),
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
            Some(_) => not_so_far(lang),
            // With more in flight than the hold, no request had to follow an answer.
            None if peak_of_requests(run).0 > run.plan.hold.unwrap_or(0).into() => Judgement::unknown(lang.pick(
                "it can't be told: too many were in flight from the beginning",
                "не видно: в работе с самого начала было слишком много запросов",
            )),
            None if run.answers().is_empty() => not_so_far(lang),
            None => {
                Judgement::met(lang.pick(
                    "each answer was followed by the next request",
                    "за каждым ответом сразу шёл следующий запрос",
                ))
            }
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
            None if run.answers().is_empty() => not_so_far(lang),
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
            Some(_) => not_so_far(lang),
        }
    }
}

impl Expectation for Attempts {
    fn contradiction(&self, Parts { site: conditions, .. }: Parts<'_>) -> Option<String> {
        if self.exactly == 0 {
            return Some("at least one attempt is needed".to_owned());
        }
        needs_fault(conditions, fails_first, "attempts goes with a fault like \"any:fail-first=2\"")
    }

    fn expected(&self, _plan: &Plan, lang: Lang) -> String {
        let attempts = attempts(self.exactly.into(), lang);
        let expected = lang.pick(
            format!("{attempts} at each page that fails at first"),
            format!("{attempts} на каждую страницу, которая сначала отвечает ошибкой"),
        );
        let Some(Time(apart)) = self.apart else { return expected };
        let apart = time(apart, lang);
        expected
            + &lang.pick(
                format!(", {apart} or more after a failure"),
                format!(", не раньше чем через {apart} после ошибки"),
            )
    }

    fn judge(&self, run: &Run, lang: Lang) -> Judgement {
        for fault in run.plan.faults().iter().filter(|fault| fails_first(fault.kind)) {
            let page = fault.target;
            let tries: Vec<&Exchange> = run.exchanges.iter().filter(|exchange| exchange.target == Some(page)).collect();
            if tries.len() as u64 != u64::from(self.exactly) {
                let tries = attempts(tries.len() as u64, lang);
                return Judgement::unmet(
                    lang.pick(format!("{tries} at page {page}"), format!("{tries} на страницу {page}")),
                );
            }
            for pair in tries.windows(2) {
                let gap = pair[1].arrived.saturating_sub(pair[0].answered.unwrap_or(pair[0].arrived));
                let gap = Duration::from_micros(gap);
                if self.apart.is_some_and(|Time(apart)| gap < apart) {
                    let gap = time(gap, lang);
                    return Judgement::unmet(lang.pick(
                        format!("page {page} was asked for again {gap} after it had failed"),
                        format!("страница {page} запрошена снова через {gap} после ошибки"),
                    ));
                }
            }
        }
        Judgement::met(lang.pick("as often as that", "столько и было"))
    }
}

impl Expectation for GivenUp {
    fn contradiction(&self, Parts { site: conditions, .. }: Parts<'_>) -> Option<String> {
        needs_fault(conditions, |kind| kind == FaultKind::Never, "given-up goes with a fault like \"any:never\"")
    }

    fn expected(&self, _plan: &Plan, lang: Lang) -> String {
        lang.pick(
            "a page that is never answered is given up, and the program ends by itself",
            "от страницы, которую сайт не отдаёт, программа отказывается и завершается сама",
        )
        .to_owned()
    }

    fn judge(&self, run: &Run, lang: Lang) -> Judgement {
        let never = run.plan.faults().iter().filter(|fault| fault.kind == FaultKind::Never);
        let never: BTreeSet<Target> = never.map(|fault| fault.target).collect();
        let asked: Vec<&Exchange> =
            run.exchanges.iter().filter(|exchange| exchange.target.is_some_and(|it| never.contains(&it))).collect();
        let targets: BTreeSet<Option<Target>> = asked.iter().map(|exchange| exchange.target).collect();
        if targets.len() < never.len() {
            return Judgement::unknown(lang.pick("that page was never asked for", "эта страница не запрошена"));
        }
        let after = lang.seconds(asked.iter().filter_map(|exchange| exchange.took()).max().unwrap_or(0));
        match run.last_act().end {
            End::Ended(_) => Judgement::met(
                lang.pick(format!("given up after {after}"), format!("программа отказалась через {after}")),
            ),
            _ => Judgement::unmet(lang.pick(
                format!("it was still being waited for after {after}"),
                format!("через {after} программа всё ещё ждала"),
            )),
        }
    }
}

impl Expectation for NothingAfterFailure {
    fn contradiction(&self, Parts { site: conditions, .. }: Parts<'_>) -> Option<String> {
        needs_fault(conditions, is_failure, "nothing-after-failure goes with a failing page")
    }

    fn expected(&self, _plan: &Plan, lang: Lang) -> String {
        lang.pick("after the first failure nothing more is asked for", "после первой ошибки больше ничего не запрошено")
            .to_owned()
    }

    fn judge(&self, run: &Run, lang: Lang) -> Judgement {
        let Some((when, page)) = first_failure(run) else {
            return Judgement::unknown(lang.pick("nothing has failed", "ошибок не было"));
        };
        match run.requests().find(|(_, exchange)| exchange.arrived > when) {
            None => {
                Judgement::met(lang.pick(
                    format!("nothing came after page {page}"),
                    format!("после страницы {page} ничего не запрошено"),
                ))
            }
            Some((next, _)) => Judgement::unmet(lang.pick(
                format!("page {page} had failed, and page {next} was asked for after that"),
                format!("на странице {page} была ошибка, но после этого запрошена страница {next}"),
            )),
        }
    }
}

/// When a page failed for the first time, and which.
pub(super) fn first_failure(run: &Run) -> Option<(u64, u32)> {
    let failed = |exchange: &Exchange| {
        let failed = exchange.outcome == Outcome::Reset || exchange.status.is_some_and(|status| status >= 400);
        exchange.finished.filter(|_| failed)
    };
    run.requests().filter_map(|(page, exchange)| Some((failed(exchange)?, page))).min()
}
