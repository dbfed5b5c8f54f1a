//! The database's part of a timeline: queries as bars, transactions as brackets, and figures about both.

use std::collections::HashSet;

use console::Lang;

use crate::log::{Outcome, Queries, Query, TransactionEnd};

/// The queries and transactions of a log. Times are microseconds since the timeline begins.
#[derive(Clone, Debug, Default)]
pub(super) struct DatabasePart {
    pub bars: Vec<QueryBar>,
    pub brackets: Vec<Bracket>,
    pub figures: DatabaseFigures,
    /// When the last of them ended.
    pub span: u64,
}

/// One query.
#[derive(Clone, Debug)]
pub(super) struct QueryBar {
    /// Its kind and number, such as `insert 3`.
    pub name: String,
    /// The error's code, or how many rows it was about.
    pub result: String,
    pub connection: u64,
    pub start: u64,
    pub end: u64,
    pub outcome: Outcome,
    pub failed: bool,
}

/// A transaction, from BEGIN to its end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bracket {
    pub id: u64,
    pub connection: u64,
    pub start: u64,
    pub end: u64,
    pub how: TransactionEnd,
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
    /// The part of these queries in a timeline that begins at `first` and of which nothing is known after `last`.
    pub fn new(queries: &Queries, first: u64, last: u64) -> Self {
        let bars: Vec<QueryBar> = queries.iter().map(|query| QueryBar::new(query, first, last)).collect();
        let bracket = |transaction: &crate::log::Transaction| Bracket {
            id: transaction.id,
            connection: transaction.connection,
            start: transaction.began.saturating_sub(first),
            end: transaction.ended.unwrap_or(last).saturating_sub(first),
            how: transaction.end,
        };
        let brackets: Vec<Bracket> = queries.transactions().map(bracket).collect();
        let figures = DatabaseFigures {
            queries: queries.arrived(),
            peak_in_flight: queries.peak_in_flight as u64,
            connections: bars.iter().map(|bar| bar.connection).collect::<HashSet<_>>().len() as u64,
            committed: queries.committed,
            rolled_back: queries.rolled_back,
        };
        let ends = bars.iter().map(|bar| bar.end).chain(brackets.iter().map(|bracket| bracket.end));
        Self { span: ends.max().unwrap_or(0), bars, brackets, figures }
    }

    /// What a caption says of it, in parts between which it may be broken; nothing if there were no queries.
    pub fn caption(&self, lang: Lang) -> Vec<String> {
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
            parts.push(lang.pick("committed ", "транзакций завершено ").to_owned() + &lang.number(committed));
            parts.push(lang.pick("rolled back ", "откачено ").to_owned() + &lang.number(rolled_back));
        }
        parts
    }
}

impl QueryBar {
    fn new(query: &Query, first: u64, last: u64) -> Self {
        let rows = || query.rows.map_or_else(|| "ok".to_owned(), |rows| rows.to_string());
        let result = match (query.sqlstate, query.outcome) {
            (Some(state), _) => state.to_string(),
            (None, Outcome::Answered) => rows(),
            (None, _) => "---".to_owned(),
        };
        Self {
            name: query.statement.to_string(),
            result,
            connection: query.connection,
            start: query.arrived.saturating_sub(first),
            end: query.finished.unwrap_or(last).max(query.arrived).saturating_sub(first),
            outcome: query.outcome,
            failed: query.sqlstate.is_some(),
        }
    }
}
