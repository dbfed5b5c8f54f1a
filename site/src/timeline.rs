//! A log drawn: one model, for the terminal and as SVG.

mod svg;
mod terminal;

use std::collections::BTreeSet;

pub use terminal::Canvas;

use crate::Lang;
use crate::log::{Exchange, Outcome};

/// Up to this many requests are drawn as a bar each; more of them as a band of how many were in flight.
const MOST_BARS: usize = 40;

/// The requests for pages of a log, ready to be drawn. Times are microseconds since the first of them arrived.
#[derive(Clone, Debug)]
pub struct Timeline {
    bars: Vec<Bar>,
    figures: Figures,
}

/// One request.
#[derive(Clone, Debug)]
struct Bar {
    page: u32,
    attempt: u32,
    connection: u64,
    start: u64,
    /// When the answer began, if it did.
    answered: Option<u64>,
    end: u64,
    status: Option<u16>,
    outcome: Outcome,
}

impl Bar {
    /// When the answer began, unless it was sent in less than a hundredth of the whole picture's time: then there is
    /// nothing to see of it.
    fn answering_since(&self, span: u64) -> Option<u64> {
        self.answered.filter(|answered| (self.end - answered) * 100 >= span)
    }

    /// Page and attempt: `7`, and `7.2` for the second one.
    fn name(&self) -> String {
        if self.attempt == 1 { self.page.to_string() } else { format!("{}.{}", self.page, self.attempt) }
    }

    fn failed(&self) -> bool {
        self.status.is_some_and(|status| status >= 400)
    }
}

/// What a timeline comes to. Times are in microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Requests for pages.
    pub requests: u64,
    /// The most that were in flight at once.
    pub peak_in_flight: u64,
    /// When that was so for the first time.
    pub peak_at: u64,
    /// The connections that they came on.
    pub connections: u64,
    /// From the first arrival to the last end.
    pub span: u64,
    /// How long the slowest whole answer took: all at once can't take less.
    pub slowest: u64,
    /// How long all whole answers took together: one after another can't take less.
    pub sum: u64,
}

impl Timeline {
    /// The timeline of a log. Requests for anything but listing pages are left out.
    pub fn new(exchanges: &[Exchange]) -> Self {
        let pages: Vec<_> = exchanges.iter().filter_map(|exchange| Some((exchange.page?, exchange))).collect();
        let first = pages.iter().map(|(_, exchange)| exchange.arrived).min().unwrap_or(0);
        // What is in flight is drawn to the last moment that is known of.
        let last = pages.iter().map(|(_, e)| e.finished.or(e.answered).unwrap_or(e.arrived)).max().unwrap_or(0);
        let bars: Vec<Bar> = pages
            .into_iter()
            .map(|(page, exchange)| Bar {
                page,
                attempt: exchange.attempt,
                connection: exchange.connection,
                start: exchange.arrived - first,
                answered: exchange.answered.map(|answered| answered - first),
                end: exchange.finished.unwrap_or(last) - first,
                status: exchange.status,
                outcome: exchange.outcome,
            })
            .collect();
        let answered = || bars.iter().filter(|bar| bar.outcome == Outcome::Answered).map(|bar| bar.end - bar.start);
        // Of equals, the first.
        let (peak_at, peak_in_flight) =
            in_flight(&bars).reduce(|peak, next| if next.1 > peak.1 { next } else { peak }).unwrap_or_default();
        let figures = Figures {
            requests: bars.len() as u64,
            peak_in_flight,
            peak_at,
            connections: bars.iter().map(|bar| bar.connection).collect::<BTreeSet<_>>().len() as u64,
            span: last - first,
            slowest: answered().max().unwrap_or(0),
            sum: answered().sum(),
        };
        Self { bars, figures }
    }

    /// The timeline of a log's newest run: of the requests since nothing had been in flight for two seconds.
    pub fn of_newest_run(exchanges: &[Exchange]) -> Self {
        const QUIET: u64 = 2_000_000;
        let mut newest = 0;
        let mut busy_until = 0;
        for (index, exchange) in exchanges.iter().enumerate().filter(|(_, exchange)| exchange.page.is_some()) {
            if exchange.arrived > busy_until + QUIET {
                newest = index;
            }
            busy_until = busy_until.max(exchange.finished.unwrap_or(u64::MAX - QUIET));
        }
        Self::new(&exchanges[newest..])
    }

    /// What it comes to.
    pub fn figures(&self) -> Figures {
        self.figures
    }

    /// How many were in flight in each of `columns` equal parts of `span` microseconds, at most.
    pub fn band(&self, columns: usize, span: u64) -> Vec<u64> {
        let mut band = vec![0; columns];
        let column = |time: u64| (scaled(time, span, columns)).min(columns.saturating_sub(1));
        let mut since = (0, 0);
        for (time, count) in in_flight(&self.bars).chain([(self.figures.span, 0)]) {
            let (began, before) = std::mem::replace(&mut since, (time, count));
            for part in &mut band[column(began)..=column(time)] {
                *part = before.max(*part);
            }
        }
        band
    }

    /// The signs that occur, for the legend.
    fn signs(&self) -> Vec<Sign> {
        let answering = |bar: &Bar| bar.answering_since(self.figures.span).is_some();
        [Sign::Answering, Sign::GivenUp, Sign::Reset, Sign::Held]
            .into_iter()
            .filter(|sign| match sign {
                Sign::Answering => self.bars.iter().any(answering),
                end => self.bars.iter().any(|bar| Sign::of_end(bar.outcome) == Some(*end)),
            })
            .collect()
    }

    /// The line under the picture, in parts that a narrow page may break between.
    fn caption(&self, lang: Lang) -> Vec<String> {
        let Figures { requests, peak_in_flight, connections, span, slowest, sum, .. } = self.figures;
        vec![
            lang.count(requests, ["request", "requests"], ["запрос", "запроса", "запросов"]),
            lang.pick("peak in flight ", "одновременно до ").to_owned() + &lang.number(peak_in_flight),
            lang.count(connections, ["connection", "connections"], ["соединение", "соединения", "соединений"]),
            lang.seconds(span),
            lang.pick("slowest answer ", "самый долгий ответ ").to_owned() + &lang.seconds(slowest),
            lang.pick("sum ", "сумма ").to_owned() + &lang.seconds(sum),
        ]
    }
}

/// How many were in flight from each moment on at which that changed.
fn in_flight(bars: &[Bar]) -> impl Iterator<Item = (u64, u64)> {
    // Sorted by time; at the same moment an end comes before a start, so that the count never shows more than there were.
    let mut changes: Vec<(u64, bool)> =
        bars.iter().flat_map(|bar| [(bar.start, true), (bar.end.max(bar.start + 1), false)]).collect();
    changes.sort_unstable();
    changes.into_iter().scan(0, |count, (time, starts)| {
        *count = if starts { *count + 1 } else { *count - 1 };
        Some((time, *count))
    })
}

/// `time` on a scale on which `span` is `length`.
fn scaled(time: u64, span: u64, length: usize) -> usize {
    let scaled = u128::from(time) * length as u128 / u128::from(span.max(1));
    usize::try_from(scaled).unwrap_or(length).min(length)
}

/// Something about a bar that a legend explains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
    /// A part in which the answer was being sent.
    Answering,
    GivenUp,
    Reset,
    Held,
}

impl Sign {
    /// How a bar's end is marked; an answer needs no mark.
    fn of_end(outcome: Outcome) -> Option<Self> {
        match outcome {
            Outcome::Answered => None,
            Outcome::GivenUp => Some(Self::GivenUp),
            Outcome::Reset => Some(Self::Reset),
            Outcome::Held => Some(Self::Held),
        }
    }

    fn meaning(self, lang: Lang) -> &'static str {
        match self {
            Self::Answering => lang.pick("answer arriving", "ответ приходит"),
            Self::GivenUp => lang.pick("given up by the client", "клиент отказался ждать"),
            Self::Reset => lang.pick("connection reset by the site", "сайт оборвал соединение"),
            Self::Held => lang.pick("still without an answer", "осталось без ответа"),
        }
    }
}
