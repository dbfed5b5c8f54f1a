//! Expectations of what becomes of pages that go wrong.

use std::collections::BTreeSet;
use std::time::Duration;

use console::Lang;
use serde::Deserialize;
use site::{Exchange, FaultKind, Outcome, Target};

use super::judgement::{Expectation, Judgement, needs_fault, plain};
use crate::plan::Plan;
use crate::run::{End, Run};
use crate::stage::Parts;
use crate::stage::site::{fails_first, is_failure};
use crate::text::Text;
use crate::words::{attempts, time};

plain! {
    /// A page that is never answered is given up, and the program ends by itself.
    GivenUp,
    /// After the first failure nothing more is asked for.
    NothingAfterFailure,
}

/// How often targets are asked for that may go well when they are tried again.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attempts {
    /// So often those that answer with a failure at first.
    exactly: u32,
    /// How long after such a failure the next attempt comes, at the earliest.
    apart: Option<Apart>,
    /// So often those that are cut off at first.
    cut: Option<u32>,
    /// So often those that are never answered.
    unanswered: Option<u32>,
    /// Shown when it is not met.
    pub(super) hint: Option<Text>,
}

/// A length of time, written as people do, `1s` or `300ms`; or `retry-after`.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "String")]
enum Apart {
    /// As long as this.
    Time(Duration),
    /// As long as the failure's Retry-After says.
    RetryAfter,
}

impl TryFrom<String> for Apart {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match text.as_str() {
            "retry-after" => Ok(Self::RetryAfter),
            _ => console::options::duration(&text).map(Self::Time),
        }
    }
}

impl Attempts {
    /// How many attempts are expected at a target with this fault, if that is said.
    fn at(&self, fault: FaultKind) -> Option<u32> {
        match fault {
            FaultKind::FailFirst { .. } => Some(self.exactly),
            FaultKind::CutFirst(_) => self.cut,
            FaultKind::Never => self.unanswered,
            _ => None,
        }
    }

    /// How long after a failed attempt the next one comes, at the earliest.
    fn apart(&self, fault: FaultKind) -> Option<Duration> {
        match (fault, self.apart?) {
            (FaultKind::FailFirst { retry_after, .. }, Apart::RetryAfter) => {
                Some(Duration::from_secs(retry_after.into()))
            }
            (FaultKind::FailFirst { .. }, Apart::Time(time)) => Some(time),
            _ => None,
        }
    }
}

impl Expectation for Attempts {
    fn contradiction(&self, Parts { site: conditions, .. }: Parts<'_>) -> Option<String> {
        let counts = [Some(self.exactly), self.cut, self.unanswered];
        if counts.into_iter().flatten().any(|count| count == 0) {
            return Some("at least one attempt is needed".to_owned());
        }
        needs_fault(conditions, fails_first, "attempts goes with a fault like \"any:fail-first=2\"").or_else(|| {
            let cut = self.cut.and_then(|_| {
                let is_cut = |kind| matches!(kind, FaultKind::CutFirst(_));
                needs_fault(conditions, is_cut, "cut goes with a fault like \"any:cut-first=1\"")
            });
            let never = |kind| kind == FaultKind::Never;
            let unanswered = self
                .unanswered
                .and_then(|_| needs_fault(conditions, never, "unanswered goes with a fault like \"any:never\""));
            cut.or(unanswered)
        })
    }

    fn expected(&self, _plan: &Plan, lang: Lang) -> String {
        let at_failing = attempts(self.exactly.into(), lang);
        let mut expected = lang.pick(
            format!("{at_failing} at each page that fails at first"),
            format!("{at_failing} на каждую страницу, которая сначала отвечает ошибкой"),
        );
        expected += &match self.apart {
            Some(Apart::Time(apart)) => {
                let apart = time(apart, lang);
                lang.pick(
                    format!(", {apart} or more after a failure"),
                    format!(", не раньше чем через {apart} после ошибки"),
                )
            }
            Some(Apart::RetryAfter) => {
                lang.pick(", not before its Retry-After is over", ", не раньше, чем пройдёт её Retry-After").to_owned()
            }
            None => String::new(),
        };
        if let Some(cut) = self.cut {
            expected += &lang.pick(format!("; {cut} at a cut-off one"), format!("; на оборванную — {cut}"));
        }
        if let Some(unanswered) = self.unanswered {
            expected += &lang.pick(
                format!("; {unanswered} at one that is never answered"),
                format!("; на ту, что не отвечает, — {unanswered}"),
            );
        }
        expected
    }

    fn judge(&self, run: &Run, lang: Lang) -> Judgement {
        for fault in run.plan.faults() {
            let Some(wanted) = self.at(fault.kind) else { continue };
            let page = fault.target;
            // One that was given up while the site held it is the site's doing.
            let counts = |exchange: &&Exchange| !exchange.gated || exchange.released.is_some();
            let of_page = run.exchanges.iter().filter(|exchange| exchange.target == Some(page));
            let tries: Vec<&Exchange> = of_page.filter(counts).collect();
            if tries.len() as u64 != u64::from(wanted) {
                let tries = attempts(tries.len() as u64, lang);
                return Judgement::unmet(
                    lang.pick(format!("{tries} at page {page}"), format!("{tries} на страницу {page}")),
                );
            }
            let Some(apart) = self.apart(fault.kind) else { continue };
            for pair in tries.windows(2) {
                let gap = pair[1].arrived.saturating_sub(pair[0].answered.unwrap_or(pair[0].arrived));
                let gap = Duration::from_micros(gap);
                if gap < apart {
                    let [gap, apart] = [gap, apart].map(|length| time(length, lang));
                    return Judgement::unmet(lang.pick(
                        format!("page {page} was asked for again {gap} after it had failed, and not {apart}"),
                        format!("страница {page} запрошена снова через {gap} после ошибки, а не через {apart}"),
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
