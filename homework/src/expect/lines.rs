//! Expectations of what was printed, and when.

use std::collections::{BTreeMap, BTreeSet};

use console::Lang;
use serde::Deserialize;
use site::{FaultKind, Outcome, PageLine, Target, first_price};

use super::failures::first_failure;
use super::judgement::{Expectation, Hint, Judgement, plain};
use crate::plan::Plan;
use crate::run::{Doing, Run, Stall, page_of};
use crate::stage::Parts;
use crate::stage::site::{Answer, Conditions};
use crate::text::Text;
use crate::words::harmless;

/// For each page that was answered whole there is one line, as it was served.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lines {
    /// The order of the lines.
    order: LineOrder,
    /// Whether they end in the price of the page's first car.
    #[serde(default)]
    price: bool,
    /// Whether a page that is not answered whole has a line, too, that says why.
    #[serde(default)]
    errors: bool,
    /// Shown when a line is missing, or not where it belongs.
    pub(super) hint: Option<Text>,
}

/// The order of lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum LineOrder {
    /// By page number.
    Pages,
    /// As the pages were answered.
    Answers,
    /// Any.
    Any,
}

plain! {
    /// Each line comes before the next page is answered.
    LineAtOnce,
}

/// What is wrong with the lines.
enum Fault {
    /// Something is said that can only be wrong, or is said in the wrong form: it explains itself.
    Said(String),
    /// A line is missing, or at the wrong place.
    Absent(String),
}

impl Lines {
    /// The line that is right for a page that was answered with this status.
    fn right(&self, run: &Run, page: u32, status: u16) -> PageLine {
        // Only listings show cars.
        let price = (self.price && status == 200).then(|| first_price(run.plan.seed, page));
        PageLine { page, status, price }
    }

    /// The first thing that is wrong, or else how many lines there are.
    fn first_fault(&self, doing: Doing<'_>, lang: Lang) -> Result<usize, Fault> {
        let run = doing.run;
        let answers = doing.answers();
        let served: BTreeMap<u32, u16> = answers.iter().copied().collect();
        let said = |en: String, ru: String| Err(Fault::Said(lang.pick(en, ru)));
        let mut printed: Vec<u32> = Vec::new();
        let mut malformed: BTreeMap<u32, Vec<String>> = BTreeMap::new();
        let mut failed: BTreeSet<u32> = BTreeSet::new();
        for text in doing.lines() {
            let quoted = harmless(text.trim());
            if let Some((page, why)) = PageLine::read_error(text).filter(|_| self.errors) {
                if run.plan.is_answered_whole(page) {
                    return said(
                        format!("`{quoted}` was printed, but that page can be had"),
                        format!("напечатано `{quoted}`, но эту страницу можно получить"),
                    );
                }
                if is_never_answered(run, page) && why != TIMEOUT {
                    return said(
                        format!("`{quoted}` was printed; that page does not answer: `Page: {page} Error: {TIMEOUT}`"),
                        format!("напечатано `{quoted}`, но эта страница не отвечает: `Page: {page} Error: {TIMEOUT}`"),
                    );
                }
                if !failed.insert(page) {
                    return said(format!("`{quoted}` was printed twice"), format!("`{quoted}` напечатано дважды"));
                }
                continue;
            }
            let Some(line) = PageLine::read(text) else {
                if let Some(page) = page_of(text) {
                    malformed.entry(page).or_default().push(quoted);
                }
                continue;
            };
            let Some(&status) = served.get(&line.page) else {
                return said(
                    format!("`{quoted}` was printed, but the site had not answered that page"),
                    format!("напечатано `{quoted}`, но эту страницу сайт ещё не отдал"),
                );
            };
            let right = self.right(run, line.page, status);
            if line != right {
                return said(
                    format!("`{quoted}` was printed; what was served makes it `{right}`"),
                    format!("напечатано `{quoted}`, а по ответу сайта должно быть `{right}`"),
                );
            }
            if printed.contains(&line.page) {
                return said(format!("`{quoted}` was printed twice"), format!("`{quoted}` напечатано дважды"));
            }
            printed.push(line.page);
        }
        let missing: Vec<u32> = served.keys().copied().filter(|page| !printed.contains(page)).collect();
        // A line of the wrong form matters only where none of the right form is.
        if let Some((page, all)) = malformed.iter().find(|(page, _)| missing.contains(page)) {
            let right = self.right(run, *page, served[page]);
            // Of several the one that comes closest.
            let quoted = all.iter().find(|line| line.starts_with(&right.to_string())).unwrap_or(&all[0]);
            return said(
                format!("`{quoted}` was printed; what was served makes it `{right}`, character for character"),
                format!("напечатано `{quoted}`, а по ответу сайта должно быть `{right}`, точь-в-точь"),
            );
        }
        if let Some(page) = given_up(doing) {
            return Err(Fault::Said(lang.pick(
                format!("page {page} was given up before its answer had come: the program did not wait long enough"),
                format!("от страницы {page} программа отказалась до того, как пришёл ответ: ждала слишком мало"),
            )));
        }
        let absent = |en: String, ru: String| Err(Fault::Absent(lang.pick(en, ru)));
        if let Some((page, expected)) = self.out_of_order(run, &printed, &answers) {
            return absent(
                format!("page {page}'s line came where page {expected}'s was due"),
                format!("строка страницы {page} напечатана там, где должна быть строка страницы {expected}"),
            );
        }
        if let Some(page) = missing.first() {
            let right = self.right(run, *page, served[page]);
            return absent(
                format!("page {page} was answered, but there is no line `{right}`"),
                format!("страница {page} получена, но строки `{right}` нет"),
            );
        }
        let of_failures = (1..=run.plan.pages()).filter(|page| self.errors && !run.plan.is_answered_whole(*page));
        if let Some(page) = of_failures.into_iter().find(|page| !failed.contains(page)) {
            let why = if is_never_answered(run, page) { TIMEOUT } else { "…" };
            return absent(
                format!("there is no line `Page: {page} Error: {why}`"),
                format!("строки `Page: {page} Error: {why}` нет"),
            );
        }
        Ok(printed.len() + failed.len())
    }

    /// The first page whose line is not where it belongs, and the page whose line belongs there.
    fn out_of_order(&self, run: &Run, printed: &[u32], answers: &[(u32, u16)]) -> Option<(u32, u32)> {
        let mut right: Vec<u32> = match self.order {
            LineOrder::Any => return None,
            LineOrder::Pages => printed.iter().copied().collect::<BTreeSet<u32>>().into_iter().collect(),
            LineOrder::Answers => answers.iter().map(|(page, _)| *page).filter(|page| printed.contains(page)).collect(),
        };
        if self.order == LineOrder::Answers
            && let Some(Stall::Line(page) | Stall::GivenUp(page, _) | Stall::Refill(_, Target::Page(page))) = run.stall
        {
            // After a stall all the rest were answered in no particular order, but after this one.
            let kept = right.iter().position(|other| *other == page).map_or(0, |place| place + 1);
            right.truncate(kept);
        } else if self.order == LineOrder::Answers && run.stall.is_some() {
            return None;
        }
        printed.iter().zip(&right).find(|(page, expected)| page != expected).map(|(page, expected)| (*page, *expected))
    }
}

/// What a line says of a page that did not answer in time.
const TIMEOUT: &str = "timeout";

fn is_never_answered(run: &Run, page: u32) -> bool {
    run.plan.fault_of(Target::Page(page)) == Some(FaultKind::Never)
}

/// A page that the client gave up, though it would have been answered, and was not told to.
fn given_up(doing: Doing<'_>) -> Option<u32> {
    let run = doing.run;
    let whole: BTreeSet<u32> = doing.answers().into_iter().map(|(page, _)| page).collect();
    let in_a_race = run.plan.hold.is_some() && run.plan.answer == Answer::Race;
    let failure = first_failure(run).map(|(when, _)| when);
    let given_up = doing.requests().filter(|(page, exchange)| {
        exchange.outcome == Outcome::GivenUp
            && !run.cut_off.contains(&exchange.id)
            && !whole.contains(page)
            && !in_a_race
            && run.plan.is_answered_whole(*page)
            // A program that fails fast gives up the rest.
            && failure.is_none_or(|failure| exchange.finished.is_some_and(|end| end < failure))
    });
    given_up.map(|(page, _)| page).min()
}

impl Expectation for Lines {
    fn contradiction(&self, Parts { site: conditions, .. }: Parts<'_>) -> Option<String> {
        let Some(conditions) = conditions else { return Some("lines is about a site: add [site]".to_owned()) };
        let one_by_one =
            [Answer::OneForOne, Answer::AfterItsLine, Answer::Race].map(Some).contains(&conditions.answer());
        (self.order == LineOrder::Answers && !one_by_one)
            .then(|| "lines in the order of answers go with answers that come one by one".to_owned())
    }

    fn expected(&self, _plan: &Plan, lang: Lang) -> String {
        let price = if self.price { " Price: P" } else { "" };
        let (en, ru) = match self.order {
            LineOrder::Pages => (", in the pages' order", ", по порядку страниц"),
            LineOrder::Answers => (", in the order of the answers", ", в порядке ответов"),
            LineOrder::Any => ("", ""),
        };
        let mut expected = lang.pick(
            format!("a line `Page: N Status: S{price}` for each answered page{en}, as it was served"),
            format!("строка `Page: N Status: S{price}` на каждую полученную страницу{ru}; всё в ней — как отдал сайт"),
        );
        if self.errors {
            expected += lang.pick(
                "; for one that can't be had `Page: N Error: timeout`, or what else it was",
                "; на ту, которую получить нельзя, — `Page: N Error: timeout` или другая причина",
            );
        }
        expected
    }

    fn judge(&self, run: &Run, lang: Lang) -> Judgement {
        let faults = run.doings().into_iter().map(|doing| self.first_fault(doing, lang));
        match faults.sum::<Result<usize, Fault>>() {
            Err(Fault::Said(seen)) => Judgement::unmet(seen).hinting(Hint::None),
            Err(Fault::Absent(seen)) => Judgement::unmet(seen),
            Ok(0) => Judgement::unknown(lang.pick("no page was answered", "ни одна страница не получена")),
            Ok(count) => {
                let lines = lang.count(count as u64, ["line", "lines"], ["строка", "строки", "строк"]);
                Judgement::met(lang.pick(format!("{lines}, all as served"), format!("{lines}, всё сходится")))
            }
        }
    }
}

impl Expectation for LineAtOnce {
    fn contradiction(&self, Parts { site: conditions, .. }: Parts<'_>) -> Option<String> {
        let is_so = conditions.and_then(Conditions::answer) == Some(Answer::AfterItsLine);
        (!is_so).then(|| "line-at-once goes with answer = \"after-its-line\"".to_owned())
    }

    fn expected(&self, _plan: &Plan, lang: Lang) -> String {
        lang.pick(
            "each page's line is printed before the next page is answered",
            "строка каждой страницы напечатана до следующего ответа",
        )
        .to_owned()
    }

    fn judge(&self, run: &Run, lang: Lang) -> Judgement {
        match &run.stall {
            None if run.lines().next().is_none() => Judgement::not_so_far(lang),
            None => Judgement::met(lang.pick("no line was late", "ни одна строка не опоздала")),
            Some(Stall::Line(page)) => {
                let seen = if run.lines().any(|line| page_of(line) == Some(*page)) {
                    lang.pick(
                        format!(
                            "page {page} was answered, and the site waited for its line: it came only when other pages \
                             were answered"
                        ),
                        format!(
                            "страница {page} получена, сайт ждал её строку, но она напечатана лишь после других ответов"
                        ),
                    )
                } else {
                    lang.pick(
                        format!("page {page} was answered, and the site waited for its line in vain"),
                        format!("страница {page} получена, но её строки сайт не дождался"),
                    )
                };
                Judgement::unmet(seen).hinting(run.language.late_line(lang).map_or(Hint::OfHomework, Hint::Words))
            }
            Some(Stall::LineBeforeRetry(page, retried)) => Judgement::unmet(lang.pick(
                format!(
                    "page {page} was answered, and its line came only after page {retried} had been asked for again: it \
                     waits for that one"
                ),
                format!(
                    "страница {page} получена, но её строка напечатана лишь после повторного запроса страницы \
                     {retried}: она ждёт ту, другую"
                ),
            )),
            Some(_) => Judgement::not_so_far(lang),
        }
    }
}
