//! Scenarios: how many pages the site has, when it answers, and what goes wrong on purpose.
//!
//! - `target`: what can be held, delayed, failed and counted
//! - `latency`, `size`, `gate`, `fault`: a small grammar each, the same on the command line and in TOML
//! - `statement`: the same for the practice database
//! - `text`: what the grammars share

mod fault;
mod gate;
mod latency;
mod size;
mod statement;
mod target;
mod text;

use std::time::Duration;

pub use fault::{Fault, FaultKind};
pub use gate::{Gate, Release};
pub use latency::{Latency, LatencyRule};
pub use size::{SizeRule, bytes};
pub use statement::{DatabaseScenario, SqlState, Statement, StatementFault, StatementFaultKind, Verb};
pub use target::Target;
pub use text::Invalid;

use crate::listing;

/// What the site is to do. [`Scenario::default`] has ten pages, each answered after 100 to 300 ms.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "files", derive(serde::Deserialize))]
#[cfg_attr(feature = "files", serde(default, deny_unknown_fields, rename_all = "kebab-case"))]
pub struct Scenario {
    /// How many listing pages there are, numbered from 1. Later ones answer 404.
    pub pages: u32,
    /// The seed from which cars and latencies are drawn.
    pub seed: u64,
    /// How long answers take. Without a rule they take 100 to 300 ms, or no time if there is a gate.
    #[cfg_attr(feature = "files", serde(deserialize_with = "one_or_more"))]
    pub latency: Vec<LatencyRule>,
    /// How large pages are. Without a rule they are as large as their cars need, some 30 KB.
    #[cfg_attr(feature = "files", serde(deserialize_with = "one_or_more"))]
    pub page_size: Vec<SizeRule>,
    /// Holds requests until a condition is met.
    pub gate: Option<Gate>,
    /// The faults, at most one for each target.
    pub faults: Vec<Fault>,
    /// What the practice database is to do; `None` for a site without one.
    pub database: Option<DatabaseScenario>,
}

impl Default for Scenario {
    fn default() -> Self {
        Self {
            pages: 10,
            seed: 1,
            latency: Vec::new(),
            page_size: Vec::new(),
            gate: None,
            faults: Vec::new(),
            database: None,
        }
    }
}

impl Scenario {
    /// Checks that no part contradicts another.
    ///
    /// # Errors
    /// The first contradiction found, in words.
    pub fn validated(self) -> Result<Self, Invalid> {
        if self.pages == 0 {
            return Err(Invalid::new("a site needs at least one page"));
        }
        if self.pages > listing::MOST_PAGES {
            return Err(Invalid(format!("more than {} pages: the cars' ids would repeat", listing::MOST_PAGES)));
        }
        if self.gate.is_some() && !self.latency.is_empty() {
            return Err(Invalid::new(
                "a gate decides when to answer, so a latency beside it has no meaning: leave one out",
            ));
        }
        // Cars do not count: their ids are known only from listing pages, which wait at the same gate.
        if let Some(Gate::InFlight { count, .. }) = self.gate
            && count > self.pages
        {
            return Err(Invalid(format!(
                "a gate that waits for {count} pages in flight never opens: the last page is {}",
                self.pages
            )));
        }
        for (index, rule) in self.latency.iter().enumerate() {
            if let Some(target) = rule.target {
                self.check("a latency", target)?;
            }
            if self.latency[..index].iter().any(|other| other.target == rule.target) {
                return Err(Invalid(match rule.target {
                    Some(target) => format!("two latencies for {}: one is needed", named(target)),
                    None => "two latencies for all pages: one is needed".to_owned(),
                }));
            }
        }
        for (index, rule) in self.page_size.iter().enumerate() {
            if let Some(page) = rule.page {
                self.check("a size", Target::Page(page))?;
            }
            if self.page_size[..index].iter().any(|other| other.page == rule.page) {
                return Err(Invalid(match rule.page {
                    Some(page) => format!("two sizes for page {page}: one is needed"),
                    None => "two sizes for all pages: one is needed".to_owned(),
                }));
            }
        }
        for (index, fault) in self.faults.iter().enumerate() {
            self.check("a fault", fault.target)?;
            if self.faults[..index].iter().any(|other| other.target == fault.target) {
                return Err(Invalid(format!("two faults on {}: one is possible at most", named(fault.target))));
            }
        }
        if let Some(database) = &self.database {
            database.check()?;
        }
        Ok(self)
    }

    /// A scenario from TOML, checked; `name` is the file's, for the error.
    ///
    /// # Errors
    /// One line with `name`, the line's number where there is one, and what is wrong.
    #[cfg(feature = "files")]
    pub fn from_toml(text: &str, name: &str) -> Result<Self, Invalid> {
        let scenario: Self = toml::from_str(text).map_err(|error| {
            let line = error.span().map_or(1, |span| text[..span.start].matches('\n').count() + 1);
            Invalid(format!("{name}:{line}: {}", error.message()))
        })?;
        scenario.validated().map_err(|Invalid(why)| Invalid(format!("{name}: {why}")))
    }

    /// Whether the site has this target.
    pub fn has(&self, target: Target) -> bool {
        let page = match target {
            Target::Page(page) => page,
            Target::Car(id) => listing::page_of(self.seed, id),
        };
        (1..=self.pages).contains(&page)
    }

    /// How long the answer for `target` takes.
    pub fn latency_of(&self, target: Target) -> Duration {
        let rule = |wanted: Option<Target>| self.latency.iter().find(|rule| rule.target == wanted);
        let latency = match rule(Some(target)).or_else(|| rule(None)) {
            Some(rule) => rule.latency,
            None if self.gate.is_some() => return Duration::ZERO,
            None => Latency::default(),
        };
        latency.of(self.seed, target)
    }

    /// How large a page is at least, in bytes.
    pub(crate) fn size_of(&self, page: u32) -> u64 {
        let rule = |wanted: Option<u32>| self.page_size.iter().find(|rule| rule.page == wanted);
        rule(Some(page)).or_else(|| rule(None)).map_or(0, |rule| rule.bytes)
    }

    /// The fault of `target`, if it has one.
    pub fn fault_of(&self, target: Target) -> Option<FaultKind> {
        self.faults.iter().find(|fault| fault.target == target).map(|fault| fault.kind)
    }

    /// How long the whole answer for `target` takes when no gate holds it; `None` if there is to be none.
    pub(crate) fn time_of(&self, target: Target) -> Option<Duration> {
        let latency = self.latency_of(target);
        match self.fault_of(target) {
            Some(FaultKind::Never | FaultKind::Reset | FaultKind::Cut) => None,
            Some(FaultKind::Drip(time)) => Some(latency + time),
            Some(FaultKind::Status(_) | FaultKind::FailFirst { .. } | FaultKind::CutFirst(_)) | None => Some(latency),
        }
    }

    fn check(&self, what: &str, target: Target) -> Result<(), Invalid> {
        match target {
            _ if self.has(target) => Ok(()),
            Target::Page(page) => Err(Invalid(format!("{what} on page {page}, but the last page is {}", self.pages))),
            Target::Car(_) => {
                Err(Invalid(format!("{what} on {target}, but no page has that car with seed {}", self.seed)))
            }
        }
    }
}

/// The name of a target in a sentence.
fn named(target: Target) -> String {
    match target {
        Target::Page(page) => format!("page {page}"),
        Target::Car(_) => target.to_string(),
    }
}

/// Deserializes one rule, or a list of rules.
#[cfg(feature = "files")]
fn one_or_more<'de, D: serde::Deserializer<'de>, Rule>(deserializer: D) -> Result<Vec<Rule>, D::Error>
where
    Rule: serde::Deserialize<'de> + std::str::FromStr<Err = Invalid>,
{
    struct Rules<Rule>(std::marker::PhantomData<Rule>);

    impl<'de, Rule> serde::de::Visitor<'de> for Rules<Rule>
    where
        Rule: serde::Deserialize<'de> + std::str::FromStr<Err = Invalid>,
    {
        type Value = Vec<Rule>;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("a rule, or a list of them")
        }

        fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Self::Value, E> {
            text.parse().map(|rule| vec![rule]).map_err(E::custom)
        }

        fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut rules: A) -> Result<Self::Value, A::Error> {
            std::iter::from_fn(|| rules.next_element().transpose()).collect()
        }
    }

    deserializer.deserialize_any(Rules(std::marker::PhantomData))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(count: u64) -> Duration {
        Duration::from_millis(count)
    }

    #[test]
    fn each_target_takes_as_long_as_its_seed_says() {
        let scenario = Scenario::default();
        for targets in [(1..=100).map(Target::Page).collect::<Vec<_>>(), (1..=100).map(Target::Car).collect()] {
            let drawn = || targets.iter().map(|target| scenario.latency_of(*target)).collect::<Vec<_>>();
            let latencies = drawn();
            assert!(latencies.iter().all(|latency| (ms(100)..=ms(300)).contains(latency)));
            assert!(latencies.windows(2).any(|pair| pair[0] > pair[1]));
            assert_eq!(latencies, drawn());
            assert_ne!(latencies[0], Scenario { seed: 2, ..scenario.clone() }.latency_of(targets[0]));
        }
        assert_ne!(scenario.latency_of(Target::Page(1)), scenario.latency_of(Target::Car(1)));
    }

    #[test]
    fn a_rule_for_one_target_comes_before_the_one_for_all() {
        let latency = ["1s", "3:2s", "details/7:5s"].map(|rule| rule.parse().unwrap()).to_vec();
        let scenario = Scenario { latency, ..Scenario::default() };
        let taken = [Target::Page(1), Target::Page(3), Target::Car(7), Target::Car(3)].map(|t| scenario.latency_of(t));
        assert_eq!(taken, [ms(1000), ms(2000), ms(5000), ms(1000)]);
    }

    #[test]
    fn contradictions_are_errors() {
        let car = listing::car_ids(1, 4)[0];
        let check = |pages, gate: &str, latency: &[&str], faults: &[&str]| {
            let gate = (!gate.is_empty()).then(|| gate.parse().unwrap());
            let latency = latency.iter().map(|rule| rule.parse().unwrap()).collect();
            let faults = faults.iter().map(|fault| fault.parse().unwrap()).collect();
            Scenario { pages, latency, gate, faults, ..Scenario::default() }.validated().map_err(|why| why.to_string())
        };
        let why =
            |pages, gate: &str, latency: &[&str], faults: &[&str]| check(pages, gate, latency, faults).unwrap_err();
        let of_car = format!("details/{car}:never");
        assert!(check(10, "in-flight=10", &[], &["3:500", "4:never", &of_car]).is_ok());
        assert!(check(10, "", &["1s", "3:2s", &format!("details/{car}:2s")], &[]).is_ok());
        assert_eq!(why(0, "", &[], &[]), "a site needs at least one page");
        assert_eq!(why(u32::MAX, "", &[], &[]), "more than 214748364 pages: the cars' ids would repeat");
        assert_eq!(
            why(4, "in-flight=5", &[], &[]),
            "a gate that waits for 5 pages in flight never opens: the last page is 4"
        );
        assert_eq!(why(4, "", &[], &["5:never"]), "a fault on page 5, but the last page is 4");
        assert_eq!(
            why(3, "", &[], &[&of_car]),
            format!("a fault on details/{car}, but no page has that car with seed 1")
        );
        assert_eq!(why(4, "", &[], &["2:never", "2:500"]), "two faults on page 2: one is possible at most");
        assert_eq!(why(4, "", &["1s", "5:2s"], &[]), "a latency on page 5, but the last page is 4");
        assert_eq!(why(4, "", &["1s", "2s"], &[]), "two latencies for all pages: one is needed");
        assert_eq!(why(4, "", &["2:1s", "2:2s"], &[]), "two latencies for page 2: one is needed");
        for latency in ["1s", "2:1s"] {
            assert!(why(4, "quiet=1ms", &[latency], &[]).starts_with("a gate decides when to answer"));
        }
    }

    #[cfg(feature = "files")]
    #[test]
    fn toml_holds_what_the_command_line_takes() {
        let text = "pages = 4\nseed = 7\ngate = 'in-flight=4,backwards'\nfaults = ['2:500', '3:never']\n";
        assert_eq!(
            Scenario::from_toml(text, "a.toml"),
            Ok(Scenario {
                pages: 4,
                seed: 7,
                latency: Vec::new(),
                page_size: Vec::new(),
                gate: Some(Gate::InFlight { count: 4, release: Release::Backwards }),
                faults: vec!["2:500".parse().unwrap(), "3:never".parse().unwrap()],
                database: None,
            })
        );
        let text = "[database]\nlatency = '10ms'\nconnections = 3\nfaults = ['insert 3: 40001', 'commit 1: lost']\n";
        let database = Scenario::from_toml(text, "a.toml").unwrap().database.unwrap();
        assert_eq!((database.latency, database.connections.get(), database.faults.len()), ("10ms".parse().ok(), 3, 2));
        let latency = |text| Scenario::from_toml(text, "a.toml").unwrap().latency;
        assert_eq!(latency("latency = '2s'"), ["2s".parse().unwrap()]);
        assert_eq!(latency("latency = ['1s', '3:2s']"), ["1s".parse().unwrap(), "3:2s".parse().unwrap()]);
        let why = |text: &str| Scenario::from_toml(text, "a.toml").unwrap_err().to_string();
        assert_eq!(
            why("pages = 4\npage = 5\n"),
            "a.toml:2: unknown field `page`, expected one of `pages`, `seed`, `latency`, `page-size`, `gate`, `faults`, \
             `database`"
        );
        for latency in ["'soon'", "['1s', 'soon']"] {
            assert_eq!(
                why(&format!("seed = 1\nlatency = {latency}\n")),
                "a.toml:2: 'soon' is no length of time: write it like 300ms or 2s"
            );
        }
        let sizes = Scenario::from_toml("page-size = ['1MB', '3:2MB']", "a.toml").unwrap();
        assert_eq!([1, 3].map(|page| sizes.size_of(page)), [1_000_000, 2_000_000]);
        assert_eq!(why("pages = 1\npage-size = '2:1MB'"), "a.toml: a size on page 2, but the last page is 1");
        assert!(why("latency = 3").ends_with("expected a rule, or a list of them"), "{}", why("latency = 3"));
        assert_eq!(why("pages = 1\nfaults = ['2:500']"), "a.toml: a fault on page 2, but the last page is 1");
    }
}
