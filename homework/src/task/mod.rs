//! What a homework asks for: `homework.toml`, read and checked. homework/README.md documents its words for teachers.

mod check;

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;

use crate::expect::Expectations;
use crate::stage::act::Act;
use crate::stage::{Parts, database, files, site};
use crate::text::Text;

/// A homework's rules, hints and one-line summary.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Task {
    /// The task in one line.
    #[serde(rename = "task")]
    pub summary: Text,
    /// What the site does to the program, if there is one.
    pub site: Option<site::Conditions>,
    /// What the practice database does to it, if there is one.
    pub database: Option<Spanned<database::Conditions>>,
    /// Files that the program reads and saves, if there are some.
    pub files: Option<Spanned<files::Conditions>>,
    /// The program's starts, one after another; none stands for one without arguments.
    #[serde(default, rename = "act")]
    pub acts: Vec<Act>,
    /// What must be seen.
    pub expect: Spanned<Expectations>,
    /// What its expectations are worth, where that is not one point each.
    pub points: Option<Spanned<BTreeMap<String, u32>>>,
    /// From a nudge to nearly the answer.
    pub hints: Spanned<Vec<Text>>,
}

/// Why a `homework.toml` can't be used: one line with the file, the line and what is wrong.
#[derive(Debug, PartialEq, Eq)]
pub struct Invalid(String);

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Task {
    /// Its conditions.
    pub fn parts(&self) -> Parts<'_> {
        Parts {
            site: self.site.as_ref(),
            database: self.database.as_ref().map(Spanned::get_ref),
            files: self.files.as_ref().map(Spanned::get_ref),
        }
    }

    /// What an expectation is worth.
    pub fn points_of(&self, expectation: &str) -> u32 {
        let points = self.points.as_ref().and_then(|points| points.get_ref().get(expectation));
        points.copied().unwrap_or(1)
    }

    /// What all of them are worth.
    #[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "`grade` counts them"))]
    pub fn points(&self) -> u32 {
        self.expect.get_ref().names().map(|name| self.points_of(name)).sum()
    }

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
        match check::contradiction(&task) {
            None => Ok(task),
            Some((span, what)) => Err(at(span, &what)),
        }
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
    use console::Lang;

    use super::*;
    use crate::stage::site::{Answer, Count};

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
        let site = task.site.unwrap();
        assert_eq!(site.hold.as_ref().map(|hold| *hold.get_ref()), Some(Count::All));
        assert_eq!(site.answer(), Some(Answer::AfterItsLine));
        assert_eq!(site.faults()[0], "any:500".to_owned().try_into().unwrap());
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
    fn contradictions_of_details_and_acts_are_named_with_their_line() {
        assert_eq!(why("pages = [8]\nqueue = 2", ""), "h.toml:6: a queue goes with details = \"one-at-a-time\"");
        assert_eq!(
            why("pages = [8]\nhold = 4\ndetails = 'one-at-a-time'", ""),
            "h.toml:7: details one at a time go with answer = \"one-for-one\""
        );
        assert_eq!(
            why("pages = [8]\nhold = 4\ndetails = 'all'", ""),
            "h.toml:7: all details at once go with hold = \"all\", answered at once"
        );
        assert_eq!(
            why(
                "pages = [8]\nhold = 4\nanswer = 'one-for-one'\ndetails = 'one-at-a-time'\nqueue = 2",
                "[expect.ahead]\nat-most = 6"
            ),
            "h.toml:10: the site waits until pages are 7 ahead, more than at-most"
        );
        assert_eq!(
            why("pages = [8]", "[expect.ahead]\nat-most = 6"),
            "h.toml:6: ahead goes with details = \"one-at-a-time\""
        );
        assert_eq!(why("pages = [8]", "[expect.total]"), "h.toml:6: total goes with details = \"all\"");
        assert_eq!(
            why("pages = [8]\nhold = 2", "[expect.interrupted]"),
            "h.toml:7: interrupted goes with anew = true, and acts that are interrupted"
        );
        assert_eq!(
            why("pages = [8]\nhold = 2\nanew = true", ""),
            "h.toml:5: anew is about acts in which answers are held: add hold and [[act]]"
        );
        assert_eq!(
            why("pages = [8]\nhold = 2", "[[act]]\ninterrupt = { in-flight = 3 }"),
            "h.toml:8: 3 in flight are more than are held (2)"
        );
        assert_eq!(
            why("pages = [8]\nhold = 2", "[[act]]\ninterrupt = { lines = 0 }"),
            "h.toml:8: a moment is counted from 1"
        );
        assert_eq!(
            why("pages = [8]\nhold = 2", "[[act]]\nslow = true"),
            "h.toml:5: a slow page is one of those that are held and answered one by one"
        );
        assert_eq!(
            why("pages = [8]\nfaults = ['any:fail-first=1']", "[expect.attempts]\nexactly = 2\ncut = 2"),
            "h.toml:7: cut goes with a fault like \"any:cut-first=1\""
        );
    }

    #[test]
    fn the_readmes_example_is_a_homework() {
        let readmes = [include_str!("../../README.md"), include_str!("../../README.ru.md")];
        let [example, other] = readmes.map(|text| text.split_once("```toml\n").unwrap().1.split_once("```").unwrap().0);
        assert_eq!(example, other);
        let task = Task::from_toml(example, "README.md").unwrap();
        assert_eq!(task.site.unwrap().hold.map(Spanned::into_inner), Some(Count::Exactly(3)));
    }

    #[test]
    fn three_hints_are_the_least() {
        let text = example("pages = [1]", "");
        let text = &text[..text.rfind("[[hints]]").unwrap()];
        let why = Task::from_toml(text, "h.toml").unwrap_err().to_string();
        assert_eq!(why, "h.toml:9: fewer than three hints: the way from a nudge to the answer");
    }
}
