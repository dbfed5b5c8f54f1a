//! Expectations of what is made of the prices on details pages.

use console::Lang;
use site::{Outcome, first_price};

use super::judgement::{Expectation, Judgement, plain};
use crate::plan::Plan;
use crate::run::{Run, Stall};
use crate::stage::Parts;
use crate::stage::site::{Conditions, Details};
use crate::words::harmless;

plain! {
    /// After each details page a line says the sum of all prices so far, before the next one is answered.
    Progress,
    /// In the end a line says the sum of all prices, the least and the greatest.
    Total,
}

/// That details pages are not answered one after another, which an expectation needs.
fn needs_all(Parts { site, .. }: Parts<'_>, name: &str) -> Option<String> {
    let is_so = site.and_then(Conditions::details) == Some(Details::All);
    (!is_so).then(|| format!("{name} goes with details = \"all\""))
}

/// The prices on the details pages that were answered whole, in the order of the answers.
fn prices(run: &Run) -> Vec<u64> {
    let whole = run.details().filter(|(_, exchange)| exchange.outcome == Outcome::Answered);
    let mut answers: Vec<(u64, u32)> = whole.filter_map(|(page, exchange)| Some((exchange.answered?, page))).collect();
    answers.sort_unstable();
    answers.into_iter().map(|(_, page)| first_price(run.plan.seed, page).into()).collect()
}

/// The lines that begin with a word.
fn said<'a>(run: &'a Run, begin: &str) -> Vec<&'a str> {
    let said = run.last_act().said.iter().map(String::as_str);
    said.filter(|line| line.starts_with(begin)).collect()
}

impl Expectation for Progress {
    fn contradiction(&self, parts: Parts<'_>) -> Option<String> {
        needs_all(parts, "progress")
    }

    fn expected(&self, _plan: &Plan, lang: Lang) -> String {
        lang.pick(
            "after each details page, and before the next, a line `Sum: S of K`: the sum of the first K prices",
            "после каждой страницы машины, до следующей, — строка `Sum: S of K`: сумма первых K цен",
        )
        .to_owned()
    }

    fn judge(&self, run: &Run, lang: Lang) -> Judgement {
        let (prices, lines) = (prices(run), said(run, "Sum:"));
        if prices.is_empty() {
            return Judgement::not_so_far(lang);
        }
        let sums = prices.iter().scan(0, |sum, price| {
            *sum += price;
            Some(*sum)
        });
        let right: Vec<String> = sums.enumerate().map(|(index, sum)| format!("Sum: {sum} of {}", index + 1)).collect();
        // After a stall all the rest was answered in no particular order.
        let known = match run.stall {
            Some(Stall::Sum(count)) => count as usize,
            Some(_) => return Judgement::not_so_far(lang),
            None => right.len(),
        };
        let known = &right[..known.min(right.len())];
        if let Some((line, right)) = lines.iter().zip(known).find(|(line, right)| line != right) {
            let line = harmless(line);
            return Judgement::unmet(lang.pick(
                format!("`{line}` was printed; what had been answered by then makes it `{right}`"),
                format!("напечатано `{line}`, а по полученным к тому времени ценам должно быть `{right}`"),
            ));
        }
        if let Some(Stall::Sum(count)) = run.stall {
            let right = known.last().map_or("", String::as_str);
            return Judgement::unmet(lang.pick(
                format!("details page {count} had been answered, and the site waited in vain for the line `{right}`"),
                format!("страница машины номер {count} отдана, но строки `{right}` сайт не дождался"),
            ));
        }
        if let Some(line) = lines.get(right.len()) {
            let line = harmless(line);
            return Judgement::unmet(lang.pick(
                format!("`{line}` was printed after the last price"),
                format!("напечатано `{line}`, хотя все цены уже учтены"),
            ));
        }
        let lines = lang.count(lines.len() as u64, ["line", "lines"], ["строка", "строки", "строк"]);
        Judgement::met(lang.pick(format!("{lines}, each in time"), format!("{lines}, каждая вовремя")))
    }
}

impl Expectation for Total {
    fn contradiction(&self, parts: Parts<'_>) -> Option<String> {
        needs_all(parts, "total")
    }

    fn expected(&self, _plan: &Plan, lang: Lang) -> String {
        lang.pick(
            "in the end one line `Total: S Min: A Max: B`: the sum of all prices, the least and the greatest",
            "в конце одна строка `Total: S Min: A Max: B`: сумма всех цен, наименьшая и наибольшая",
        )
        .to_owned()
    }

    fn judge(&self, run: &Run, lang: Lang) -> Judgement {
        let (prices, lines) = (prices(run), said(run, "Total:"));
        let (pages, answered) = (run.plan.pages() as usize, prices.len());
        if answered < pages {
            return match lines.first().map(|line| harmless(line)) {
                // It is told which were never asked for, or what sum is missing.
                None if run.details().count() < pages || answered > 0 => Judgement::not_so_far(lang),
                None => Judgement::unmet(lang.pick(
                    "the program ended before any details page had been answered",
                    "программа закончилась раньше, чем пришла хотя бы одна страница машины",
                )),
                Some(line) => Judgement::unmet(lang.pick(
                    format!("`{line}` was printed, and {answered} of {pages} details pages were answered"),
                    format!("напечатано `{line}`, а сайт ответил на {answered} из {pages} запросов страниц машин"),
                )),
            };
        }
        let least = prices.iter().min().copied().unwrap_or(0);
        let greatest = prices.iter().max().copied().unwrap_or(0);
        let right = format!("Total: {} Min: {least} Max: {greatest}", prices.iter().sum::<u64>());
        match lines.as_slice() {
            [line] if *line == right => Judgement::met(format!("`{line}`")),
            [] => Judgement::unmet(lang.pick(format!("there is no line `{right}`"), format!("строки `{right}` нет"))),
            [line] => {
                let line = harmless(line);
                Judgement::unmet(lang.pick(
                    format!("`{line}` was printed; what was served makes it `{right}`"),
                    format!("напечатано `{line}`, а по ценам с сайта должно быть `{right}`"),
                ))
            }
            [first, ..] => {
                let first = harmless(first);
                Judgement::unmet(lang.pick(
                    format!("there are several such lines, the first one is `{first}`"),
                    format!("таких строк несколько, первая: `{first}`"),
                ))
            }
        }
    }
}
