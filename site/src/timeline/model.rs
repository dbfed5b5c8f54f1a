//! The data of a timeline: requests as bars, and figures about them.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use console::Lang;

use super::database::{DatabaseFigures, DatabasePart};

use crate::log::{Exchange, Log, Outcome};
use crate::scenario::Target;

/// The most requests that are kept as bars, each drawn on its own.
pub(super) const MOST_BARS: usize = 200;

/// The requests of a log, ready to be drawn. Times are microseconds since the first of them arrived.
#[derive(Clone, Debug)]
pub struct Timeline {
    /// Empty if there are more than [`MOST_BARS`].
    pub(super) bars: Vec<Bar>,
    /// Steps of the number in flight: a moment, and how many were in flight from then on.
    in_flight: Vec<(u64, u64)>,
    pub(super) figures: Figures,
    /// The time that the width of a drawing stands for: the figures' span, or more.
    pub(super) scale: u64,
    statuses: BTreeMap<Option<u16>, u64>,
    pub(super) database: DatabasePart,
    /// How many earlier requests the log has dropped.
    dropped: u64,
}

/// One request.
#[derive(Clone, Debug)]
pub(crate) struct Bar {
    pub(super) subject: Subject,
    pub(super) attempt: u32,
    pub(super) connection: u64,
    pub(super) start: u64,
    /// Whether a gate held it, and when that let it go.
    pub(super) gated: bool,
    pub(super) released: Option<u64>,
    /// When the whole answer was to be sent, if that is known.
    pub(super) due: Option<u64>,
    /// When the answer began, if it did.
    pub(super) answered: Option<u64>,
    /// When it ended; for a request in flight, the last known moment.
    pub(super) end: u64,
    pub(super) status: Option<u16>,
    pub(super) bytes: u64,
    pub(super) outcome: Outcome,
}

/// What a request asked for.
#[derive(Clone, Debug)]
pub(super) enum Subject {
    Target(Target),
    /// Anything else, by its path.
    Path(Arc<str>),
}

impl Bar {
    /// The bar of an exchange, with its attempt and connection as the timeline counts them. `first` is when the timeline
    /// begins, `now` where the bar of an exchange in flight ends.
    pub fn new(exchange: &Exchange, attempt: u32, connection: u64, first: u64, now: u64) -> Self {
        let subject = exchange.target.map_or_else(|| Subject::Path(exchange.path.as_str().into()), Subject::Target);
        let mut bar = Self {
            subject,
            attempt,
            connection,
            start: exchange.arrived - first,
            gated: false,
            released: None,
            due: None,
            answered: None,
            end: 0,
            status: None,
            bytes: 0,
            outcome: Outcome::Held,
        };
        bar.update(exchange, first, now);
        bar
    }

    /// Updates the bar to the present state of its exchange.
    pub fn update(&mut self, exchange: &Exchange, first: u64, now: u64) {
        self.gated = exchange.gated;
        self.released = exchange.released.map(|released| released - first);
        self.due = exchange.due.map(|due| due - first);
        self.answered = exchange.answered.map(|answered| answered - first);
        self.end = exchange.finished.unwrap_or(now).max(exchange.arrived) - first;
        self.status = exchange.status;
        self.bytes = exchange.bytes;
        self.outcome = exchange.outcome;
    }

    /// The bar as it was at a moment; `None` before it begins.
    #[cfg(feature = "page")]
    pub(super) fn at(&self, moment: u64) -> Option<Self> {
        let mut bar = self.clone();
        if moment < bar.end {
            bar.end = moment;
            bar.outcome = Outcome::Held;
            bar.released = bar.released.filter(|released| *released <= moment);
            bar.answered = bar.answered.filter(|answered| *answered <= moment);
            bar.status = bar.status.filter(|_| bar.answered.is_some());
        }
        (bar.start <= moment).then_some(bar)
    }

    /// Until when a gate held it; `None` if none did, or for less than a hundredth of `span`, which would be too short
    /// to see.
    pub(super) fn held_until(&self, span: u64) -> Option<u64> {
        let until = self.released.or(self.answered).map_or(self.end, |until| until.min(self.end));
        (self.gated && is_seen(until.saturating_sub(self.start), span)).then_some(until)
    }

    /// Whether a part of it is seen in which it was neither held by a gate nor being answered.
    pub(super) fn waits(&self, span: u64) -> bool {
        let until = self.answering_since(span).unwrap_or(self.end);
        self.held_until(span).is_none_or(|held| is_seen(until.saturating_sub(held), span))
    }

    /// When the answer would have been complete, if the request was cut short before that and the rest is long enough
    /// to see.
    pub(super) fn missed(&self, span: u64) -> Option<u64> {
        let is_cut_short = matches!(self.outcome, Outcome::GivenUp | Outcome::Reset);
        self.due.filter(|due| is_cut_short && *due > self.end && is_seen(due - self.end, span))
    }

    /// When the answer began; `None` if sending it took less than a hundredth of `span`, which would be too short to
    /// see.
    pub(super) fn answering_since(&self, span: u64) -> Option<u64> {
        self.answered.filter(|answered| is_seen(self.end.saturating_sub(*answered), span))
    }

    /// The label of the bar: target and attempt, such as `7` or `details/1234`, and `7.2` for the second attempt.
    pub(super) fn name(&self) -> String {
        let subject = match &self.subject {
            Subject::Target(target) => target.to_string(),
            Subject::Path(path) => path.to_string(),
        };
        if self.attempt == 1 { subject } else { format!("{subject}.{}", self.attempt) }
    }

    pub(super) fn failed(&self) -> bool {
        self.status.is_some_and(|status| status >= 400)
    }
}

/// Whether a part of a bar is long enough to be seen in a picture of `span` microseconds.
fn is_seen(part: u64, span: u64) -> bool {
    part.saturating_mul(100) >= span
}

/// Figures about the requests of a timeline. Times are in microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// How many requests there were for listing and details pages.
    pub requests: u64,
    /// The most that were in flight at once.
    pub peak_in_flight: u64,
    /// When that number was first reached.
    pub peak_at: u64,
    /// How many connections they came on.
    pub connections: u64,
    /// The time from the first arrival to the last end.
    pub span: u64,
    /// How long the slowest whole answer took: a lower bound for asking for all at once.
    pub slowest: u64,
    /// The sum of the times of all whole answers: a lower bound for asking one after another.
    pub sum: u64,
}

impl Timeline {
    /// The timeline of a log. Its caption says how many requests the log has dropped.
    pub fn of_log(log: &Log) -> Self {
        let (exchanges, dropped) = log.read(|record| (record.exchanges().cloned().collect::<Vec<_>>(), record.dropped));
        if log.read(|record| record.queries().is_empty()) {
            return Self { dropped, ..Self::new(&exchanges) };
        }
        let asked = |exchange: &&Exchange| exchange.target.is_some();
        log.read(|record| {
            let queries = record.queries();
            let begins = exchanges.iter().filter(asked).map(|exchange| exchange.arrived);
            let first = begins.chain(queries.iter().map(|query| query.arrived)).min().unwrap_or(0);
            let ends = exchanges.iter().filter(asked).map(last_known);
            let query_ends = queries.iter().map(|query| query.finished.unwrap_or(query.arrived));
            let last = ends.chain(query_ends).max().unwrap_or(0);
            let database = DatabasePart::new(queries, first, last);
            let bars: Vec<Bar> =
                exchanges.iter().filter(asked).map(|e| Bar::new(e, e.attempt, e.connection, first, last)).collect();
            Self { dropped, ..Self::of(&bars).with_queries(database) }
        })
    }

    /// The timeline of exchanges. Requests for anything but listing and details pages are left out.
    pub fn new(exchanges: &[Exchange]) -> Self {
        let pages = || exchanges.iter().filter(|exchange| exchange.target.is_some());
        let first = pages().map(|exchange| exchange.arrived).min().unwrap_or(0);
        // Requests in flight are drawn up to the last known moment.
        let last = pages().map(last_known).max().unwrap_or(0);
        let bars: Vec<Bar> = pages().map(|e| Bar::new(e, e.attempt, e.connection, first, last)).collect();
        Self::of(&bars)
    }

    /// The timeline of these requests.
    pub(crate) fn of(bars: &[Bar]) -> Self {
        let answered = || bars.iter().filter(|bar| bar.outcome == Outcome::Answered).map(|bar| bar.end - bar.start);
        let in_flight = in_flight(bars.iter().map(|bar| (bar.start, bar.end)));
        // The first of several equal peaks.
        let peak = in_flight.iter().copied().reduce(|peak, next| if next.1 > peak.1 { next } else { peak });
        let (peak_at, peak_in_flight) = peak.unwrap_or_default();
        let mut statuses = BTreeMap::new();
        for bar in bars.iter().filter(|bar| bar.outcome != Outcome::Held) {
            *statuses.entry(bar.status).or_default() += 1;
        }
        let figures = Figures {
            requests: bars.len() as u64,
            peak_in_flight,
            peak_at,
            connections: bars.iter().map(|bar| bar.connection).collect::<HashSet<_>>().len() as u64,
            span: bars.iter().map(|bar| bar.end).max().unwrap_or(0),
            slowest: answered().max().unwrap_or(0),
            sum: answered().sum(),
        };
        let bars = if bars.len() <= MOST_BARS { bars.to_vec() } else { Vec::new() };
        Self { bars, in_flight, figures, scale: figures.span, statuses, database: DatabasePart::default(), dropped: 0 }
    }

    /// The same timeline with these queries.
    #[must_use]
    pub(crate) fn with_queries(self, database: DatabasePart) -> Self {
        Self { scale: self.scale.max(database.span), database, ..self }
    }

    /// The same timeline, drawn on an axis that spans at least this long, so that several can be compared.
    #[must_use]
    pub fn spanning(mut self, at_least: Duration) -> Self {
        self.scale = self.scale.max(u64::try_from(at_least.as_micros()).unwrap_or(u64::MAX));
        self
    }

    /// The time that the width of a picture stands for. Where bars were cut short, it has room for what they lack; but
    /// not for much more than was seen.
    pub(crate) fn picture_scale(&self) -> u64 {
        const MOST: u64 = 3;
        let missed = self.bars.iter().filter_map(|bar| bar.missed(self.scale)).max().unwrap_or(0);
        self.scale.max(missed.min(self.figures.span.saturating_mul(MOST)))
    }

    /// The same timeline with its bars sorted by page, and those of a page by arrival.
    #[cfg(feature = "page")]
    #[must_use]
    pub(crate) fn by_page(mut self) -> Self {
        self.bars.sort_by_key(|bar| match bar.subject {
            Subject::Target(target) => (false, Some(target)),
            Subject::Path(_) => (true, None),
        });
        self
    }

    /// How many requests and how many queries were in flight at a moment.
    #[cfg(feature = "page")]
    pub(super) fn in_flight_at(&self, moment: u64) -> [u64; 2] {
        [&self.in_flight, &self.database.in_flight].map(|steps| {
            let passed = steps.partition_point(|(time, _)| *time <= moment);
            passed.checked_sub(1).map_or(0, |last| steps[last].1)
        })
    }

    /// When a request or a query next begins or ends, or a transaction ends, after a moment.
    #[cfg(feature = "page")]
    pub(crate) fn next_change(&self, moment: u64) -> Option<u64> {
        let next = self.in_flight.get(self.in_flight.partition_point(|(time, _)| *time <= moment));
        next.map(|(time, _)| *time).into_iter().chain(self.database.next_change(moment)).min()
    }

    /// The time from the first arrival to the last end, queries and transactions included.
    pub(crate) fn span(&self) -> u64 {
        self.figures.span.max(self.database.span)
    }

    /// Whether its queries are drawn.
    #[cfg(feature = "page")]
    pub(crate) fn draws_queries(&self) -> bool {
        self.database.is_drawn()
    }

    /// The figures about its requests.
    pub fn figures(&self) -> Figures {
        self.figures
    }

    /// The figures about the database's queries; all zero for a timeline that is not of a log with queries.
    pub fn database_figures(&self) -> DatabaseFigures {
        self.database.figures
    }

    /// How many requests ended with each status; `None` stands for those that got none.
    pub fn statuses(&self) -> &BTreeMap<Option<u16>, u64> {
        &self.statuses
    }

    /// The most requests that were in flight in each of `columns` equal parts of `span` microseconds.
    pub fn band(&self, columns: usize, span: u64) -> Vec<u64> {
        let mut band = vec![0; columns];
        let column = |time: u64| (scaled(time, span, columns)).min(columns.saturating_sub(1));
        let mut since = (0, 0);
        for (time, count) in self.in_flight.iter().copied().chain([(self.figures.span, 0)]) {
            let (began, before) = std::mem::replace(&mut since, (time, count));
            for part in &mut band[column(began)..=column(time)] {
                *part = before.max(*part);
            }
        }
        band
    }

    /// The signs of requests that occur in a picture of `scale` microseconds, for its legend.
    pub(super) fn signs(&self, scale: u64) -> Vec<Sign> {
        let answering = |bar: &Bar| !bar.failed() && bar.answering_since(scale).is_some();
        let is_on = |sign: Sign, bar: &Bar| match sign {
            Sign::Gated => bar.held_until(scale).is_some(),
            Sign::Waiting => !bar.failed() && bar.waits(scale),
            Sign::Answering => answering(bar),
            Sign::Failed => bar.failed(),
            Sign::GivenUp | Sign::Reset | Sign::Held => Sign::of_end(bar.outcome) == Some(sign),
            Sign::Missed => bar.missed(scale).is_some(),
            Sign::Query | Sign::Committed | Sign::RolledBack | Sign::Open => false,
        };
        let mut signs = Sign::ALL.to_vec();
        signs.retain(|sign| self.bars.iter().any(|bar| is_on(*sign, bar)));
        signs
    }

    /// What a heading says of it: how long it took, the peak in flight, the connections, and how many queries are drawn.
    pub(super) fn heading(&self, lang: Lang) -> Vec<String> {
        let [_, peak_in_flight, connections] = self.summary(lang);
        let queries = self.database.caption(lang).into_iter().take(usize::from(self.database.is_drawn()));
        [lang.seconds(self.span()), peak_in_flight, connections].into_iter().chain(queries).collect()
    }

    /// How long its requests took, the peak in flight, and the connections.
    pub(super) fn summary(&self, lang: Lang) -> [String; 3] {
        let Figures { peak_in_flight, connections, span, .. } = self.figures;
        [
            lang.seconds(span),
            lang.pick("peak in flight ", "одновременно до ").to_owned() + &lang.number(peak_in_flight),
            lang.count(connections, ["connection", "connections"], ["соединение", "соединения", "соединений"]),
        ]
    }

    /// What a picture says of its requests; nothing if it shows queries alone.
    pub(super) fn page_caption(&self, lang: Lang) -> Vec<String> {
        let is_of_queries = self.figures.requests == 0 && self.database.figures.queries > 0;
        if is_of_queries { Vec::new() } else { self.caption(lang) }
    }

    /// The line under the picture, in parts between which it may be broken.
    pub(super) fn caption(&self, lang: Lang) -> Vec<String> {
        let Figures { requests, slowest, sum, .. } = self.figures;
        let [span, peak_in_flight, connections] = self.summary(lang);
        let mut parts = vec![
            lang.count(requests, ["request", "requests"], ["запрос", "запроса", "запросов"]),
            peak_in_flight,
            connections,
            span,
            lang.pick("slowest answer ", "самый долгий ответ ").to_owned() + &lang.seconds(slowest),
            lang.pick("sum ", "сумма ответов ").to_owned() + &lang.seconds(sum),
        ];
        if self.dropped > 0 {
            let dropped = lang.pick("not in the log any more: ", "уже нет в журнале: ").to_owned();
            parts.push(dropped + &lang.count(self.dropped, ["request", "requests"], ["запрос", "запроса", "запросов"]));
        }
        parts
    }
}

/// The last moment at which something is known to have happened to an exchange.
fn last_known(exchange: &Exchange) -> u64 {
    exchange.finished.or(exchange.answered).unwrap_or(exchange.arrived)
}

/// Steps of the number in flight, from beginnings and ends: a moment, and how many were in flight from then on.
pub(super) fn in_flight(bars: impl Iterator<Item = (u64, u64)>) -> Vec<(u64, u64)> {
    // Sorted by time. Ends sort before starts at the same moment, so that the count is never too high.
    let mut changes: Vec<(u64, bool)> =
        bars.flat_map(|(start, end)| [(start, true), (end.max(start + 1), false)]).collect();
    changes.sort_unstable();
    let counted = changes.into_iter().scan(0, |count, (time, starts)| {
        *count = if starts { *count + 1 } else { *count - 1 };
        Some((time, *count))
    });
    counted.collect()
}

/// The position of `time` on an axis where `span` is at `length`.
pub(super) fn scaled(time: u64, span: u64, length: usize) -> usize {
    let scaled = u128::from(time) * length as u128 / u128::from(span.max(1));
    usize::try_from(scaled).unwrap_or(length).min(length)
}

/// A mark on a bar that the legend explains.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sign {
    /// A part in which a gate held the request.
    Gated,
    /// The part of a bar before the answer.
    Waiting,
    /// A part in which the answer was being sent.
    Answering,
    /// An answer with a status of 400 or more.
    Failed,
    GivenUp,
    Reset,
    Held,
    /// What a bar lacks that was cut short.
    Missed,
    /// A query to the database.
    Query,
    /// A transaction, by its end.
    Committed,
    RolledBack,
    Open,
}

impl Sign {
    const ALL: [Self; 8] = [
        Self::Gated,
        Self::Waiting,
        Self::Answering,
        Self::Failed,
        Self::GivenUp,
        Self::Reset,
        Self::Held,
        Self::Missed,
    ];

    /// The mark at the end of a bar; a whole answer has none.
    pub(super) fn of_end(outcome: Outcome) -> Option<Self> {
        match outcome {
            Outcome::Answered => None,
            Outcome::GivenUp => Some(Self::GivenUp),
            Outcome::Reset => Some(Self::Reset),
            Outcome::Held => Some(Self::Held),
        }
    }

    pub(super) fn meaning(self, lang: Lang) -> &'static str {
        match self {
            Self::Gated => lang.pick("held by the gate", "ожидание у барьера"),
            Self::Waiting => lang.pick("waiting for the answer", "ожидание ответа"),
            Self::Answering => lang.pick("answer arriving", "ответ приходит"),
            Self::Failed => lang.pick("answered with an error", "ответ с ошибкой"),
            Self::GivenUp => lang.pick("given up by the client", "клиент отказался ждать"),
            Self::Reset => lang.pick("connection reset by the site", "сайт оборвал соединение"),
            Self::Held => lang.pick("still without an answer", "ответа ещё нет"),
            Self::Missed => lang.pick("would have gone on", "сколько ещё длился бы запрос"),
            Self::Query => lang.pick("query", "запрос к базе"),
            Self::Committed => lang.pick("committed", "транзакция зафиксирована"),
            Self::RolledBack => lang.pick("rolled back", "транзакция отменена"),
            Self::Open => lang.pick("not ended", "не закончена"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::{Arrival, ConnectionNumber};

    #[test]
    fn a_log_that_was_full_says_what_it_lacks() {
        let log = Log::new(2);
        let connection = ConnectionNumber::default();
        let arrive = |page| {
            log.arrived(Arrival {
                target: Some(Target::Page(page)),
                exists: true,
                client: std::net::Ipv4Addr::LOCALHOST.into(),
                connection: &connection,
                method: "GET".into(),
                path: "/",
                user_agent: None,
            })
        };
        let _two = [1, 2].map(arrive);
        let last = |lang| Timeline::of_log(&log).caption(lang).pop().unwrap();
        assert!(last(Lang::En).starts_with("sum "));
        let _three = [3, 4, 5].map(arrive);
        assert_eq!(last(Lang::En), "not in the log any more: 3 requests");
        assert_eq!(last(Lang::Ru), "уже нет в журнале: 3 запроса");
    }
}
