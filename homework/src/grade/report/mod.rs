//! What is made of a class's results.
//!
//! - `csv`: grades, for a spreadsheet
//! - `html`: the class on one page, for the teacher
//! - `markdown`: feedback for one learner
//! - `junit`, `classroom`: results for CI systems and for Classroom 50
//!
//! Names, messages and what programs wrote are strangers' texts: each report makes them harmless in its own way, after
//! [`line()`] or [`lines`] have done it for all.

pub mod classroom;
pub mod csv;
pub mod html;
pub mod junit;
pub mod markdown;

use std::time::Duration;

use console::Lang;

use super::result::{Graded, Learner, Outcome, Status};
use crate::words::harmless;

/// What a learner has earned in some homework. Where no verdict was reached, nothing counts: neither what was earned
/// nor what could have been.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Points earned.
    pub points: u64,
    /// Points that could be earned.
    pub of: u64,
    /// The greatest lateness in seconds: 0 if all was in time, none where it is not known.
    pub late_s: Option<u64>,
}

impl Totals {
    /// What `results` come to.
    pub fn of<'a>(results: impl IntoIterator<Item = &'a Graded>) -> Self {
        results.into_iter().filter(|result| result.outcome != Outcome::Error).fold(Self::default(), |sum, result| {
            Self {
                points: sum.points + u64::from(result.points),
                of: sum.of + u64::from(result.of),
                late_s: sum.late_s.max(result.late_s),
            }
        })
    }
}

/// A learner's result for a lesson, if there is one.
pub fn result_of(learner: &Learner, lesson: u32) -> Option<&Graded> {
    learner.results.iter().find(|result| result.lesson == lesson)
}

/// A learner's results for these lessons.
pub fn results_of<'a>(learner: &'a Learner, lessons: &'a [u32]) -> impl Iterator<Item = &'a Graded> {
    lessons.iter().filter_map(|lesson| result_of(learner, *lesson))
}

/// The language of a learner's texts.
pub fn language(learner: &Learner) -> Lang {
    learner.lang.parse().unwrap_or_default()
}

/// A stranger's text on one line: without characters that are obeyed or not shown, but whole, except for words that
/// have no end.
pub fn line(text: &str) -> String {
    let text = anstream::adapter::strip_str(text).to_string();
    let words: Vec<String> = text.split_whitespace().map(|word| harmless(word).replace(is_noncharacter, "")).collect();
    words.join(" ").trim().to_owned()
}

/// A stranger's text, likewise, with its lines and the spaces in them.
pub fn lines(text: &str) -> String {
    let text = anstream::adapter::strip_str(text).to_string().replace('\t', "    ");
    let clean = |line: &str| {
        let words: Vec<String> = line.split(' ').map(|word| harmless(word).replace(is_noncharacter, "")).collect();
        words.join(" ").trim_end().to_owned()
    };
    let lines: Vec<String> = text.lines().map(clean).collect();
    lines.join("\n").trim_matches('\n').to_owned()
}

/// A reason, and what a compiler said, which stands under it.
pub fn why_and_said(message: &str) -> (String, String) {
    let (why, said) = message.split_once('\n').unwrap_or((message, ""));
    (line(why), lines(said))
}

/// XML can't have these, and nothing shows them.
fn is_noncharacter(c: char) -> bool {
    matches!(c, '\u{fdd0}'..='\u{fdef}') || u32::from(c) & 0xfffe == 0xfffe
}

/// A number of points.
pub fn points(count: u64, lang: Lang) -> String {
    lang.count(count, ["point", "points"], ["балл", "балла", "баллов"])
}

/// How much has been earned of what.
pub fn points_of(points: u64, of: u64, lang: Lang) -> String {
    let (points, all) = (lang.number(points), lang.number(of));
    // After «из» a noun is in the genitive: only what ends with 1, but not with 11, is singular.
    let singular = of % 10 == 1 && of % 100 != 11;
    lang.pick(
        format!("{points} of {all} {}", if of == 1 { "point" } else { "points" }),
        format!("{points} из {all} {}", if singular { "балла" } else { "баллов" }),
    )
}

/// How late something is, in its two greatest units. Less than a minute is one, so that late never reads as in time.
pub fn lateness(late: Duration, lang: Lang) -> String {
    let minutes = late.as_secs().div_ceil(60);
    let days = |count| lang.count(count, ["day", "days"], ["день", "дня", "дней"]);
    let hours = |count| format!("{count}\u{a0}{}", lang.pick("h", "ч"));
    let units = [
        (minutes / 1440, days(minutes / 1440)),
        (minutes / 60 % 24, hours(minutes / 60 % 24)),
        (minutes % 60, format!("{}\u{a0}{}", minutes % 60, lang.pick("min", "мин"))),
    ];
    let first = units.iter().position(|(count, _)| *count > 0).unwrap_or(2);
    let shown = units.into_iter().skip(first).take(2).filter(|(count, _)| *count > 0);
    shown.map(|(_, text)| text).collect::<Vec<_>>().join(" ")
}

/// What came of an answer, in words and as a mark.
pub fn outcome_words(outcome: Outcome, lang: Lang) -> (&'static str, &'static str) {
    match outcome {
        Outcome::Pass => ("✓", lang.pick("passed", "сдано")),
        Outcome::Fail => ("✗", lang.pick("not yet", "пока нет")),
        Outcome::NotGradable => ("∅", lang.pick("nothing to judge", "проверять нечего")),
        Outcome::Error => ("!", lang.pick("could not be judged", "проверить не удалось")),
    }
}

/// What came of an expectation, in words and as a mark.
pub fn status_words(status: Status, lang: Lang) -> (&'static str, &'static str) {
    match status {
        Status::Pass => ("✓", lang.pick("met", "выполнено")),
        Status::Fail => ("✗", lang.pick("not met", "не выполнено")),
        Status::Unknown => ("?", lang.pick("the run does not show it", "по этому запуску не видно")),
    }
}

#[cfg(test)]
mod examples;

#[cfg(test)]
mod tests {
    use super::*;

    const SCHEMA: &str = include_str!("../../../grade.schema.json");

    #[test]
    fn what_is_late_reads_so_in_both_languages() {
        let late = |seconds| [Lang::En, Lang::Ru].map(|lang| lateness(Duration::from_secs(seconds), lang));
        assert_eq!(late(1), ["1\u{a0}min", "1\u{a0}мин"]);
        assert_eq!(late(3600), ["1\u{a0}h", "1\u{a0}ч"]);
        assert_eq!(late(3 * 3600 + 301), ["3\u{a0}h 6\u{a0}min", "3\u{a0}ч 6\u{a0}мин"]);
        assert_eq!(late(2 * 86_400 + 60), ["2 days", "2 дня"]);
        assert_eq!(late(21 * 86_400 + 7200), ["21 days 2\u{a0}h", "21 день 2\u{a0}ч"]);
    }

    #[test]
    fn points_agree_with_their_numbers() {
        let of = |of| [Lang::En, Lang::Ru].map(|lang| points_of(0, of, lang));
        assert_eq!(of(1), ["0 of 1 point", "0 из 1 балла"]);
        assert_eq!(of(11), ["0 of 11 points", "0 из 11 баллов"]);
        assert_eq!(of(21), ["0 of 21 points", "0 из 21 балла"]);
        assert_eq!(points(3, Lang::Ru), "3 балла");
    }

    #[test]
    fn strangers_texts_are_kept_without_what_is_obeyed() {
        assert_eq!(line("a\x1b[31mb\n\u{202e}c\td\u{ffff}\0 "), "ab c d");
        assert_eq!(lines("\n  if x:\n\ty\u{202e}\x07  \r\n\n"), "  if x:\n    y");
        let long = "word ".repeat(100);
        assert_eq!(line(&long), long.trim_end());
    }

    #[test]
    fn an_error_costs_nothing() {
        let error = examples::learner("x", "en").results.remove(2);
        assert_eq!(error.outcome, Outcome::Error);
        assert_eq!(Totals::of([&error]), Totals::default());
    }

    #[test]
    fn the_schema_knows_all_that_is_kept() {
        use serde_json::Value;
        let schema: Value = serde_json::from_str(SCHEMA).unwrap();
        let mut learner = examples::hostile("ru");
        learner.results[0].expectations[0].hint = Some(String::new());
        let kept = serde_json::to_value(&learner).unwrap();
        let result = &kept["results"][0];
        let pairs = [
            (&schema, &kept),
            (&schema["$defs"]["result"], result),
            (&schema["$defs"]["expectation"], &result["expectations"][0]),
            (&schema["$defs"]["run"], &result["run"]),
        ];
        let names = |object: &Value| {
            let mut names: Vec<String> = object.as_object().unwrap().keys().cloned().collect();
            names.sort_unstable();
            names
        };
        for (schema, kept) in pairs {
            assert_eq!(names(&schema["properties"]), names(kept));
        }
        assert_eq!(schema["properties"]["version"]["const"], super::super::result::VERSION);
    }

    #[test]
    fn what_is_kept_is_as_its_schema_says() {
        use std::process::Command;
        const BY_SCHEMA: &str = "import json, sys, jsonschema\n\
            schema, kept = (json.load(open(path)) for path in sys.argv[1:])\njsonschema.validate(kept, schema)";
        if !Command::new("python3").args(["-c", "import jsonschema"]).output().is_ok_and(|it| it.status.success()) {
            return;
        }
        let folder = tempfile::TempDir::with_prefix("homework grade ").unwrap();
        let schema = folder.path().join("grade.schema.json");
        std::fs::write(&schema, SCHEMA).unwrap();
        for (index, learner) in [examples::hostile("ru"), examples::learner("Ann", "en")].iter().enumerate() {
            let file = folder.path().join(format!("{index}.json"));
            std::fs::write(&file, serde_json::to_string(learner).unwrap()).unwrap();
            let mut python = Command::new("python3");
            let ended = python.args(["-c", BY_SCHEMA]).args([&schema, &file]).output().unwrap();
            assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
        }
    }
}
