//! What the site will do: how many pages it has, when it answers, and what goes wrong on purpose.

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;
use std::time::Duration;

use crate::listing::Listing;

/// What the site will do. [`Scenario::default`] is the course's usual one: ten pages, each answered after 100 to 300 ms.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "files", derive(serde::Deserialize))]
#[cfg_attr(feature = "files", serde(default, deny_unknown_fields))]
pub struct Scenario {
    /// How many listing pages there are, numbered from 1. Later ones answer 404.
    pub pages: u32,
    /// What cars there are and how long each page takes follow from it.
    pub seed: u64,
    /// How long an answer takes. `None` means 100 to 300 ms, or at once when there is a gate.
    pub latency: Option<Latency>,
    /// Holds requests until a condition is met.
    pub gate: Option<Gate>,
    /// What goes wrong, at most one fault a page.
    pub faults: Vec<Fault>,
}

impl Default for Scenario {
    fn default() -> Self {
        Self { pages: 10, seed: 1, latency: None, gate: None, faults: Vec::new() }
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
        if self.gate.is_some() && self.latency.is_some() {
            return Err(Invalid::new(
                "a gate decides when to answer, so a latency beside it has no meaning: leave one out",
            ));
        }
        if let Some(Gate::InFlight { count, .. }) = self.gate
            && count > self.pages
        {
            return Err(Invalid(format!(
                "a gate that waits for {count} pages in flight never opens: the last page is {}",
                self.pages
            )));
        }
        for (index, fault) in self.faults.iter().enumerate() {
            if fault.page > self.pages {
                return Err(Invalid(format!("a fault on page {}, but the last page is {}", fault.page, self.pages)));
            }
            if self.faults[..index].iter().any(|other| other.page == fault.page) {
                return Err(Invalid(format!("two faults on page {}: a page has one at most", fault.page)));
            }
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

    /// How long `page` takes to answer.
    pub fn latency_of(&self, page: u32) -> Duration {
        let latency = match (self.latency, self.gate) {
            (Some(latency), _) => latency,
            (None, Some(_)) => return Duration::ZERO,
            (None, None) => Latency::default(),
        };
        latency.of(self.seed, page)
    }

    /// The dollar price of the first car on `page`, as the listing shows it.
    pub fn first_price(&self, page: u32) -> u32 {
        Listing::new(self.seed, self.pages).first_price(page)
    }

    pub(crate) fn fault_of(&self, page: u32) -> Option<FaultKind> {
        self.faults.iter().find(|fault| fault.page == page).map(|fault| fault.kind)
    }
}

/// Something in a scenario that can't be; its text says what, and where it can, what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid(String);

impl Invalid {
    fn new(why: &str) -> Self {
        Self(why.to_owned())
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Invalid {}

/// How long answers take: each page's own, drawn evenly from the range. Written `100ms..300ms`, or `1s` for all alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "files", derive(serde::Deserialize), serde(try_from = "String"))]
pub struct Latency {
    shortest: Duration,
    longest: Duration,
}

impl Latency {
    /// The longest latency that is taken for meant.
    const LIMIT: Duration = Duration::from_hours(24);

    /// Answers after `shortest` to `longest`.
    ///
    /// # Errors
    /// When the range is empty, or ends later than a day.
    pub fn new(range: RangeInclusive<Duration>) -> Result<Self, Invalid> {
        let (shortest, longest) = range.into_inner();
        if shortest > longest {
            return Err(Invalid(format!(
                "an empty range: {} is more than {}; turn it round",
                humantime::format_duration(shortest),
                humantime::format_duration(longest)
            )));
        }
        if longest > Self::LIMIT {
            return Err(Invalid::new("a latency of more than a day"));
        }
        Ok(Self { shortest, longest })
    }

    fn of(self, seed: u64, page: u32) -> Duration {
        let micros = |duration: Duration| u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
        let mut random = random_of(seed, u64::from(page));
        Duration::from_micros(random.u64(micros(self.shortest)..=micros(self.longest)))
    }
}

/// The source of randomness for one thing: the same for the same seed, whatever else was asked for before.
pub(crate) fn random_of(seed: u64, what: u64) -> fastrand::Rng {
    let mut mixer = fastrand::Rng::with_seed(seed);
    fastrand::Rng::with_seed(mixer.u64(..) ^ what.wrapping_mul(0x9E37_79B9_7F4A_7C15))
}

impl Default for Latency {
    fn default() -> Self {
        Self { shortest: Duration::from_millis(100), longest: Duration::from_millis(300) }
    }
}

impl FromStr for Latency {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let (shortest, longest) = text.split_once("..").unwrap_or((text, text));
        Self::new(duration(shortest)?..=duration(longest)?)
    }
}

impl fmt::Display for Latency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [shortest, longest] = [self.shortest, self.longest].map(humantime::format_duration);
        if self.shortest == self.longest { write!(f, "{shortest}") } else { write!(f, "{shortest}..{longest}") }
    }
}

/// A length of time as people write it: `300ms`, `2s`, `1m 30s`.
fn duration(text: &str) -> Result<Duration, Invalid> {
    humantime::parse_duration(text.trim())
        .map_err(|_| Invalid(format!("'{}' is no length of time: write it like 300ms or 2s", text.trim())))
}

/// Holds requests for pages until a condition is met.
///
/// Written `in-flight=10`, `in-flight=10,backwards`, `in-flight=10,one-at-a-time` or `quiet=200ms`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "files", derive(serde::Deserialize), serde(try_from = "String"))]
pub enum Gate {
    /// Holds every answer until `count` pages are in flight, then lets them go; from then on the gate stands open.
    InFlight {
        /// How many pages must be in flight.
        count: u32,
        /// In which order they are let go.
        release: Release,
    },
    /// Holds every answer until no further request has come for this long: whoever means to ask has asked by then.
    Quiet(Duration),
    /// Holds every answer until the site's owner lets its page go, or opens the gate: see [`Site::release`] and
    /// [`Site::open_gate`]. It can't be written, since nobody would be there to do so.
    ///
    /// [`Site::release`]: crate::Site::release
    /// [`Site::open_gate`]: crate::Site::open_gate
    Manual,
}

/// In which order an open gate lets the requests go that it held.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Release {
    /// All, by page number, back to back.
    #[default]
    Forwards,
    /// All, from the last page to the first, back to back.
    Backwards,
    /// By page number, each only when the answer before it has been sent or given up.
    OneAtATime,
}

impl Gate {
    fn new(in_flight: Option<u32>, release: Option<Release>, quiet: Option<Duration>) -> Result<Self, Invalid> {
        match (in_flight, release, quiet) {
            (Some(0), ..) => Err(Invalid::new("a gate that waits for 0 in flight is no gate")),
            (Some(count), release, None) => Ok(Self::InFlight { count, release: release.unwrap_or_default() }),
            (None, None, Some(quiet)) => Ok(Self::Quiet(quiet)),
            (None, Some(_), _) => Err(Invalid::new("a gate's release order goes with in-flight")),
            _ => Err(Invalid::new("a gate waits either for in-flight=N or for quiet=TIME")),
        }
    }
}

impl FromStr for Gate {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let (mut in_flight, mut release, mut quiet) = (None, None, None);
        for part in text.split(',') {
            match part.split_once('=').unwrap_or((part, "")) {
                ("in-flight", count) => in_flight = Some(whole_number(count)?),
                ("quiet", time) => quiet = Some(duration(time)?),
                ("forwards", "") => release = Some(Release::Forwards),
                ("backwards", "") => release = Some(Release::Backwards),
                ("one-at-a-time", "") => release = Some(Release::OneAtATime),
                _ => {
                    return Err(Invalid(format!(
                        "'{part}' is not part of a gate: in-flight=N, forwards, backwards, one-at-a-time, quiet=TIME"
                    )));
                }
            }
        }
        Self::new(in_flight, release, quiet)
    }
}

impl fmt::Display for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InFlight { count, release } => {
                write!(f, "in-flight={count}")?;
                f.write_str(match release {
                    Release::Forwards => "",
                    Release::Backwards => ",backwards",
                    Release::OneAtATime => ",one-at-a-time",
                })
            }
            Self::Quiet(time) => write!(f, "quiet={}", humantime::format_duration(*time)),
            Self::Manual => f.write_str("manual"),
        }
    }
}

/// Something that goes wrong on one page.
///
/// Written `3:404` (that status), `3:fail-first=2` (503 with Retry-After twice, then well; `,status=500` and
/// `,retry-after=2` change that), `3:never` (no answer), `3:reset` (the connection is reset instead of an answer),
/// `3:cut` (and in the middle of one), `3:drip=2s` (a body that takes that long).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "files", derive(serde::Deserialize), serde(try_from = "String"))]
pub struct Fault {
    /// The page that it befalls.
    pub page: u32,
    /// What happens.
    pub kind: FaultKind,
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// Answers with this status, 200 to 599, each time.
    Status(u16),
    /// Answers the first attempts with a failure, and then as usual.
    FailFirst {
        /// How many attempts fail.
        attempts: u32,
        /// With which status, 400 to 599.
        status: u16,
        /// The Retry-After header of a failure, in seconds.
        retry_after: u32,
    },
    /// Never answers.
    Never,
    /// Resets the connection instead of answering.
    Reset,
    /// Resets the connection in the middle of the body.
    Cut,
    /// Answers with a body that takes this long to arrive.
    Drip(Duration),
}

impl FromStr for Fault {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let (page, kind) = text
            .split_once(':')
            .ok_or_else(|| Invalid(format!("'{text}' is no fault: write it like 3:404 or 3:never")))?;
        let page = whole_number(page)?;
        if page == 0 {
            return Err(Invalid::new("pages are numbered from 1, so nothing can befall page 0"));
        }
        Ok(Self { page, kind: kind.parse()? })
    }
}

impl FromStr for FaultKind {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let mut parts = text.split(',').map(|part| part.split_once('=').unwrap_or((part, "")));
        let kind = match parts.next().unwrap_or_default() {
            ("never", "") => Self::Never,
            ("reset", "") => Self::Reset,
            ("cut", "") => Self::Cut,
            ("drip", time) => Self::Drip(duration(time)?),
            ("fail-first", attempts) => {
                let attempts = whole_number(attempts)?;
                if attempts == 0 {
                    return Err(Invalid::new("fail-first=0 never fails: leave the fault out"));
                }
                let (mut status, mut retry_after) = (503, 1);
                for part in parts.by_ref() {
                    match part {
                        ("status", code) => status = status_in(400..=599, code)?,
                        ("retry-after", seconds) => retry_after = whole_number(seconds)?,
                        (name, _) => {
                            return Err(Invalid(format!("'{name}' is not part of fail-first: status, retry-after")));
                        }
                    }
                }
                Self::FailFirst { attempts, status, retry_after }
            }
            (code, "") if code.starts_with(|c: char| c.is_ascii_digit()) => Self::Status(status_in(200..=599, code)?),
            (name, _) => {
                return Err(Invalid(format!(
                    "'{name}' is no fault: a status, fail-first=N, never, reset, cut or drip=TIME"
                )));
            }
        };
        match parts.next() {
            None => Ok(kind),
            Some((name, _)) => Err(Invalid(format!("'{name}' has no meaning in '{text}'"))),
        }
    }
}

fn status_in(range: RangeInclusive<u16>, text: &str) -> Result<u16, Invalid> {
    text.parse().ok().filter(|status| range.contains(status)).ok_or_else(|| {
        Invalid(format!("'{text}': a status here is a number from {} to {}", range.start(), range.end()))
    })
}

fn whole_number(text: &str) -> Result<u32, Invalid> {
    text.trim().parse().map_err(|_| Invalid(format!("'{text}' is no whole number")))
}

/// Lets TOML hold what the command line takes, in the same words.
#[cfg(feature = "files")]
macro_rules! from_string {
    ($($written:ty),*) => {$(
        impl TryFrom<String> for $written {
            type Error = Invalid;

            fn try_from(text: String) -> Result<Self, Invalid> {
                text.parse()
            }
        }
    )*};
}
#[cfg(feature = "files")]
from_string!(Latency, Gate, Fault);

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(count: u64) -> Duration {
        Duration::from_millis(count)
    }

    fn why<T: FromStr<Err = Invalid> + fmt::Debug>(text: &str) -> String {
        text.parse::<T>().unwrap_err().to_string()
    }

    #[test]
    fn a_latency_is_a_range_or_one_length() {
        assert_eq!("100ms..300ms".parse(), Ok(Latency::default()));
        assert_eq!("1s".parse(), Latency::new(ms(1000)..=ms(1000)));
        assert_eq!(why::<Latency>("300ms..100ms"), "an empty range: 300ms is more than 100ms; turn it round");
        assert_eq!(why::<Latency>("fast"), "'fast' is no length of time: write it like 300ms or 2s");
        assert_eq!(why::<Latency>("0s..2days"), "a latency of more than a day");
    }

    #[test]
    fn a_page_takes_as_long_as_its_seed_says() {
        let scenario = Scenario::default();
        let latencies: Vec<_> = (1..=100).map(|page| scenario.latency_of(page)).collect();
        assert!(latencies.iter().all(|latency| (ms(100)..=ms(300)).contains(latency)));
        assert!(latencies.windows(2).any(|pair| pair[0] > pair[1]));
        assert_eq!(latencies, (1..=100).map(|page| scenario.latency_of(page)).collect::<Vec<_>>());
        assert_ne!(latencies[0], Scenario { seed: 2, ..scenario }.latency_of(1));
    }

    #[test]
    fn gates_and_faults_are_written_in_words() {
        assert_eq!("in-flight=10".parse(), Ok(Gate::InFlight { count: 10, release: Release::Forwards }));
        assert_eq!("in-flight=3,one-at-a-time".parse(), Ok(Gate::InFlight { count: 3, release: Release::OneAtATime }));
        assert_eq!("quiet=200ms".parse(), Ok(Gate::Quiet(ms(200))));
        assert_eq!(why::<Gate>("in-flight=0"), "a gate that waits for 0 in flight is no gate");
        assert_eq!(why::<Gate>("backwards,quiet=1s"), "a gate's release order goes with in-flight");
        assert_eq!(why::<Gate>("in-flight=2,quiet=1s"), "a gate waits either for in-flight=N or for quiet=TIME");

        let fault = |kind| Ok(Fault { page: 3, kind });
        assert_eq!("3:404".parse(), fault(FaultKind::Status(404)));
        assert_eq!("3:never".parse(), fault(FaultKind::Never));
        assert_eq!("3:drip=2s".parse(), fault(FaultKind::Drip(ms(2000))));
        assert_eq!("3:fail-first=2".parse(), fault(FaultKind::FailFirst { attempts: 2, status: 503, retry_after: 1 }));
        assert_eq!(
            "3:fail-first=1,status=500,retry-after=7".parse(),
            fault(FaultKind::FailFirst { attempts: 1, status: 500, retry_after: 7 })
        );
        assert_eq!(why::<Fault>("3:99"), "'99': a status here is a number from 200 to 599");
        assert_eq!(why::<Fault>("0:never"), "pages are numbered from 1, so nothing can befall page 0");
        assert_eq!(why::<Fault>("3:reset,status=500"), "'status' has no meaning in 'reset,status=500'");
        assert_eq!(
            why::<Fault>("3:sulk"),
            "'sulk' is no fault: a status, fail-first=N, never, reset, cut or drip=TIME"
        );
    }

    #[test]
    fn contradictions_are_errors() {
        let check = |pages, gate: &str, faults: &[&str]| {
            let gate = (!gate.is_empty()).then(|| gate.parse().unwrap());
            let faults = faults.iter().map(|fault| fault.parse().unwrap()).collect();
            Scenario { pages, gate, faults, ..Scenario::default() }.validated().map_err(|why| why.to_string())
        };
        assert!(check(10, "in-flight=10", &["3:500", "4:never"]).is_ok());
        assert_eq!(check(0, "", &[]).unwrap_err(), "a site needs at least one page");
        assert_eq!(
            check(4, "in-flight=5", &[]).unwrap_err(),
            "a gate that waits for 5 pages in flight never opens: the last page is 4"
        );
        assert_eq!(check(4, "", &["5:never"]).unwrap_err(), "a fault on page 5, but the last page is 4");
        assert_eq!(check(4, "", &["2:never", "2:500"]).unwrap_err(), "two faults on page 2: a page has one at most");
        let gated =
            Scenario { gate: Some(Gate::Quiet(ms(1))), latency: Some(Latency::default()), ..Scenario::default() };
        assert!(gated.validated().is_err());
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
                latency: None,
                gate: Some(Gate::InFlight { count: 4, release: Release::Backwards }),
                faults: vec!["2:500".parse().unwrap(), "3:never".parse().unwrap()],
            })
        );
        let why = |text| Scenario::from_toml(text, "a.toml").unwrap_err().to_string();
        assert_eq!(
            why("pages = 4\npage = 5\n"),
            "a.toml:2: unknown field `page`, expected one of `pages`, `seed`, `latency`, `gate`, `faults`"
        );
        assert_eq!(
            why("seed = 1\nlatency = 'soon'\n"),
            "a.toml:2: 'soon' is no length of time: write it like 300ms or 2s"
        );
        assert_eq!(why("pages = 1\nfaults = ['2:500']"), "a.toml: a fault on page 2, but the last page is 1");
    }
}
