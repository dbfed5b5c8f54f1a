//! What a homework asks for: `homework.toml`, read and checked. homework/README.md documents its words for teachers.

use std::fmt;
use std::ops::Range;
use std::time::Duration;

use console::Lang;
use serde::Deserialize;
use site::{Fault, FaultKind, Latency};
use toml::{Spanned, Value};

/// A homework's rules, hints and one-line summary.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Task {
    /// The task in one line.
    #[serde(rename = "task")]
    pub summary: Text,
    /// What the site does to the program.
    pub site: Conditions,
    /// What must be seen.
    pub expect: Expectations,
    /// From a nudge to nearly the answer.
    pub hints: Spanned<Vec<Text>>,
}

/// A text in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    en: String,
    ru: String,
}

impl Text {
    /// The text in `lang`.
    pub fn pick(&self, lang: Lang) -> &str {
        lang.pick(&self.en, &self.ru)
    }
}

/// What the site does to the program.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Conditions {
    /// How many pages there are: one of these, drawn for each run.
    pub pages: Spanned<Vec<u32>>,
    /// Each answer is held until so many requests are in flight.
    pub hold: Option<Spanned<Count>>,
    /// How the held requests are answered then.
    pub answer: Option<Spanned<Answer>>,
    /// In which order.
    pub order: Option<Spanned<Order>>,
    /// What goes wrong.
    pub faults: Option<Spanned<Vec<FaultRule>>>,
    /// How long answers take where nothing is held.
    pub latency: Option<Spanned<Latency>>,
}

/// A number of pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Value")]
pub enum Count {
    /// As many as there are.
    All,
    /// So many.
    Exactly(u32),
}

impl Count {
    /// How many that is of `pages`.
    pub fn of(self, pages: u32) -> u32 {
        match self {
            Self::All => pages,
            Self::Exactly(count) => count,
        }
    }
}

impl TryFrom<Value> for Count {
    type Error = &'static str;

    fn try_from(value: Value) -> Result<Self, Self::Error> {
        let number = value.as_integer().and_then(|number| u32::try_from(number).ok()).filter(|&number| number > 0);
        match (number, value.as_str()) {
            (Some(number), _) => Ok(Self::Exactly(number)),
            (None, Some("all")) => Ok(Self::All),
            _ => Err("a whole number from 1, or \"all\", is needed"),
        }
    }
}

/// How held requests are answered once the hold is full.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// All, back to back.
    #[default]
    AtOnce,
    /// One, and the next when the hold is full again or all pages that are left are in flight.
    OneForOne,
    /// One, and the next when that one's line has been printed.
    AfterItsLine,
    /// One, and the next when all others in flight have been given up by the client.
    Race,
}

/// In which order held requests are answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// By page number.
    Forwards,
    /// From the last page to the first.
    Backwards,
    /// Drawn for each run, and never by page number where there is more than one to choose from.
    #[default]
    Shuffled,
}

/// Something that goes wrong on one page, which may be left to be drawn for each run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct FaultRule {
    /// `None` for a page that is drawn.
    pub page: Option<u32>,
    /// What happens.
    pub kind: FaultKind,
}

impl TryFrom<String> for FaultRule {
    type Error = site::Invalid;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        match text.strip_prefix("any:") {
            Some(kind) => Ok(Self { page: None, kind: kind.parse()? }),
            None => text.parse().map(|Fault { target, kind }| Self { page: target.page(), kind }),
        }
    }
}

/// What must be seen. The names are those of verdicts; homework/README.md says what each means.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Expectations {
    pub each_page_once: Option<Spanned<Plain>>,
    pub page_order: Option<Spanned<Plain>>,
    pub in_flight: Option<Spanned<InFlight>>,
    pub kept_full: Option<Spanned<Plain>>,
    pub connections: Option<Spanned<Connections>>,
    pub lines: Option<Spanned<Lines>>,
    pub line_at_once: Option<Spanned<Plain>>,
    pub others_given_up: Option<Spanned<Plain>>,
    pub attempts: Option<Spanned<Attempts>>,
    pub given_up: Option<Spanned<Plain>>,
    pub nothing_after_failure: Option<Spanned<Plain>>,
    pub idle_while_waiting: Option<Spanned<Plain>>,
    pub exit: Exit,
}

/// An expectation without settings.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plain {
    /// Shown when it is not met.
    pub hint: Option<Text>,
}

/// How many requests are in flight.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct InFlight {
    /// So many at some moment.
    pub reaches: Option<Count>,
    /// Never more.
    pub at_most: Option<Count>,
    /// Shown when it is not met.
    pub hint: Option<Text>,
}

/// How many connections are opened.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Connections {
    /// No more than that.
    pub at_most: Count,
    /// Shown when it is not met.
    pub hint: Option<Text>,
}

/// The lines printed.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lines {
    /// Their order.
    pub order: LineOrder,
    /// Whether they end in the price of the page's first car.
    #[serde(default)]
    pub price: bool,
    /// Shown when it is not met.
    pub hint: Option<Text>,
}

/// The order of lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LineOrder {
    /// By page number.
    Pages,
    /// As the pages were answered.
    Answers,
    /// Any.
    Any,
}

/// How often pages that fail first are asked for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attempts {
    /// So often.
    pub exactly: u32,
    /// How long after a failure the next attempt comes, at the earliest.
    pub apart: Option<Time>,
    /// Shown when it is not met.
    pub hint: Option<Text>,
}

/// A length of time, written as people do: `1s`, `300ms`.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct Time(pub Duration);

impl TryFrom<String> for Time {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let time = humantime::parse_duration(&text);
        time.map(Self).map_err(|_| format!("'{text}' is no length of time: write it like 300ms or 2s"))
    }
}

/// How the program ends.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exit {
    /// With status 0; or with another.
    pub success: bool,
    /// Shown when it is not met.
    pub hint: Option<Text>,
}

/// Why a `homework.toml` can't be used: one line with the file, the line and what is wrong.
#[derive(Debug, PartialEq, Eq)]
pub struct Invalid(String);

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A contradiction: where it is in the text, and what it is.
type Contradiction = (Range<usize>, String);

impl Task {
    /// Reads a homework's rules; `file` is their file's name, for the error.
    ///
    /// # Errors
    /// When they are no TOML, hold unknown words, lack a language, or contradict themselves.
    pub fn from_toml(text: &str, file: &str) -> Result<Self, Invalid> {
        let at = |span: Range<usize>, what: &str| {
            Invalid(format!("{file}:{}: {what}", text[..span.start].matches('\n').count() + 1))
        };
        let task: Self =
            toml::from_str(text).map_err(|error| at(error.span().unwrap_or_default(), error.message().trim_end()))?;
        match task.contradiction() {
            None => Ok(task),
            Some((span, what)) => Err(at(span, &what)),
        }
    }

    /// The faults, in their order.
    pub fn faults(&self) -> &[FaultRule] {
        self.site.faults.as_ref().map_or(&[], |faults| faults.get_ref().as_slice())
    }

    fn contradiction(&self) -> Option<Contradiction> {
        self.site_contradiction().or_else(|| self.expectation_contradiction()).or_else(|| {
            let texts = [&self.summary].into_iter().chain(self.hints.get_ref());
            if texts.into_iter().any(|text| text.en.trim().is_empty() || text.ru.trim().is_empty()) {
                return Some((self.hints.span(), "a summary or hint is empty in one of the languages".to_owned()));
            }
            let few = self.hints.get_ref().len() < 3;
            few.then(|| (self.hints.span(), "fewer than three hints: the way from a nudge to the answer".to_owned()))
        })
    }

    fn fewest_pages(&self) -> u32 {
        self.site.pages.get_ref().iter().copied().min().unwrap_or(0)
    }

    fn site_contradiction(&self) -> Option<Contradiction> {
        let Conditions { pages, hold, answer, order, faults, latency } = &self.site;
        let fewest = self.fewest_pages();
        if fewest == 0 {
            return Some((pages.span(), "pages needs numbers from 1 to draw from".to_owned()));
        }
        if let Some(hold) = hold {
            if let Some(latency) = latency {
                return Some((latency.span(), "a latency beside hold: the hold decides when to answer".to_owned()));
            }
            let count = hold.get_ref().of(fewest);
            if count > fewest {
                return Some((hold.span(), format!("{count} in flight are more than there are pages ({fewest})")));
            }
            let race = answer.as_ref().is_some_and(|answer| *answer.get_ref() == Answer::Race);
            let uneven = |&&pages: &&u32| pages % hold.get_ref().of(pages) != 0;
            if race && let Some(uneven) = pages.get_ref().iter().find(uneven) {
                return Some((pages.span(), format!("{uneven} pages can't be shared out to races evenly")));
            }
        } else if let Some(span) = answer.as_ref().map(Spanned::span).or(order.as_ref().map(Spanned::span)) {
            return Some((span, "answer and order say how held requests are answered: add hold".to_owned()));
        }
        let faults = faults.as_ref()?;
        if faults.get_ref().len() > fewest as usize {
            return Some((faults.span(), format!("more faults than pages ({fewest})")));
        }
        let fixed: Vec<u32> = faults.get_ref().iter().filter_map(|fault| fault.page).collect();
        for (index, page) in fixed.iter().enumerate() {
            if *page > fewest {
                return Some((faults.span(), format!("a fault on page {page}, but there may be only {fewest}")));
            }
            if fixed[..index].contains(page) {
                return Some((faults.span(), format!("two faults on page {page}: a page has one at most")));
            }
        }
        None
    }

    fn expectation_contradiction(&self) -> Option<Contradiction> {
        let expect = &self.expect;
        let hold = self.site.hold.as_ref().map(|hold| *hold.get_ref());
        let answer = self.site.answer.as_ref().map(|answer| *answer.get_ref());
        let fewest = self.fewest_pages();

        if let Some(spanned) = &expect.in_flight {
            let InFlight { reaches, at_most, .. } = spanned.get_ref();
            let why = match (reaches.map(|count| count.of(fewest)), at_most.map(|count| count.of(fewest))) {
                (None, None) => Some("in-flight needs reaches, at-most or both".to_owned()),
                (Some(reaches), _) if reaches > fewest => {
                    Some(format!("{reaches} in flight are more than there are pages ({fewest})"))
                }
                (Some(reaches), Some(at_most)) if reaches > at_most => {
                    Some(format!("in-flight is to reach {reaches}, and to be at most {at_most}"))
                }
                (_, Some(at_most)) if hold.is_some_and(|hold| hold.of(fewest) > at_most) => {
                    Some(format!("the site waits for more in flight than the {at_most} that are allowed"))
                }
                _ => None,
            };
            if let Some(why) = why {
                return Some((spanned.span(), why));
            }
        }
        let unordered = !matches!(answer, Some(Answer::OneForOne | Answer::AfterItsLine | Answer::Race));
        if let Some(lines) = expect.lines.as_ref().filter(|lines| lines.get_ref().order == LineOrder::Answers)
            && unordered
        {
            return Some((
                lines.span(),
                "lines in the order of answers go with answers that come one by one".to_owned(),
            ));
        }
        if let Some(attempts) = &expect.attempts
            && attempts.get_ref().exactly == 0
        {
            return Some((attempts.span(), "at least one attempt is needed".to_owned()));
        }
        let has_fault = |wanted: fn(FaultKind) -> bool| self.faults().iter().any(|fault| wanted(fault.kind));
        let without_ground = [
            (&expect.kept_full, answer == Some(Answer::OneForOne), "kept-full goes with answer = \"one-for-one\""),
            (
                &expect.line_at_once,
                answer == Some(Answer::AfterItsLine),
                "line-at-once goes with answer = \"after-its-line\"",
            ),
            (&expect.others_given_up, answer == Some(Answer::Race), "others-given-up goes with answer = \"race\""),
            (&expect.idle_while_waiting, hold.is_some(), "idle-while-waiting goes with hold"),
            (
                &expect.given_up,
                has_fault(|kind| kind == FaultKind::Never),
                "given-up goes with a fault like \"any:never\"",
            ),
            (&expect.nothing_after_failure, has_fault(is_failure), "nothing-after-failure goes with a failing page"),
        ];
        let without_ground = without_ground
            .into_iter()
            .find_map(|(plain, grounded, why)| plain.as_ref().filter(|_| !grounded).map(|plain| (plain.span(), why)));
        let attempts = expect.attempts.as_ref().filter(|_| !has_fault(|kind| fails_first(kind).is_some()));
        let attempts = attempts.map(|spanned| (spanned.span(), "attempts goes with a fault like \"any:fail-first=2\""));
        without_ground.or(attempts).map(|(span, why)| (span, why.to_owned()))
    }
}

/// Whether a page with this fault is answered with a failing status, or not at all.
pub fn is_failure(kind: FaultKind) -> bool {
    match kind {
        FaultKind::Status(status) => status >= 400,
        FaultKind::Reset | FaultKind::Cut | FaultKind::FailFirst { .. } => true,
        FaultKind::Never | FaultKind::Drip(_) => false,
    }
}

/// How many attempts fail at first, if any do.
pub fn fails_first(kind: FaultKind) -> Option<u32> {
    match kind {
        FaultKind::FailFirst { attempts, .. } => Some(attempts),
        _ => None,
    }
}

/// A homework's rules, with `site` and `expect` for the two tables.
#[cfg(test)]
pub fn example(site: &str, expect: &str) -> String {
    let hints = "[[hints]]\nen = 'a'\nru = 'б'\n".repeat(3);
    format!("[task]\nen = 'All'\nru = 'Все'\n[site]\n{site}\n{expect}\n[expect.exit]\nsuccess = true\n{hints}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn why(site: &str, expect: &str) -> String {
        Task::from_toml(&example(site, expect), "h.toml").unwrap_err().to_string()
    }

    #[test]
    fn rules_are_read() {
        let task = Task::from_toml(
            &example(
                "pages = [8, 10]\nhold = 'all'\nanswer = 'after-its-line'\nfaults = ['any:500', '3:never']",
                "[expect.in-flight]\nreaches = 'all'\nhint = { en = 'a', ru = 'б' }\n[expect.line-at-once]",
            ),
            "h.toml",
        )
        .unwrap();
        assert_eq!(task.summary.pick(Lang::Ru), "Все");
        assert_eq!(task.site.hold.map(Spanned::into_inner), Some(Count::All));
        assert_eq!(task.site.answer.map(Spanned::into_inner), Some(Answer::AfterItsLine));
        assert_eq!(task.site.faults.unwrap().get_ref()[0], FaultRule { page: None, kind: FaultKind::Status(500) });
        assert_eq!(task.expect.in_flight.unwrap().get_ref().reaches, Some(Count::All));
    }

    #[test]
    fn what_can_not_be_read_is_named_with_its_line() {
        assert!(why("pages = [1]\npage = 2", "").starts_with("h.toml:6: unknown field `page`"));
        assert!(why("pages = [1]", "[expect.inflight]").starts_with("h.toml:6: unknown field `inflight`"));
        assert_eq!(why("pages = [1]\nhold = 'most'", ""), "h.toml:6: a whole number from 1, or \"all\", is needed");
        let one_language = "[expect.kept-full]\nhint = { en = 'a' }";
        assert_eq!(why("pages = [1]", one_language), "h.toml:7: missing field `ru`");
        assert!(why("pages = [1]\nfaults = ['any:sulk']", "").starts_with("h.toml:6: 'sulk' is no fault"));
    }

    #[test]
    fn contradictions_are_named_with_their_line() {
        assert_eq!(why("pages = [8]\nhold = 9", ""), "h.toml:6: 9 in flight are more than there are pages (8)");
        assert_eq!(
            why("pages = [8]", "[expect.in-flight]\nreaches = 9"),
            "h.toml:6: 9 in flight are more than there are pages (8)"
        );
        assert_eq!(
            why("pages = [8]\nhold = 4", "[expect.in-flight]\nat-most = 3"),
            "h.toml:7: the site waits for more in flight than the 3 that are allowed"
        );
        assert_eq!(
            why("pages = [8, 9]\nhold = 2\nanswer = 'race'", ""),
            "h.toml:5: 9 pages can't be shared out to races evenly"
        );
        assert_eq!(why("pages = [8]", "[expect.kept-full]"), "h.toml:6: kept-full goes with answer = \"one-for-one\"");
        assert_eq!(
            why("pages = [8]", "[expect.attempts]\nexactly = 3"),
            "h.toml:6: attempts goes with a fault like \"any:fail-first=2\""
        );
        assert_eq!(why("pages = []", ""), "h.toml:5: pages needs numbers from 1 to draw from");
        assert_eq!(why("pages = [2]\nfaults = ['3:500']", ""), "h.toml:6: a fault on page 3, but there may be only 2");
    }

    #[test]
    fn the_readmes_example_is_a_homework() {
        let readmes = [include_str!("../../README.md"), include_str!("../../README.ru.md")];
        let [example, other] = readmes.map(|text| text.split_once("```toml\n").unwrap().1.split_once("```").unwrap().0);
        assert_eq!(example, other);
        let task = Task::from_toml(example, "README.md").unwrap();
        assert_eq!(task.site.hold.map(Spanned::into_inner), Some(Count::Exactly(3)));
    }

    #[test]
    fn three_hints_are_the_least() {
        let text = example("pages = [1]", "");
        let text = &text[..text.rfind("[[hints]]").unwrap()];
        let why = Task::from_toml(text, "h.toml").unwrap_err().to_string();
        assert_eq!(why, "h.toml:9: fewer than three hints: the way from a nudge to the answer");
    }
}
