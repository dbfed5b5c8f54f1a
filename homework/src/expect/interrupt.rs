//! Expectations of a program that is interrupted, as by Ctrl-C.

use console::Lang;
use site::PageLine;

use super::judgement::{Expectation, Hint, Judgement, plain};
use crate::plan::Plan;
use crate::run::{Doing, Run, Stall};
use crate::stage::Parts;
use crate::words::{harmless, requests};

plain! {
    /// What is in flight when the program is interrupted is given up at once.
    GivenUpAtOnce,
    /// After that nothing more is asked for.
    NothingAfterInterrupt,
    /// A line says how many pages were done by then, of how many.
    Interrupted,
}

/// That no act begins anew and is interrupted, which an expectation needs.
fn needs_anew(Parts { site, .. }: Parts<'_>, name: &str) -> Option<String> {
    let is_so = site.is_some_and(|conditions| conditions.anew);
    (!is_so).then(|| format!("{name} goes with anew = true, and acts that are interrupted"))
}

/// The doings of the job that were interrupted, with the number of the last request before that.
fn interrupted(run: &Run) -> Vec<(Doing<'_>, u64)> {
    let doings = run.doings().into_iter();
    doings.filter_map(|doing| Some((doing, doing.acts.last()?.interrupted?))).collect()
}

impl Expectation for GivenUpAtOnce {
    fn contradiction(&self, parts: Parts<'_>) -> Option<String> {
        needs_anew(parts, "given-up-at-once")
    }

    fn expected(&self, _plan: &Plan, lang: Lang) -> String {
        lang.pick(
            "when the program is interrupted, it gives up at once what it has in flight",
            "прерванная программа сразу отказывается от запросов, которые в работе",
        )
        .to_owned()
    }

    fn judge(&self, run: &Run, lang: Lang) -> Judgement {
        if let Some(Stall::Interrupted(pages)) = &run.stall {
            let pages: Vec<String> = pages.iter().map(u32::to_string).collect();
            let pages = pages.join(", ");
            return Judgement::unmet(lang.pick(
                format!("it was interrupted, and went on waiting for page {pages}"),
                format!("программа прервана, но всё ещё ждала страницу {pages}"),
            ));
        }
        let given_up: usize = interrupted(run)
            .iter()
            .map(|(doing, last)| {
                let before = doing.exchanges.iter().filter(|exchange| exchange.id <= *last);
                before.filter(|exchange| run.cut_off.contains(&exchange.id)).count()
            })
            .sum();
        if given_up == 0 {
            return Judgement::not_so_far(lang);
        }
        let given_up = requests(given_up as u64, lang);
        Judgement::met(lang.pick(format!("{given_up} given up"), format!("отказ: {given_up}")))
    }
}

impl Expectation for NothingAfterInterrupt {
    fn contradiction(&self, parts: Parts<'_>) -> Option<String> {
        needs_anew(parts, "nothing-after-interrupt")
    }

    fn expected(&self, _plan: &Plan, lang: Lang) -> String {
        lang.pick(
            "after the interrupt nothing more is asked for",
            "после прерывания программа больше ничего не запрашивает",
        )
        .to_owned()
    }

    fn judge(&self, run: &Run, lang: Lang) -> Judgement {
        let all = interrupted(run);
        let after = all.iter().find_map(|(doing, last)| doing.requests().find(|(_, exchange)| exchange.id > *last));
        match after {
            Some((page, _)) => Judgement::unmet(lang.pick(
                format!("page {page} was asked for after the interrupt"),
                format!("страница {page} запрошена после прерывания"),
            )),
            None if all.is_empty() => Judgement::not_so_far(lang),
            None => Judgement::met(lang.pick("nothing came", "запросов не было")),
        }
    }
}

impl Expectation for Interrupted {
    fn contradiction(&self, parts: Parts<'_>) -> Option<String> {
        needs_anew(parts, "interrupted")
    }

    fn expected(&self, plan: &Plan, lang: Lang) -> String {
        let pages = plan.pages();
        lang.pick(
            format!("an interrupted program says how many pages it has printed: `Interrupted: N of {pages}`"),
            format!("прерванная программа сообщает, сколько страниц напечатано: `Interrupted: N of {pages}`"),
        )
    }

    fn judge(&self, run: &Run, lang: Lang) -> Judgement {
        let mut seen = Vec::new();
        for doing in run.doings() {
            let said = doing.acts.iter().flat_map(|act| &act.said).filter(|line| line.starts_with("Interrupted:"));
            let said: Vec<&str> = said.map(String::as_str).collect();
            if doing.is_whole() {
                if let Some(line) = said.first() {
                    let line = harmless(line);
                    return Judgement::unmet(lang.pick(
                        format!("`{line}` was printed, but the program was not interrupted"),
                        format!("напечатано `{line}`, но программу никто не прерывал"),
                    ));
                }
                continue;
            }
            let printed = doing.lines().filter(|line| PageLine::read(line).is_some()).count();
            let right = format!("Interrupted: {printed} of {}", run.plan.pages());
            match said.as_slice() {
                [line] if *line == right => seen.push(right),
                [] => {
                    return Judgement::unmet(
                        lang.pick(format!("there is no line `{right}`"), format!("строки `{right}` нет")),
                    );
                }
                [line] => {
                    let line = harmless(line);
                    return Judgement::unmet(lang.pick(
                        format!("`{line}` was printed; the lines before make it `{right}`"),
                        format!("напечатано `{line}`, а по строкам до неё должно быть `{right}`"),
                    ));
                }
                [_, second, ..] => {
                    let second = harmless(second);
                    return Judgement::unmet(
                        lang.pick(
                            format!("a second line says `{second}`"),
                            format!("есть и вторая строка: `{second}`"),
                        ),
                    )
                    .hinting(Hint::None);
                }
            }
        }
        if seen.is_empty() {
            return Judgement::not_so_far(lang);
        }
        let seen: Vec<String> = seen.iter().map(|line| format!("`{line}`")).collect();
        Judgement::met(seen.join(", "))
    }
}
