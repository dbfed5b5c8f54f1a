//! The live page's address. It holds all of a viewer's choices, so that the site need not keep any.

use std::fmt::Write as _;
use std::sync::Arc;

use console::Lang;
use hyper::Uri;
use hyper::header::{ACCEPT_LANGUAGE, HeaderMap};

use super::board::Snapshot;
use super::run::Run;

/// How many runs the page shows at first, and how many more at each request for earlier ones.
const RUNS: usize = 30;
/// The most runs that the page shows.
const MOST_RUNS: usize = 120;

/// A viewer's choices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    pub lang: Lang,
    /// The ids of the runs that the viewer has removed.
    pub without: Vec<u64>,
    /// How many runs to show, up to [`MOST_RUNS`].
    pub runs: usize,
}

impl Address {
    pub fn new(uri: &Uri, headers: &HeaderMap) -> Self {
        let mut address = Self { lang: language_of(headers), without: Vec::new(), runs: RUNS };
        let pairs = uri.query().unwrap_or_default().split('&').filter_map(|pair| pair.split_once('='));
        for (name, value) in pairs {
            match name {
                "lang" => address.lang = value.parse().unwrap_or(address.lang),
                "without" => address.without = value.split('.').filter_map(|id| id.parse().ok()).collect(),
                "runs" => address.runs = value.parse().unwrap_or(RUNS).min(MOST_RUNS),
                _ => {}
            }
        }
        address
    }

    /// The URL for `path` with these choices.
    pub fn url(&self, path: &str) -> String {
        let mut url = format!("{path}?lang={}", self.lang.pick("en", "ru"));
        if !self.without.is_empty() {
            let without: Vec<String> = self.without.iter().map(u64::to_string).collect();
            let _ = write!(url, "&without={}", without.join("."));
        }
        if self.runs != RUNS {
            let _ = write!(url, "&runs={}", self.runs);
        }
        url
    }

    /// The same choices, with one more run removed.
    pub fn without(&self, run: u64) -> Self {
        let mut address = self.clone();
        address.without.push(run);
        address
    }

    /// The same choices with more runs; `None` if the page shows no more.
    pub fn with_more(&self) -> Option<Self> {
        (self.runs < MOST_RUNS).then(|| Self { runs: (self.runs + RUNS).min(MOST_RUNS), ..self.clone() })
    }

    /// The runs to show, the newest first.
    pub fn shown<'a>(&self, snapshot: &'a Snapshot) -> impl Iterator<Item = &'a Arc<Run>> {
        snapshot.runs.iter().filter(|run| !self.without.contains(&run.id)).take(self.runs)
    }

    /// The time, in microseconds, that the width of every picture stands for, so that runs can be compared.
    pub fn scale(&self, snapshot: &Snapshot) -> u64 {
        scale_for(self.shown(snapshot).map(|run| run.timeline.figures().span).max().unwrap_or(0))
    }
}

/// A scale with room for `span`, both in microseconds. It grows in steps, so that the pictures need not all be redrawn
/// whenever the newest run grows.
fn scale_for(span: u64) -> u64 {
    const STEPS: [u64; 10] = [10, 12, 15, 20, 25, 30, 40, 50, 60, 80];
    let mut steps = (3..18).flat_map(|power| STEPS.map(|step| step * 10_u64.pow(power)));
    steps.find(|step| *step >= span).unwrap_or(span)
}

/// The language that a browser asks for first, if the site speaks it.
fn language_of(headers: &HeaderMap) -> Lang {
    let accepted = headers.get(ACCEPT_LANGUAGE).and_then(|languages| languages.to_str().ok());
    if accepted.is_some_and(|languages| languages.starts_with("ru")) { Lang::Ru } else { Lang::En }
}

#[cfg(test)]
mod tests {
    use hyper::header::HeaderValue;

    use super::*;

    #[test]
    fn a_scale_grows_in_steps_and_is_mostly_used() {
        let scales = [0, 10_000, 10_001, 300_000, 2_030_000, u64::MAX].map(scale_for);
        assert_eq!(scales, [10_000, 10_000, 12_000, 300_000, 2_500_000, u64::MAX]);
        for span in (1..1_000).map(|hundredth| hundredth * 10_000) {
            assert!((span..=span * 4 / 3 + 1).contains(&scale_for(span)), "{span}");
        }
    }

    #[test]
    fn what_is_wanted_is_all_in_the_address() {
        let mut russian = HeaderMap::new();
        russian.insert(ACCEPT_LANGUAGE, HeaderValue::from_static("ru-RU,en;q=0.5"));
        let address = |uri: &'static str| Address::new(&Uri::from_static(uri), &russian);
        assert_eq!(address("/"), Address { lang: Lang::Ru, without: vec![], runs: RUNS });
        let wanted = Address { lang: Lang::En, without: vec![3, 5], runs: 60 };
        assert_eq!(address("/?lang=en&without=3.5&runs=60"), wanted);
        assert_eq!(wanted.with_more().unwrap().runs, 90);
        let most = address("/?runs=1000000");
        assert_eq!((most.runs, most.with_more()), (MOST_RUNS, None));
        assert_eq!(wanted.url("/live/events"), "/live/events?lang=en&without=3.5&runs=60");
    }
}
