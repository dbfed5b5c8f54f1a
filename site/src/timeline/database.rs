//! The database's part of a timeline: queries as bars, transactions as brackets, and figures about both.

use std::collections::HashSet;
use std::sync::Arc;

use console::Lang;

use super::model::{MOST_BARS, Sign, in_flight};
use crate::log::{Outcome, Queries, Query, Transaction, TransactionEnd};
use crate::scenario::{SqlState, Statement};

/// How much of a statement's text is told, in characters.
const LONGEST_TEXT: usize = 110;

/// Queries and transactions. Times are microseconds since the timeline begins.
#[derive(Clone, Debug, Default)]
pub(crate) struct DatabasePart {
    /// Empty if there are more than [`MOST_BARS`]; then there are no brackets either.
    pub(super) bars: Vec<QueryBar>,
    pub(super) brackets: Vec<Bracket>,
    pub(super) figures: DatabaseFigures,
    /// When the last of them ended.
    pub(super) span: u64,
    /// Steps of the number in flight: a moment, and how many were in flight from then on.
    #[cfg(feature = "page")]
    pub(super) in_flight: Vec<(u64, u64)>,
}

/// One query.
#[derive(Clone, Debug)]
pub(crate) struct QueryBar {
    #[cfg(feature = "page")]
    pub(crate) id: u64,
    pub(super) statement: Statement,
    pub(crate) connection: u64,
    pub(super) transaction: Option<u64>,
    /// The beginning of the statement's text, in one line.
    pub(super) text: Arc<str>,
    pub(crate) start: u64,
    /// When it ended; for a query in flight, the last known moment.
    pub(super) end: u64,
    pub(super) rows: Option<u64>,
    pub(super) sqlstate: Option<SqlState>,
    pub(super) outcome: Outcome,
}

/// A transaction, from BEGIN to its end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bracket {
    pub(crate) id: u64,
    pub(crate) connection: u64,
    pub(super) start: u64,
    pub(crate) end: u64,
    pub(super) how: TransactionEnd,
}

/// Figures about the queries of a log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DatabaseFigures {
    /// How many queries there were.
    pub queries: u64,
    /// The most that were in flight at once.
    pub peak_in_flight: u64,
    /// How many connections they came on.
    pub connections: u64,
    /// How many transactions were committed.
    pub committed: u64,
    /// How many transactions were rolled back.
    pub rolled_back: u64,
}

impl DatabasePart {
    /// The part of a log's queries in a timeline that begins at `first` and of which nothing is known after `last`.
    pub(super) fn new(queries: &Queries, first: u64, last: u64) -> Self {
        let bars: Vec<QueryBar> =
            queries.iter().map(|query| QueryBar::new(query, query.connection, first, last)).collect();
        let brackets: Vec<Bracket> = queries
            .transactions()
            .map(|transaction| Bracket::new(transaction, transaction.connection, first, last))
            .collect();
        let part = Self::of(&bars, &brackets);
        // The log counts what it has dropped, too.
        let figures = DatabaseFigures {
            queries: queries.arrived(),
            peak_in_flight: queries.peak_in_flight as u64,
            committed: queries.committed,
            rolled_back: queries.rolled_back,
            ..part.figures
        };
        Self { figures, ..part }
    }

    /// The part of these queries and transactions.
    pub(crate) fn of(bars: &[QueryBar], brackets: &[Bracket]) -> Self {
        let in_flight = in_flight(bars.iter().map(|bar| (bar.start, bar.end)));
        let ended = |how| brackets.iter().filter(|bracket| bracket.how == how).count() as u64;
        let figures = DatabaseFigures {
            queries: bars.len() as u64,
            peak_in_flight: in_flight.iter().map(|(_, count)| *count).max().unwrap_or(0),
            connections: bars.iter().map(|bar| bar.connection).collect::<HashSet<_>>().len() as u64,
            committed: ended(TransactionEnd::Committed),
            rolled_back: ended(TransactionEnd::RolledBack),
        };
        let ends = bars.iter().map(|bar| bar.end).chain(brackets.iter().map(|bracket| bracket.end));
        let span = ends.max().unwrap_or(0);
        let (bars, brackets) =
            if bars.len() <= MOST_BARS { (bars.to_vec(), brackets.to_vec()) } else { (Vec::new(), Vec::new()) };
        Self {
            bars,
            brackets,
            figures,
            span,
            #[cfg(feature = "page")]
            in_flight,
        }
    }

    /// Whether each query is drawn on its own: there are some, and not too many.
    pub(super) fn is_drawn(&self) -> bool {
        !self.bars.is_empty()
    }

    /// The signs that occur in it, for a legend.
    pub(super) fn signs(&self) -> impl Iterator<Item = Sign> {
        let ended = |how| self.brackets.iter().any(|bracket| bracket.how == how);
        let outcome = |outcome| self.bars.iter().any(|bar| bar.outcome == outcome);
        let signs = [
            (Sign::GivenUp, outcome(Outcome::GivenUp)),
            (Sign::Reset, outcome(Outcome::Reset)),
            (Sign::Held, outcome(Outcome::Held)),
            (Sign::Query, true),
            (Sign::Committed, ended(TransactionEnd::Committed)),
            (Sign::RolledBack, ended(TransactionEnd::RolledBack)),
            (Sign::Open, ended(TransactionEnd::Open)),
        ];
        let is_drawn = self.is_drawn();
        signs.into_iter().filter_map(move |(sign, occurs)| (occurs && is_drawn).then_some(sign))
    }

    /// When a query next begins or ends, or a transaction ends, after a moment.
    #[cfg(feature = "page")]
    pub(super) fn next_change(&self, moment: u64) -> Option<u64> {
        let steps = self.in_flight.iter().map(|(time, _)| *time);
        steps.chain(self.brackets.iter().map(|bracket| bracket.end)).filter(|time| *time > moment).min()
    }

    /// What a caption says of it, in parts between which it may be broken; nothing if there were no queries.
    pub(super) fn caption(&self, lang: Lang) -> Vec<String> {
        let DatabaseFigures { queries, peak_in_flight, connections, committed, rolled_back } = self.figures;
        if queries == 0 {
            return Vec::new();
        }
        let mut parts = vec![
            lang.count(queries, ["query", "queries"], ["запрос к базе", "запроса к базе", "запросов к базе"]),
            lang.pick("peak in flight ", "одновременно до ").to_owned() + &lang.number(peak_in_flight),
            lang.count(connections, ["connection", "connections"], ["соединение", "соединения", "соединений"]),
        ];
        if committed + rolled_back > 0 {
            parts.push(lang.pick("committed ", "транзакций зафиксировано ").to_owned() + &lang.number(committed));
            parts.push(lang.pick("rolled back ", "отменено ").to_owned() + &lang.number(rolled_back));
        }
        parts
    }
}

impl QueryBar {
    /// The bar of a query, with its connection as the timeline counts them. `first` is when the timeline begins, `now`
    /// where the bar of a query in flight ends.
    pub(crate) fn new(query: &Query, connection: u64, first: u64, now: u64) -> Self {
        let words = query.text.split_whitespace().collect::<Vec<_>>().join(" ");
        let text = match words.char_indices().nth(LONGEST_TEXT) {
            Some((end, _)) => format!("{}…", &words[..end]),
            None => words,
        };
        let mut bar = Self {
            #[cfg(feature = "page")]
            id: query.id,
            statement: query.statement,
            connection,
            transaction: query.transaction,
            text: text.into(),
            start: query.arrived.saturating_sub(first),
            end: 0,
            rows: None,
            sqlstate: None,
            outcome: Outcome::Held,
        };
        bar.update(query, first, now);
        bar
    }

    /// Updates the bar to the present state of its query.
    pub(crate) fn update(&mut self, query: &Query, first: u64, now: u64) {
        self.end = query.finished.unwrap_or(now).max(query.arrived).saturating_sub(first);
        self.rows = query.rows;
        self.sqlstate = query.sqlstate;
        self.outcome = query.outcome;
    }

    /// The bar as it was at a moment, or else at the end; `None` before it begins.
    pub(super) fn at(&self, moment: Option<u64>) -> Option<Self> {
        let moment = moment.unwrap_or(u64::MAX);
        let mut bar = self.clone();
        if moment < bar.end {
            (bar.end, bar.outcome) = (moment, Outcome::Held);
            (bar.rows, bar.sqlstate) = (None, None);
        }
        (bar.start <= moment).then_some(bar)
    }

    #[cfg(feature = "page")]
    pub(crate) fn is_in_flight(&self) -> bool {
        self.outcome == Outcome::Held
    }

    /// Its kind and number, such as `insert 3`.
    pub(super) fn name(&self) -> String {
        self.statement.to_string()
    }

    /// The error's code, or how many rows it was about; `None` if it was not answered.
    pub(super) fn result(&self) -> Option<String> {
        match (self.sqlstate, self.outcome) {
            (Some(state), _) => Some(state.to_string()),
            (None, Outcome::Answered) => Some(self.rows.map_or_else(|| "ok".to_owned(), |rows| rows.to_string())),
            (None, _) => None,
        }
    }

    pub(super) fn failed(&self) -> bool {
        self.sqlstate.is_some()
    }
}

impl Bracket {
    /// The bracket of a transaction, with its connection as the timeline counts them. `first` is when the timeline
    /// begins, `now` where the bracket of a transaction that has not ended does.
    pub(crate) fn new(transaction: &Transaction, connection: u64, first: u64, now: u64) -> Self {
        let start = transaction.began.saturating_sub(first);
        let mut bracket = Self { id: transaction.id, connection, start, end: start, how: TransactionEnd::Open };
        bracket.update(transaction, first, now);
        bracket
    }

    /// Updates the bracket to the present state of its transaction.
    pub(crate) fn update(&mut self, transaction: &Transaction, first: u64, now: u64) {
        self.end = transaction.ended.unwrap_or(now).saturating_sub(first).max(self.start);
        self.how = transaction.end;
    }

    /// The bracket as it was at a moment, or else at the end; `None` before it begins.
    pub(super) fn at(self, moment: Option<u64>) -> Option<Self> {
        let moment = moment.unwrap_or(u64::MAX);
        let bracket = if moment < self.end { Self { end: moment, how: TransactionEnd::Open, ..self } } else { self };
        (bracket.start <= moment).then_some(bracket)
    }

    #[cfg(feature = "page")]
    pub(crate) fn is_open(&self) -> bool {
        self.how == TransactionEnd::Open
    }
}
