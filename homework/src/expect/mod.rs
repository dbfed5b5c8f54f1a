//! Judging a run: what a homework expects, held against what was seen.

use std::collections::BTreeMap;
use std::time::Duration;

use console::Lang;
use site::{Exchange, FaultKind, Figures, Outcome, Timeline};
use toml::Spanned;

use crate::process::{Ended, Exceeded};
use crate::run::{End, Run, Stall};
use crate::task::{self, Attempts, Connections, Exit, InFlight, LineOrder, Lines, Task, Text};

/// What became of one expectation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The expectation's name in `homework.toml`.
    pub name: &'static str,
    /// Whether it was met.
    pub status: Status,
    /// What was expected.
    pub expected: String,
    /// What was seen.
    pub seen: String,
    /// What helps, if it was not met.
    pub hint: Option<String>,
}

/// Whether an expectation was met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It was.
    Met,
    /// It was not.
    Unmet,
    /// The run did not get so far that it could be told.
    Untold,
}

/// Whether something was as expected, and what was seen.
type Seen = (Status, String);

/// Holds a run against its homework's expectations, in the order in which homework/README.md lists them.
pub fn judge(task: &Task, run: &Run, lang: Lang) -> Vec<Finding> {
    let judge = Judge { run, lang };
    let expect = &task.expect;
    let mut findings = Vec::new();
    let mut add = |name, hint: &Option<Text>, expected: String, (status, seen): Seen| {
        let hint = hint.as_ref().filter(|_| status == Status::Unmet).map(|hint| hint.pick(lang).to_owned());
        findings.push(Finding { name, status, expected, seen, hint });
    };
    if let Some(plain) = get(expect.each_page_once.as_ref()) {
        let expected = lang.pick("every page is asked for exactly once", "каждая страница запрошена ровно один раз");
        add("each-page-once", &plain.hint, expected.to_owned(), judge.each_page_once());
    }
    if let Some(plain) = get(expect.page_order.as_ref()) {
        let expected = lang.pick("the pages are asked for in their order", "страницы запрошены по порядку");
        add("page-order", &plain.hint, expected.to_owned(), judge.page_order());
    }
    if let Some(rule) = get(expect.in_flight.as_ref()) {
        let (expected, seen) = judge.in_flight(rule);
        add("in-flight", &rule.hint, expected, seen);
    }
    if let Some(plain) = get(expect.kept_full.as_ref()) {
        let hold = lang.number(run.plan.hold.unwrap_or(0).into());
        let expected = lang.pick(
            format!("after each answer the next page is asked for, while the others wait: always {hold} in flight"),
            format!("после каждого ответа запрошена следующая страница, пока другие ждут: в работе всегда {hold}"),
        );
        add("kept-full", &plain.hint, expected, judge.kept_full());
    }
    if let Some(rule) = get(expect.connections.as_ref()) {
        let (expected, seen) = judge.connections(rule);
        add("connections", &rule.hint, expected, seen);
    }
    if let Some(rule) = get(expect.lines.as_ref()) {
        add("lines", &rule.hint, judge.lines_expected(rule), judge.lines(rule));
    }
    if let Some(plain) = get(expect.line_at_once.as_ref()) {
        let expected = lang.pick(
            "each page's line is printed before the next page is answered",
            "строка каждой страницы напечатана раньше, чем пришёл следующий ответ",
        );
        add("line-at-once", &plain.hint, expected.to_owned(), judge.line_at_once());
    }
    if let Some(plain) = get(expect.others_given_up.as_ref()) {
        let expected = lang.pick(
            "once a page is answered, the other requests are given up, and the program goes on",
            "как только одна страница получена, от остальных запросов программа отказывается и идёт дальше",
        );
        add("others-given-up", &plain.hint, expected.to_owned(), judge.others_given_up());
    }
    if let Some(rule) = get(expect.attempts.as_ref()) {
        let (expected, seen) = judge.attempts(rule);
        add("attempts", &rule.hint, expected, seen);
    }
    if let Some(plain) = get(expect.given_up.as_ref()) {
        let expected = lang.pick(
            "a page that is never answered is given up, and the program ends by itself",
            "от страницы, на которую не отвечают, программа отказывается и завершается сама",
        );
        add("given-up", &plain.hint, expected.to_owned(), judge.given_up());
    }
    if let Some(plain) = get(expect.nothing_after_failure.as_ref()) {
        let expected = lang.pick(
            "after the first failure nothing more is asked for",
            "после первой неудачи больше ничего не запрошено",
        );
        add("nothing-after-failure", &plain.hint, expected.to_owned(), judge.nothing_after_failure());
    }
    if let Some(plain) = get(expect.idle_while_waiting.as_ref()) {
        let expected = lang.pick(
            "while every answer is held, the program uses no CPU time",
            "пока сайт держит все ответы, программа не занимает процессор",
        );
        add("idle-while-waiting", &plain.hint, expected.to_owned(), judge.idle_while_waiting());
    }
    let (expected, seen) = judge.exit(&expect.exit);
    add("exit", &expect.exit.hint, expected, seen);
    findings
}

fn get<T>(spanned: Option<&Spanned<T>>) -> Option<&T> {
    spanned.map(Spanned::get_ref)
}

fn met_if(met: bool) -> Status {
    if met { Status::Met } else { Status::Unmet }
}

/// What a line about a page says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct PageLine {
    page: u32,
    status: u16,
    price: Option<u32>,
}

impl PageLine {
    /// Reads a line that is written exactly as it must be.
    fn parse(line: &str) -> Option<Self> {
        let (page, rest) = line.strip_prefix("Page: ")?.split_once(" Status: ")?;
        let (status, price) = match rest.split_once(" Price: ") {
            Some((status, price)) => (status, Some(price.parse().ok()?)),
            None => (rest, None),
        };
        let read = Self { page: page.parse().ok()?, status: status.parse().ok()?, price };
        // No sign, no zero in front, no space at the end.
        (read.to_string() == line).then_some(read)
    }
}

impl std::fmt::Display for PageLine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Page: {} Status: {}", self.page, self.status)?;
        self.price.map_or(Ok(()), |price| write!(f, " Price: {price}"))
    }
}

struct Judge<'a> {
    run: &'a Run,
    lang: Lang,
}

impl Judge<'_> {
    fn pages(&self) -> u32 {
        self.run.plan.scenario.pages
    }

    /// The requests for pages that there are, with their page.
    fn requests(&self) -> impl Iterator<Item = (u32, &Exchange)> {
        let wanted = |page: &u32| (1..=self.pages()).contains(page);
        self.run.exchanges.iter().filter_map(move |exchange| Some((exchange.page().filter(wanted)?, exchange)))
    }

    fn requests_for(&self, wanted: u32) -> impl Iterator<Item = &Exchange> {
        self.requests().filter(move |(page, _)| *page == wanted).map(|(_, exchange)| exchange)
    }

    fn said(&self, status: Status, en: impl Into<String>, ru: impl Into<String>) -> Seen {
        (status, self.lang.pick(en.into(), ru.into()))
    }

    fn each_page_once(&self) -> Seen {
        use Status::Unmet;
        let lang = self.lang;
        if self.run.exchanges.is_empty() {
            return match self.run.connections {
                0 => self.said(Unmet, "the site was never asked for anything", "к сайту не было ни одного запроса"),
                _ => self.said(
                    Unmet,
                    "connections were opened, but no request came that could be read as HTTP",
                    "соединения открывались, но ни одного запроса, который читается как HTTP, не пришло",
                ),
            };
        }
        if let Some(other) = self.run.exchanges.iter().find(|exchange| {
            exchange.method != "GET" || !exchange.page().is_some_and(|page| (1..=self.pages()).contains(&page))
        }) {
            let what = format!("{} {}", other.method, other.path.escape_debug());
            return self.said(
                Unmet,
                format!("something else was asked for: {what}"),
                format!("запрошено лишнее: {what}"),
            );
        }
        // Pages that fail at first are meant to be asked for again.
        let fails_first = |page| self.run.plan.fault_of(page).is_some_and(|kind| task::fails_first(kind).is_some());
        for page in 1..=self.pages() {
            match self.requests_for(page).count() as u64 {
                0 => {
                    let missing =
                        (1..=self.pages()).filter(|page| self.requests_for(*page).next().is_none()).count() as u64;
                    let more = missing - 1;
                    return self.said(
                        Unmet,
                        match more {
                            0 => format!("page {page} was never asked for"),
                            _ => format!("page {page} was never asked for, nor {more} more"),
                        },
                        match more {
                            0 => format!("страница {page} не запрошена ни разу"),
                            _ => format!("страница {page} не запрошена ни разу, и ещё {more} тоже"),
                        },
                    );
                }
                1 => {}
                _ if fails_first(page) => {}
                times => {
                    let times = lang.count(times, ["time", "times"], ["раз", "раза", "раз"]);
                    return self.said(
                        Unmet,
                        format!("page {page} was asked for {times}"),
                        format!("страница {page} запрошена {times}"),
                    );
                }
            }
        }
        let all = lang.count(self.pages().into(), ["page", "pages"], ["страница", "страницы", "страниц"]);
        self.said(Status::Met, format!("{all}, each asked for once"), format!("{all}, каждая запрошена один раз"))
    }

    fn page_order(&self) -> Seen {
        let mut last = 0;
        for (page, _) in self.requests().filter(|(_, exchange)| exchange.attempt == 1) {
            if page < last {
                return self.said(
                    Status::Unmet,
                    format!("page {page} was asked for after page {last}"),
                    format!("страница {page} запрошена после страницы {last}"),
                );
            }
            last = page;
        }
        match last {
            0 => self.said(Status::Untold, "no page was asked for", "ни одна страница не запрошена"),
            _ => self.said(Status::Met, "page after page", "страница за страницей"),
        }
    }

    fn in_flight(&self, rule: &InFlight) -> (String, Seen) {
        let (lang, pages) = (self.lang, self.pages());
        let reaches = rule.reaches.map(|count| count.of(pages));
        let at_most = rule.at_most.map(|count| count.of(pages));
        let requests =
            |count: u32| lang.count(count.into(), ["request", "requests"], ["запрос", "запроса", "запросов"]);
        let expected = match (reaches, at_most) {
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
            (None, at_most) => lang.pick(
                format!("never more than {} in flight", requests(at_most.unwrap_or(pages))),
                format!("в работе не больше {} сразу", lang.number(at_most.unwrap_or(pages).into())),
            ),
        };
        let Figures { peak_in_flight: peak, peak_at, .. } = Timeline::new(&self.run.exchanges).figures();
        let (count, after) = (lang.number(peak), lang.seconds(peak_at));
        let peaked = |status| {
            self.said(
                status,
                format!("{count} in flight at once, {after} after the first request"),
                format!("одновременно в работе: {count}, через {after} после первого запроса"),
            )
        };
        let seen = if peak == 0 {
            let status = if reaches.is_some() { Status::Unmet } else { Status::Untold };
            self.said(status, "no request was in flight at any time", "в работе не было ни одного запроса")
        } else if at_most.is_some_and(|most| peak > most.into()) {
            peaked(Status::Unmet)
        } else if reaches.is_some_and(|least| peak < least.into()) {
            let en = format!("never more than {count} in flight");
            let ru = format!("в работе никогда не было больше {count}");
            match self.first_that_waited() {
                Some((waited, answered)) => self.said(
                    Status::Unmet,
                    format!("you asked for page {waited} only after page {answered} had been answered; {en}"),
                    format!("страница {waited} запрошена только после ответа на страницу {answered}; {ru}"),
                ),
                None => self.said(Status::Unmet, en, ru),
            }
        } else {
            peaked(Status::Met)
        };
        (expected, seen)
    }

    /// The first page that was asked for when another one had been answered already, and that one.
    fn first_that_waited(&self) -> Option<(u32, u32)> {
        self.requests().find_map(|(page, exchange)| {
            let before =
                |other: &&(u32, &Exchange)| other.1.finished.is_some_and(|finished| finished <= exchange.arrived);
            let answered: Vec<_> = self.requests().collect();
            answered
                .iter()
                .filter(before)
                .max_by_key(|(_, other)| other.finished)
                .map(|(answered, _)| (page, *answered))
        })
    }

    fn kept_full(&self) -> Seen {
        match &self.run.stall {
            None => self.said(Status::Met, "each answer was followed by the next request", "за каждым ответом шёл следующий запрос"),
            Some(Stall::Refill(needed, page)) => self.said(
                Status::Unmet,
                format!(
                    "when page {page} had been answered, no other page was asked for until more answers came: {needed} should be in flight"
                ),
                format!(
                    "после ответа на страницу {page} новых запросов не было, пока не пришли другие ответы; в работе должно быть {needed}"
                ),
            ),
            Some(_) => self.not_so_far(),
        }
    }

    fn not_so_far(&self) -> Seen {
        self.said(Status::Untold, "the program did not get that far", "до этого программа не дошла")
    }

    fn connections(&self, rule: &Connections) -> (String, Seen) {
        let lang = self.lang;
        let most = rule.at_most.of(self.pages());
        let name =
            |count: u64| lang.count(count, ["connection", "connections"], ["соединение", "соединения", "соединений"]);
        let opened = self.run.connections;
        let expected = lang.pick(
            format!("at most {}, used again and again", name(most.into())),
            format!(
                "не больше {}: соединения используются снова",
                lang.count(most.into(), ["", ""], ["соединения", "соединений", "соединений"])
            ),
        );
        let status = if self.run.exchanges.is_empty() { Status::Untold } else { met_if(opened <= most.into()) };
        let requests = self.run.exchanges.len() as u64;
        let requests = lang.count(requests, ["request", "requests"], ["запрос", "запроса", "запросов"]);
        (
            expected,
            self.said(status, format!("{} for {requests}", name(opened)), format!("{} на {requests}", name(opened))),
        )
    }

    /// What the site answered in whole, by page: the last answer's status, in the order in which they came.
    fn answers(&self) -> Vec<(u32, u16)> {
        let mut answers: Vec<(u64, u32, u16)> = Vec::new();
        for (page, exchange) in self.requests() {
            if let (Outcome::Answered, Some(answered), Some(status)) =
                (exchange.outcome, exchange.answered, exchange.status)
            {
                answers.retain(|(_, other, _)| *other != page);
                answers.push((answered, page, status));
            }
        }
        answers.sort_unstable();
        answers.into_iter().map(|(_, page, status)| (page, status)).collect()
    }

    fn lines_expected(&self, rule: &Lines) -> String {
        let price = if rule.price { " Price: P" } else { "" };
        let (en, ru) = match rule.order {
            LineOrder::Pages => (", in the pages' order", ", по порядку страниц"),
            LineOrder::Answers => (", in the order of the answers", ", в порядке ответов"),
            LineOrder::Any => ("", ""),
        };
        self.lang.pick(
            format!("a line `Page: N Status: S{price}` for each answered page{en}, as it was served"),
            format!("строка `Page: N Status: S{price}` на каждую полученную страницу{ru}, с тем, что отдал сайт"),
        )
    }

    fn lines(&self, rule: &Lines) -> Seen {
        use Status::Unmet;
        let answers = self.answers();
        let served: BTreeMap<u32, u16> = answers.iter().copied().collect();
        let mut printed: Vec<PageLine> = Vec::new();
        for text in self.run.lines.iter().filter(|line| line.trim_start().starts_with("Page")) {
            let quoted = text.escape_debug();
            let Some(line) = PageLine::parse(text) else {
                return self.said(Unmet, format!("a line was `{quoted}`"), format!("напечатана строка `{quoted}`"));
            };
            let Some(&status) = served.get(&line.page) else {
                return self.said(
                    Unmet,
                    format!("`{quoted}` was printed, but the site had not answered that page"),
                    format!("напечатано `{quoted}`, но сайт на эту страницу не отвечал"),
                );
            };
            // Only listings show cars.
            let price = (rule.price && status == 200).then(|| site::first_price(self.run.plan.seed, line.page));
            let right = PageLine { page: line.page, status, price };
            if line != right {
                return self.said(
                    Unmet,
                    format!("`{quoted}` was printed; what was served makes it `{right}`"),
                    format!("напечатано `{quoted}`, а сайт отдал `{right}`"),
                );
            }
            if printed.contains(&line) {
                return self.said(
                    Unmet,
                    format!("`{quoted}` was printed twice"),
                    format!("`{quoted}` напечатано дважды"),
                );
            }
            printed.push(line);
        }
        let missing = |page: &&u32| !printed.iter().any(|line| line.page == **page);
        if let Some(page) = served.keys().find(missing) {
            return self.said(
                Unmet,
                format!("page {page} was answered, but no line says so"),
                format!("страница {page} получена, но её строки нет"),
            );
        }
        let order: Vec<u32> = match rule.order {
            LineOrder::Pages => served.keys().copied().collect(),
            LineOrder::Answers => answers.iter().map(|(page, _)| *page).collect(),
            LineOrder::Any => Vec::new(),
        };
        // Nothing kept the order of answers after a stall.
        let ordered = rule.order != LineOrder::Any && (rule.order == LineOrder::Pages || self.run.stall.is_none());
        let wrong = printed.iter().zip(&order).find(|(line, page)| line.page != **page);
        if let Some((line, page)) = wrong.filter(|_| ordered) {
            return self.said(
                Unmet,
                format!("page {}'s line came where page {page}'s was due", line.page),
                format!("строка страницы {} стоит там, где ждали страницу {page}", line.page),
            );
        }
        if served.is_empty() {
            return self.said(Status::Untold, "no page was answered", "ни одна страница не получена");
        }
        let lines = self.lang.count(printed.len() as u64, ["line", "lines"], ["строка", "строки", "строк"]);
        self.said(Status::Met, format!("{lines}, all as served"), format!("{lines}, всё сходится"))
    }

    fn line_at_once(&self) -> Seen {
        match &self.run.stall {
            None => self.said(Status::Met, "no line was late", "ни одна строка не опоздала"),
            Some(Stall::Line(page)) if self.run.lines.iter().any(|line| crate::run::page_of(line) == Some(*page)) => self.said(
                Status::Unmet,
                format!("page {page} was answered, and the site waited for its line: it came only when other pages were answered"),
                format!("страница {page} получена, сайт ждал её строку, но она напечатана лишь после других ответов"),
            ),
            Some(Stall::Line(page)) => self.said(
                Status::Unmet,
                format!("page {page} was answered, and the site waited for its line in vain"),
                format!("страница {page} получена, но её строки сайт не дождался"),
            ),
            Some(_) => self.not_so_far(),
        }
    }

    fn others_given_up(&self) -> Seen {
        match &self.run.stall {
            None => self.said(
                Status::Met,
                "the others were given up each time",
                "от остальных программа каждый раз отказывалась",
            ),
            Some(Stall::GivenUp(page, still)) => {
                let still: Vec<String> = still.iter().map(u32::to_string).collect();
                let still = still.join(", ");
                self.said(
                    Status::Unmet,
                    format!("page {page} had been answered, but page {still} was still being waited for"),
                    format!("страница {page} получена, но страницу {still} программа всё ещё ждала"),
                )
            }
            Some(_) => self.not_so_far(),
        }
    }

    fn attempts(&self, rule: &Attempts) -> (String, Seen) {
        let lang = self.lang;
        let attempts = |count: u64| lang.count(count, ["attempt", "attempts"], ["попытка", "попытки", "попыток"]);
        let apart = rule.apart.map(|task::Time(apart)| apart);
        let mut expected = lang.pick(
            format!("{} at each page that fails at first", attempts(rule.exactly.into())),
            format!("{} на каждую страницу, которая сначала не удаётся", attempts(rule.exactly.into())),
        );
        if let Some(apart) = apart {
            let apart = self.time(apart);
            expected += &lang.pick(
                format!(", {apart} or more after a failure"),
                format!(", не раньше чем через {apart} после неудачи"),
            );
        }
        for fault in self.run.plan.scenario.faults.iter().filter(|fault| task::fails_first(fault.kind).is_some()) {
            let Some(page) = fault.target.page() else { continue };
            let tries: Vec<&Exchange> = self.requests_for(page).collect();
            if tries.len() as u64 != u64::from(rule.exactly) {
                let tries = attempts(tries.len() as u64);
                return (
                    expected,
                    self.said(Status::Unmet, format!("{tries} at page {page}"), format!("{tries} на страницу {page}")),
                );
            }
            for pair in tries.windows(2) {
                let gap = pair[1].arrived.saturating_sub(pair[0].answered.unwrap_or(pair[0].arrived));
                let gap = Duration::from_micros(gap);
                if apart.is_some_and(|apart| gap < apart) {
                    let gap = self.time(gap);
                    return (
                        expected,
                        self.said(
                            Status::Unmet,
                            format!("page {page} was asked for again {gap} after it had failed"),
                            format!("страница {page} запрошена снова через {gap} после неудачи"),
                        ),
                    );
                }
            }
        }
        (expected, self.said(Status::Met, "as often as that", "столько и было"))
    }

    fn given_up(&self) -> Seen {
        let never: Vec<u32> = self
            .run
            .plan
            .scenario
            .faults
            .iter()
            .filter(|fault| fault.kind == FaultKind::Never)
            .filter_map(|fault| fault.target.page())
            .collect();
        let asked = |page: &&u32| self.requests_for(**page).next().is_none();
        if never.iter().any(|page| asked(&page)) {
            return self.said(Status::Untold, "that page was never asked for", "эта страница не запрошена");
        }
        let slowest =
            never.iter().flat_map(|page| self.requests_for(*page)).filter_map(Exchange::took).max().unwrap_or(0);
        let after = self.lang.seconds(slowest);
        match self.run.end {
            End::Ended(_) => self.said(Status::Met, format!("given up after {after}"), format!("отказ через {after}")),
            _ => self.said(
                Status::Unmet,
                format!("it was still being waited for after {after}"),
                format!("через {after} программа всё ещё ждала"),
            ),
        }
    }

    fn nothing_after_failure(&self) -> Seen {
        let failed = |exchange: &Exchange| {
            let failed = exchange.outcome == Outcome::Reset || exchange.status.is_some_and(|status| status >= 400);
            exchange.finished.filter(|_| failed)
        };
        let first = self.requests().filter_map(|(page, exchange)| Some((failed(exchange)?, page))).min();
        let Some((when, page)) = first else {
            return self.said(Status::Untold, "nothing has failed", "неудач не было");
        };
        let later: Vec<u32> =
            self.requests().filter(|(_, exchange)| exchange.arrived > when).map(|(later, _)| later).collect();
        match later.first() {
            None => self.said(
                Status::Met,
                format!("nothing came after page {page}"),
                format!("после страницы {page} ничего не было"),
            ),
            Some(next) => self.said(
                Status::Unmet,
                format!("page {page} had failed, and page {next} was asked for after that"),
                format!("страница {page} не удалась, но после этого запрошена страница {next}"),
            ),
        }
    }

    fn idle_while_waiting(&self) -> Seen {
        let Some(used) = self.run.idle else { return self.not_so_far() };
        let spell = self.time(crate::run::IDLE_SPELL);
        let text = self.time(used);
        let status = met_if(used <= crate::run::IDLE_ENOUGH);
        self.said(
            status,
            format!("{text} of CPU time, while a busy loop beside it used {spell}"),
            format!("{text} процессорного времени; пустой цикл рядом за это время занял {spell}"),
        )
    }

    fn exit(&self, rule: &Exit) -> (String, Seen) {
        let expected = if rule.success {
            self.lang.pick("it ends by itself with status 0", "программа завершается сама с кодом 0")
        } else {
            self.lang.pick(
                "it ends by itself with a status that says that something failed, not 0",
                "программа завершается сама с кодом неудачи, не 0",
            )
        };
        let right = matches!(self.run.end, End::Ended(Ended::Status(status)) if (status == 0) == rule.success);
        (expected.to_owned(), (met_if(right), self.end()))
    }

    /// How the program ended, in words.
    fn end(&self) -> String {
        let lang = self.lang;
        match self.run.end {
            End::Ended(Ended::Status(status)) => {
                lang.pick(format!("it ended with status {status}"), format!("программа завершилась с кодом {status}"))
            }
            End::Ended(Ended::Signal(signal)) => {
                lang.pick(format!("it was ended by signal {signal}"), format!("программу завершил сигнал {signal}"))
            }
            End::Exceeded(Exceeded::Memory(bytes)) => {
                let mebibytes = lang.number(bytes >> 20);
                lang.pick(
                    format!("it was stopped: it had taken {mebibytes} MiB of memory"),
                    format!("остановлена: заняла {mebibytes} МиБ памяти"),
                )
            }
            End::Exceeded(Exceeded::Processes(count)) => {
                let count = lang.number(count as u64);
                lang.pick(
                    format!("it was stopped: it had started {count} processes"),
                    format!("остановлена: запустила процессов: {count}"),
                )
            }
            End::Flood(requests) => {
                let requests = lang.number(requests);
                lang.pick(
                    format!("it was stopped: it had sent {requests} requests"),
                    format!("остановлена: отправила запросов: {requests}"),
                )
            }
            End::Silent => lang.pick(
                "it was stopped: it did not end, and nothing happened any more".to_owned(),
                "остановлена: не завершалась, а больше ничего не происходило".to_owned(),
            ),
        }
    }

    fn time(&self, time: Duration) -> String {
        self.lang.seconds(u64::try_from(time.as_micros()).unwrap_or(u64::MAX))
    }
}
