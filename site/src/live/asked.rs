//! What programs ask of the site and of its database, in one order.

use std::borrow::Borrow;

use crate::log::{Exchange, Query};

/// A request or a query.
#[derive(Debug)]
pub enum Asked<E, Q> {
    Exchange(E),
    Query(Q),
}

impl<E: Borrow<Exchange>, Q: Borrow<Query>> Asked<E, Q> {
    /// When it arrived, in microseconds since the log began.
    pub fn arrived(&self) -> u64 {
        match self {
            Self::Exchange(exchange) => exchange.borrow().arrived,
            Self::Query(query) => query.borrow().arrived,
        }
    }
}

/// Requests and queries by arrival; each kind must be so already.
pub fn by_arrival<E: Borrow<Exchange>, Q: Borrow<Query>>(
    exchanges: impl Iterator<Item = E>,
    queries: impl Iterator<Item = Q>,
) -> impl Iterator<Item = Asked<E, Q>> {
    let (mut exchanges, mut queries) = (exchanges.peekable(), queries.peekable());
    std::iter::from_fn(move || {
        let exchange = exchanges.peek().map(|exchange| exchange.borrow().arrived);
        match (exchange, queries.peek().map(|query| query.borrow().arrived)) {
            (Some(exchange), Some(query)) if query < exchange => queries.next().map(Asked::Query),
            (None, _) => queries.next().map(Asked::Query),
            _ => exchanges.next().map(Asked::Exchange),
        }
    })
}
