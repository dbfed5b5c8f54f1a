//! The live page's address. It holds all of a viewer's choices, so that the site need not keep any, and that a link
//! shows to others what it shows to oneself.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use console::Lang;
use hyper::Uri;
use hyper::header::{ACCEPT_LANGUAGE, HeaderMap};

use super::board::Snapshot;
use super::run::Run;
use crate::timeline::Axis;

/// How many runs the page shows at first, and how many more at each request for earlier ones.
const RUNS: usize = 30;
/// The most runs that the page shows.
const MOST_RUNS: usize = 120;
/// The most runs on one axis.
const MOST_CHOSEN: usize = 4;
/// The most cuts; of more, the newest count.
const MOST_CUTS: usize = 16;
/// The longest name of a run, in characters.
pub const LONGEST_NAME: usize = 80;
/// The value of `cut` and `since` that stands for the moment at which the address is asked for.
const NOW: &str = "now";
/// What a name's parameter begins with; the run's id follows.
const NAME: &str = "name-";

/// A viewer's choices.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Address {
    pub lang: Lang,
    /// The ids of the runs that the viewer has removed.
    pub without: Vec<u64>,
    /// The moments at which the viewer has begun a new run, in milliseconds of Unix time, sorted.
    cuts: Vec<u64>,
    /// The moment at which the viewer has cleared the page, likewise; 0 if never.
    since: u64,
    /// How many runs to show, up to [`MOST_RUNS`].
    pub runs: usize,
    /// Whether each picture has a scale of its own, instead of one for all.
    pub own_scale: bool,
    /// Whether bars are sorted by page, instead of by arrival.
    pub by_page: bool,
    /// The runs to show alone, on one axis; none for the page of all runs.
    pub chosen: Vec<u64>,
    /// The names that the viewer has given to chosen runs, by their ids.
    names: BTreeMap<u64, String>,
}

impl Address {
    /// The choices of a request. `now` is the present moment in milliseconds of Unix time.
    pub fn new(uri: &Uri, headers: &HeaderMap, now: u64) -> Self {
        let mut address = Self { lang: language_of(headers), runs: RUNS, ..Self::default() };
        let moment = |text: &str| if text == NOW { Some(now) } else { text.parse().ok() };
        let numbers = |text: &str| text.split(['.', ',']).filter_map(moment).collect::<Vec<u64>>();
        let pairs = uri.query().unwrap_or_default().split('&').filter_map(|pair| pair.split_once('='));
        for (name, value) in pairs {
            match name {
                "lang" => address.lang = value.parse().unwrap_or(address.lang),
                "without" => address.without = numbers(value),
                "cut" => address.cuts.extend(numbers(value)),
                "since" => address.since = moment(value).unwrap_or(0),
                "runs" => address.runs = value.parse().unwrap_or(RUNS).min(MOST_RUNS),
                "scale" => address.own_scale = value == "own",
                "order" => address.by_page = value == "page",
                "replay" | "overlay" => address.chosen.extend(numbers(&value.replace("%2C", ","))),
                _ => {
                    if let Some(id) = name.strip_prefix(NAME).and_then(|id| id.parse().ok()) {
                        let given: String = decoded(value).trim().chars().take(LONGEST_NAME).collect();
                        address.names.insert(id, given);
                    }
                }
            }
        }
        address.cuts.sort_unstable();
        address.cuts.dedup();
        address.cuts.drain(..address.cuts.len().saturating_sub(MOST_CUTS));
        address.chosen.truncate(MOST_CHOSEN);
        address.names.retain(|id, name| address.chosen.contains(id) && !name.is_empty());
        address
    }

    /// Whether a request's address stands for another one at each moment.
    pub fn is_of_now(uri: &Uri) -> bool {
        uri.query().unwrap_or_default().split('&').any(|pair| pair.split_once('=').is_some_and(|(_, text)| text == NOW))
    }

    /// The URL for `path` with these choices.
    pub fn url(&self, path: &str) -> String {
        let mut url = path.to_owned();
        for (index, (name, value)) in self.fields().into_iter().enumerate() {
            let _ = write!(url, "{}{name}={}", if index == 0 { '?' } else { '&' }, encoded(&value));
        }
        url
    }

    /// The URL of the page that a viewer gets who begins a new run now.
    pub fn with_new_run(&self) -> String {
        format!("{}&cut={NOW}", self.url("/"))
    }

    /// The URL of the page that a viewer gets who clears it now.
    pub fn cleared(&self) -> String {
        let kept = Self { without: Vec::new(), cuts: Vec::new(), since: 0, ..self.clone() };
        format!("{}&since={NOW}", kept.url("/"))
    }

    /// The names and values of the choices that are not as at first.
    pub fn fields(&self) -> Vec<(Cow<'static, str>, String)> {
        let joined = |ids: &[u64]| ids.iter().map(u64::to_string).collect::<Vec<_>>().join(".");
        let chosen = if self.chosen.len() == 1 { "replay" } else { "overlay" };
        let optional = [
            ("without", (!self.without.is_empty()).then(|| joined(&self.without))),
            ("cut", (!self.cuts.is_empty()).then(|| joined(&self.cuts))),
            ("since", (self.since > 0).then(|| self.since.to_string())),
            ("runs", (self.runs != RUNS).then(|| self.runs.to_string())),
            ("scale", self.own_scale.then(|| "own".to_owned())),
            ("order", self.by_page.then(|| "page".to_owned())),
            (chosen, (!self.chosen.is_empty()).then(|| joined(&self.chosen))),
        ];
        let lang = ("lang".into(), self.lang.pick("en", "ru").to_owned());
        let optional = optional.into_iter().filter_map(|(name, value)| Some((name.into(), value?)));
        let names = self.names.iter().map(|(id, name)| (format!("{NAME}{id}").into(), name.clone()));
        std::iter::once(lang).chain(optional).chain(names).collect()
    }

    /// The same choices, with one more run removed.
    pub fn without(&self, run: u64) -> Self {
        let mut address = self.clone();
        address.without.push(run);
        address
    }

    /// The same choices, with nothing removed.
    pub fn with_all(&self) -> Self {
        Self { without: Vec::new(), since: 0, ..self.clone() }
    }

    /// The same choices with more runs; `None` if the page shows no more.
    pub fn with_more(&self) -> Option<Self> {
        (self.runs < MOST_RUNS).then(|| Self { runs: (self.runs + RUNS).min(MOST_RUNS), ..self.clone() })
    }

    /// The same choices, of these runs alone.
    pub fn of(&self, chosen: &[u64]) -> Self {
        let mut address = Self { chosen: chosen.to_vec(), ..self.clone() };
        address.names.retain(|id, _| chosen.contains(id));
        address
    }

    /// The name that the viewer has given to a chosen run.
    pub fn name_of(&self, run: u64) -> Option<&str> {
        self.names.get(&run).map(String::as_str)
    }

    /// The moments at which runs are cut, sorted.
    pub fn cuts(&self) -> Vec<u64> {
        let mut cuts = self.cuts.clone();
        cuts.push(self.since);
        cuts.sort_unstable();
        cuts
    }

    fn is_removed(&self, run: &Run) -> bool {
        run.id < self.since || self.without.contains(&run.id)
    }

    /// How many runs the viewer has removed.
    pub fn removed(&self, snapshot: &Snapshot) -> usize {
        snapshot.runs.iter().filter(|run| self.is_removed(run)).count()
    }

    /// The runs to show, the newest first.
    pub fn shown<'a>(&self, snapshot: &'a Snapshot) -> impl Iterator<Item = &'a Arc<Run>> {
        snapshot.runs.iter().filter(|run| !self.is_removed(run)).take(self.runs)
    }

    /// The chosen runs, in the order of the choice; those that there are not are left out.
    pub fn chosen<'a>(&self, snapshot: &'a Snapshot) -> Vec<&'a Arc<Run>> {
        self.chosen.iter().filter_map(|id| snapshot.runs.iter().find(|run| run.id == *id)).collect()
    }

    /// The axis of the picture of `run`. Unless the viewer wants it otherwise, it is the same for all, so that they can
    /// be compared.
    pub fn axis(&self, snapshot: &Snapshot, run: &Run) -> Axis {
        if self.own_scale {
            let scale = scale_for(run.timeline.picture_scale());
            return Axis { scale, has_queries: run.timeline.draws_queries() };
        }
        let has_queries = self.shown(snapshot).any(|run| run.timeline.draws_queries());
        Axis { scale: self.longest_scale(snapshot), has_queries }
    }

    /// The scale of the longest run that is shown.
    pub fn longest_scale(&self, snapshot: &Snapshot) -> u64 {
        scale_for(self.shown(snapshot).map(|run| run.timeline.picture_scale()).max().unwrap_or(0))
    }
}

/// A text as it is written in a query.
fn encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        match byte {
            b'-' | b'.' | b'_' | b'~' => encoded.push(byte.into()),
            _ if byte.is_ascii_alphanumeric() => encoded.push(byte.into()),
            _ => {
                let _ = write!(encoded, "%{byte:02X}");
            }
        }
    }
    encoded
}

/// The text that is written so in a query.
fn decoded(text: &str) -> String {
    let mut decoded = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let escaped = || u8::from_str_radix(std::str::from_utf8(after.get(..2)?).ok()?, 16).ok();
        let (byte, length) = match (first, escaped()) {
            (b'%', Some(byte)) => (byte, 3),
            (b'+', _) => (b' ', 1),
            _ => (*first, 1),
        };
        decoded.push(byte);
        rest = &rest[length..];
    }
    String::from_utf8_lossy(&decoded).into_owned()
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

    fn address(uri: &'static str) -> Address {
        Address::new(&Uri::from_static(uri), &HeaderMap::new(), 1_000)
    }

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
        let asked = Address::new(&Uri::from_static("/"), &russian, 0);
        assert_eq!(asked, Address { lang: Lang::Ru, runs: RUNS, ..Address::default() });
        for uri in [
            "/?lang=en",
            "/?lang=ru&without=3.5&cut=7.9&since=4&runs=60&scale=own&order=page&overlay=8.2",
            "/?lang=en&replay=3",
            "/?lang=en&overlay=8.2&name-2=%D0%BC%D0%BE%D1%8F%20%26%20%2B100%25&name-8=wall",
        ] {
            assert_eq!(address(uri).url("/"), uri);
        }
        assert_eq!(address("/?lang=en&runs=60").with_more().unwrap().runs, 90);
        let most = address("/?runs=1000000");
        assert_eq!((most.runs, most.with_more()), (MOST_RUNS, None));
        // As a form of the page sends them, and as one writes them by hand.
        for uri in ["/?overlay=8&overlay=2", "/?overlay=8,2", "/?overlay=8%2C2", "/?overlay=8.2"] {
            assert_eq!(address(uri).chosen, [8, 2], "{uri}");
        }
        assert_eq!(address("/?overlay=1.2.3.4.5").chosen.len(), MOST_CHOSEN);
    }

    #[test]
    fn a_chosen_run_has_the_name_that_it_was_given() {
        let given = address("/?overlay=8.2&name-2=+the+%C2%ABwall%C2%BB%+&name-3=other&name-8=&name-x=y");
        let names = |address: &Address| [2, 3, 8].map(|id| address.name_of(id).map(str::to_owned));
        assert_eq!(names(&given), [Some("the «wall»%".to_owned()), None, None]);
        assert_eq!(names(&given.of(&[8])), [None, None, None]);
        let long = format!("/?replay=1&name-1={}", "%D1%8F".repeat(100)).parse().unwrap();
        let long = Address::new(&long, &HeaderMap::new(), 0);
        assert_eq!(long.name_of(1).map(|name| name.chars().count()), Some(LONGEST_NAME));
        assert_eq!(decoded("%+%4%zz%41"), "% %4%zzA");
    }

    #[test]
    fn a_new_run_and_a_cleared_page_begin_now() {
        let cut = address("/?lang=en&without=3&cut=7&cut=now&since=2");
        assert_eq!(cut.url("/"), "/?lang=en&without=3&cut=7.1000&since=2");
        assert_eq!(cut.cuts(), [2, 7, 1_000]);
        assert_eq!(cut.with_new_run(), "/?lang=en&without=3&cut=7.1000&since=2&cut=now");
        assert_eq!(cut.cleared(), "/?lang=en&since=now");
        let cleared = address("/?lang=en&since=now");
        assert_eq!(cleared.url("/"), "/?lang=en&since=1000");
        let is_of_now = |uri| Address::is_of_now(&Uri::from_static(uri));
        assert!(is_of_now("/?lang=en&since=now") && is_of_now("/?cut=now") && !is_of_now("/?lang=en&cut=7"));
        let many: Vec<String> = (1..100).map(|moment| moment.to_string()).collect();
        let many = format!("/?cut={}", many.join(".")).parse().unwrap();
        assert_eq!(Address::new(&many, &HeaderMap::new(), 0).cuts[0], 100 - MOST_CUTS as u64);
    }
}
