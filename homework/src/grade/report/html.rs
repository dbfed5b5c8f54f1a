//! The class on one page, which needs no script and nothing from elsewhere. The templates escape all text, and pictures
//! are images, in which nothing runs.

use std::collections::BTreeMap;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use console::Lang;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::super::result::{Expectation, Graded, Learner, Outcome, Run, Status};
use super::{
    Totals, language, lateness, line, lines, outcome_words, points, points_of, result_of, results_of, status_words,
    why_and_said,
};

const STYLE: &str = include_str!("report.css");
/// What a browser may load and run: nothing but what stands in the file.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/// The page: the class at a glance, what fails most, and each learner's results.
pub fn html(learners: &[Learner], lessons: &[u32], lang: Lang) -> String {
    let title = lang.pick("Homework results", "Результаты домашних заданий");
    html! {
        (DOCTYPE)
        html lang=(code(lang)) {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header {
                    h1 { (title) }
                    p.faint { (heads(learners.len(), lang)) }
                }
                main {
                    @if learners.is_empty() {
                        p { (lang.pick("There is nobody in this class yet.", "Учеников пока нет.")) }
                    } @else {
                        (at_a_glance(learners, lessons, lang))
                        (fails_most(learners, lessons, lang))
                        (in_detail(learners, lessons, lang))
                    }
                }
            }
        }
    }
    .into_string()
}

fn code(lang: Lang) -> &'static str {
    lang.pick("en", "ru")
}

fn heads(count: usize, lang: Lang) -> String {
    lang.count(count as u64, ["learner", "learners"], ["ученик", "ученика", "учеников"])
}

fn number_of(lesson: u32, lang: Lang) -> String {
    format!("{} {lesson:02}", lang.pick("Homework", "Задание"))
}

fn class_of(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Pass => "pass",
        Outcome::Fail => "fail",
        Outcome::NotGradable => "not-gradable",
        Outcome::Error => "error",
    }
}

fn late_words(late_s: Option<u64>, lang: Lang) -> Option<String> {
    let late = Duration::from_secs(late_s.filter(|late| *late > 0)?);
    Some(lateness(late, lang))
}

/// The class as a table: learners by homework.
fn at_a_glance(learners: &[Learner], lessons: &[u32], lang: Lang) -> Markup {
    let has_groups = learners.iter().any(|learner| learner.group.is_some());
    let has_late = learners.iter().any(|one| Totals::of(results_of(one, lessons)).late_s.is_some_and(|late| late > 0));
    html! {
        section aria-labelledby="glance" {
            h2 #glance { (lang.pick("The class at a glance", "Общая картина")) }
            // With few columns, each result keeps to one line.
            table.class.few[lessons.len() <= 4] {
                caption {
                    (lang.pick(
                        "Points by homework. What could not be judged counts neither for nor against anybody.",
                        "Баллы по заданиям. То, что проверить не удалось, в итог не входит и никому не вредит.",
                    ))
                }
                thead {
                    tr {
                        th scope="col" { (lang.pick("Learner", "Ученик")) }
                        @if has_groups { th scope="col" { (lang.pick("Group", "Группа")) } }
                        @for lesson in lessons { th scope="col" { (number_of(*lesson, lang)) } }
                        th.number scope="col" { (lang.pick("Total", "Всего")) }
                        @if has_late { th scope="col" { (lang.pick("Late", "Опоздание")) } }
                    }
                }
                tbody {
                    @for (index, learner) in learners.iter().enumerate() {
                        @let totals = Totals::of(results_of(learner, lessons));
                        tr {
                            th scope="row" { a href={ "#learner-" (index + 1) } { bdi { (line(&learner.name)) } } }
                            @if has_groups {
                                td { bdi { (learner.group.as_deref().map(line).unwrap_or_default()) } }
                            }
                            @for lesson in lessons { (cell(result_of(learner, *lesson), lang)) }
                            td.number { (lang.number(totals.points)) " / " (lang.number(totals.of)) }
                            @if has_late { td.when { (late_words(totals.late_s, lang).unwrap_or_default()) } }
                        }
                    }
                }
                tfoot {
                    tr {
                        th scope="row" { (lang.pick("Passed", "Сдали")) }
                        @if has_groups { td {} }
                        @for lesson in lessons { td { (passed(learners, *lesson, lang)) } }
                        td {}
                        @if has_late { td {} }
                    }
                }
            }
        }
    }
}

fn cell(result: Option<&Graded>, lang: Lang) -> Markup {
    let Some(result) = result else {
        return html! { td.faint { "—" } };
    };
    let (mark, words) = outcome_words(result.outcome, lang);
    html! {
        td.outcome.(class_of(result.outcome)) {
            span.mark aria-hidden="true" { (mark) }
            @if result.outcome != Outcome::Error { (result.points) "\u{a0}/\u{a0}" (result.of) " · " }
            (words)
            @if result.outcome != Outcome::Error {
                @if let Some(late) = late_words(result.late_s, lang) {
                    span.late { (lang.pick("late by ", "опоздание ")) (late) }
                }
            }
        }
    }
}

/// How many passed, of those on whom there is a verdict.
fn passed(learners: &[Learner], lesson: u32, lang: Lang) -> String {
    let outcomes = learners.iter().filter_map(|one| result_of(one, lesson)).map(|result| result.outcome);
    let judged: Vec<Outcome> = outcomes.filter(|outcome| *outcome != Outcome::Error).collect();
    let passed = judged.iter().filter(|outcome| **outcome == Outcome::Pass).count();
    format!("{passed} {} {}", lang.pick("of", "из"), judged.len())
}

/// How an expectation fares in the class.
#[derive(Debug, PartialEq, Eq)]
struct Fared<'a> {
    name: &'a str,
    /// In somebody's words.
    expected: &'a str,
    /// The language of these words.
    lang: Lang,
    /// How many did not meet it, or did not get so far.
    unmet: usize,
    /// How many were judged by it.
    of: usize,
}

/// The expectations that somebody did not meet, the worst first.
fn fared(learners: &[Learner], lesson: u32, lang: Lang) -> Vec<Fared<'_>> {
    let mut all: BTreeMap<&str, Fared<'_>> = BTreeMap::new();
    for learner in learners {
        for Expectation { name, expected, status, .. } in
            result_of(learner, lesson).map_or(&[][..], |result| &result.expectations)
        {
            let its = language(learner);
            let new = Fared { name, expected, lang: its, unmet: 0, of: 0 };
            let fared = all.entry(name).or_insert(new);
            if fared.lang != lang && its == lang {
                (fared.expected, fared.lang) = (expected, its);
            }
            fared.unmet += usize::from(*status != Status::Pass);
            fared.of += 1;
        }
    }
    let mut unmet: Vec<_> = all.into_values().filter(|it| it.unmet > 0).collect();
    // Shares are compared without dividing.
    unmet.sort_by(|a, b| (b.unmet * a.of).cmp(&(a.unmet * b.of)).then_with(|| b.unmet.cmp(&a.unmet)));
    unmet
}

fn fails_most(learners: &[Learner], lessons: &[u32], lang: Lang) -> Markup {
    html! {
        section.fails aria-labelledby="fails" {
            h2 #fails { (lang.pick("What fails most", "Что чаще всего не получается")) }
            @for lesson in lessons {
                @let unmet = fared(learners, *lesson, lang);
                section {
                    h3 { (number_of(*lesson, lang)) }
                    @if !learners.iter().any(|one| result_of(one, *lesson).is_some_and(|it| it.run.is_some())) {
                        p { (lang.pick("No answer has run.", "Ни один ответ не запускался.")) }
                    } @else if unmet.is_empty() {
                        p { (lang.pick("All expectations were met.", "Все требования выполнены.")) }
                    } @else {
                        table {
                            caption {
                                (lang.pick(
                                    "Expectations that were not met, or of which the run shows nothing, \
                                     among the answers that ran",
                                    "Требования, которые не выполнены или о которых запуск ничего не говорит, — среди \
                                     ответов, которые запустились",
                                ))
                            }
                            thead {
                                tr {
                                    th scope="col" { (lang.pick("Expectation", "Требование")) }
                                    th.number scope="col" { (lang.pick("Not met", "Не выполнили")) }
                                    th.bar scope="col" { (lang.pick("Share", "Доля")) }
                                }
                            }
                            tbody {
                                @for it in unmet {
                                    @let percent = (100 * it.unmet + it.of / 2) / it.of;
                                    tr {
                                        th scope="row" {
                                            code { (line(it.name)) }
                                            span.hint lang=[(it.lang != lang).then_some(code(it.lang))] {
                                                (line(it.expected))
                                            }
                                        }
                                        td.number {
                                            (it.unmet) " " (lang.pick("of", "из")) " " (it.of) " (" (percent)
                                            (lang.pick("%", "\u{a0}%")) ")"
                                        }
                                        td.bar { span aria-hidden="true" style={ "--share:" (percent) "%" } {} }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn in_detail(learners: &[Learner], lessons: &[u32], lang: Lang) -> Markup {
    html! {
        section.learners aria-labelledby="learners" {
            h2 #learners { (lang.pick("Each learner", "Каждый ученик")) }
            p.faint.screen {
                (lang.pick(
                    "Open one to read what was expected and what was seen. Only open ones are printed.",
                    "Раскройте, чтобы прочитать, что требовалось и что было на деле. Печатаются только раскрытые.",
                ))
            }
            @for (index, learner) in learners.iter().enumerate() {
                @let totals = Totals::of(results_of(learner, lessons));
                details {
                    summary {
                        h3 { bdi { (line(&learner.name)) } }
                        span.faint { (points_of(totals.points, totals.of, lang)) }
                    }
                    // A link to what is inside opens it.
                    div.body id={ "learner-" (index + 1) } {
                        @for lesson in lessons {
                            @if let Some(result) = result_of(learner, *lesson) {
                                (homework(result, language(learner), lang))
                            }
                        }
                        p.screen { a href="#glance" { (lang.pick("Back to the class", "К общей таблице")) } }
                    }
                }
            }
        }
    }
}

/// One result. `its` is the language of its texts.
fn homework(result: &Graded, its: Lang, lang: Lang) -> Markup {
    let (mark, words) = outcome_words(result.outcome, lang);
    let foreign = (its != lang).then_some(code(its));
    html! {
        section {
            h4 {
                (number_of(result.lesson, lang)) " "
                span.outcome.(class_of(result.outcome)) {
                    span.mark aria-hidden="true" { (mark) }
                    (words)
                }
                @if result.outcome != Outcome::Error {
                    " " span { (points_of(result.points.into(), result.of.into(), lang)) }
                    @if let Some(late) = late_words(result.late_s, lang) {
                        span { ", " (lang.pick("late by ", "опоздание ")) (late) }
                    }
                }
            }
            @if let Some((why, said)) = result.message.as_deref().map(why_and_said) {
                p lang=[foreign] { (why) }
                @if !said.is_empty() { pre { (said) } }
            }
            @if !result.expectations.is_empty() { (expectations(result, foreign, lang)) }
            @if let Some(run) = &result.run { (about_run(run, result, foreign, lang)) }
        }
    }
}

fn expectations(result: &Graded, foreign: Option<&str>, lang: Lang) -> Markup {
    let class = |status| match status {
        Status::Pass => "pass",
        Status::Fail => "fail",
        Status::Unknown => "unknown",
    };
    html! {
        table {
            caption { (lang.pick("What was expected, and what was seen", "Что требовалось и что было на деле")) }
            thead {
                tr {
                    th scope="col" { (lang.pick("Expected", "Требование")) }
                    th scope="col" { (lang.pick("Seen", "На деле")) }
                    th scope="col" { (lang.pick("Verdict", "Итог")) }
                    th.number.points scope="col" { (lang.pick("Worth", "Баллы")) }
                }
            }
            tbody {
                @for it in &result.expectations {
                    @let (mark, words) = status_words(it.status, lang);
                    tr {
                        td lang=[foreign] { (line(&it.expected)) }
                        td {
                            span lang=[foreign] { (line(&it.seen)) }
                            @if let Some(hint) = it.hint.as_ref().filter(|_| it.status != Status::Pass) {
                                span.hint {
                                    (lang.pick("hint: ", "подсказка: ")) span lang=[foreign] { (line(hint)) }
                                }
                            }
                        }
                        td.outcome.(class(it.status)) { span.mark aria-hidden="true" { (mark) } (words) }
                        td.number { (points(it.points.into(), lang)) }
                    }
                }
            }
        }
    }
}

fn about_run(run: &Run, result: &Graded, foreign: Option<&str>, lang: Lang) -> Markup {
    let said = lines(&run.stderr);
    let again = line(&run.again);
    html! {
        @if result.outcome != Outcome::Pass && !said.is_empty() {
            p { (lang.pick("The program said on stderr:", "Программа сообщила в stderr:")) }
            pre { (said) }
        }
        @if !run.refused.is_empty() { p lang=[foreign] { (line(&run.refused.join(" "))) } }
        @if !run.timeline.is_empty() {
            img alt=(lang.pick("What the practice site saw", "Что увидел учебный сайт"))
                src={ "data:image/svg+xml;base64," (BASE64_STANDARD.encode(&run.timeline)) };
        }
        @if !again.is_empty() {
            p { (lang.pick("The same run again: ", "Ещё раз то же самое: ")) code { (again) } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::examples::{expectation, graded, hostile, learner};
    use super::*;

    const LESSONS: [u32; 3] = [3, 6, 10];

    #[test]
    fn it_shows_the_class_in_both_languages() {
        let class = [learner("Ann", "en"), learner("Борис", "ru")];
        for (lang, words) in [
            (
                Lang::En,
                [
                    "<html lang=\"en\">",
                    "2 learners",
                    "6\u{a0}/\u{a0}6 · passed",
                    "late by 2\u{a0}h 6\u{a0}min",
                    "2 of 2",
                ],
            ),
            (
                Lang::Ru,
                [
                    "<html lang=\"ru\">",
                    "2 ученика",
                    "6\u{a0}/\u{a0}6 · сдано",
                    "опоздание 2\u{a0}ч 6\u{a0}мин",
                    "2 из 2",
                ],
            ),
        ] {
            let page = html(&class, &LESSONS, lang);
            for words in words {
                assert!(page.contains(words), "{words}: {page}");
            }
            // Texts in the other language say so.
            let other = lang.pick("<td lang=\"ru\">все 10", "<td lang=\"en\">all 10");
            assert!(page.contains(other), "{other}");
        }
    }

    #[test]
    fn an_empty_class_has_a_page() {
        assert!(html(&[], &LESSONS, Lang::En).contains("There is nobody in this class yet."));
        assert!(html(&[], &[], Lang::Ru).contains("0 учеников"));
        assert!(html(&[learner("Ann", "en")], &[], Lang::Ru).contains("0 из 0 баллов"));
    }

    #[test]
    fn an_error_shows_no_points() {
        let page = html(&[learner("Ann", "en")], &[10], Lang::En);
        assert!(page.contains("</span>could not be judged</td><td class=\"number\">0 / 0</td>"), "{page}");
        assert!(page.contains("<td>0 of 0</td>") && !page.contains("late by"), "{page}");
    }

    #[test]
    fn strangers_texts_make_nothing() {
        let page = html(&[hostile("en"), hostile("ru")], &LESSONS, Lang::En);
        let (head, body) = page.split_once("</head>").unwrap();
        assert!(head.contains(&format!("content=\"{POLICY}\"")), "{head}");
        assert!(!body.contains("<script") && !body.contains("<b>") && !body.contains("javascript:"));
        assert!(!page.contains(['\u{202e}', '\u{2066}', '\x1b', '\0', '\x07']));
        assert!(!body.contains("<svg"));
        assert!(body.contains("&lt;script&gt;alert(1)"));
    }

    #[test]
    fn nothing_comes_from_elsewhere() {
        let page = html(&[learner("Ann", "en")], &LESSONS, Lang::En);
        for (index, _) in page.match_indices("src=\"") {
            assert!(page[index..].starts_with("src=\"data:image/svg+xml;base64,"));
        }
        for (index, _) in page.match_indices("href=\"") {
            assert!(page[index..].starts_with("href=\"#"));
        }
        assert!(!page.contains("url(") && !page.contains("@import") && !page.contains("http:"));
    }

    #[test]
    fn what_fails_most_comes_first() {
        let of = |statuses: [Status; 2]| {
            let expectations = ["exit", "lines"].into_iter().zip(statuses);
            let expectations = expectations.map(|(name, status)| expectation(name, status, "en")).collect();
            let mut learner = learner("Ann", "en");
            learner.results = vec![graded(3, Outcome::Fail, expectations)];
            learner
        };
        let class = [of([Status::Pass, Status::Fail]), of([Status::Fail, Status::Unknown]), learner("Bo", "ru")];
        let found = fared(&class, 3, Lang::Ru);
        let found: Vec<_> = found.iter().map(|it| (it.name, it.unmet, it.of, it.lang)).collect();
        assert_eq!(found, [("lines", 2, 2, Lang::En), ("exit", 1, 3, Lang::Ru)]);
    }

    /// To be looked at: `cargo test -p homework --lib grade::report -- --ignored`, and then target/report.*.html.
    #[test]
    #[ignore = "writes examples into target/"]
    fn examples_to_look_at() {
        let folder = std::path::PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap()).join("../target");
        let names = ["Ann Example", "Борис Примеров", "Zoë", "עדי", "a-very-long-name-without-any-spaces-in-it-at-all"];
        let mut class: Vec<_> = (0..200)
            .map(|index| {
                let lang = if index % 3 == 0 { "ru" } else { "en" };
                let mut one = learner(&format!("{} {index}", names[index % names.len()]), lang);
                if index % 4 == 0 {
                    one.results.swap(0, 1);
                    (one.results[0].lesson, one.results[1].lesson) = (3, 6);
                }
                if index % 7 == 3 {
                    let mut nothing = graded(10, Outcome::NotGradable, Vec::new());
                    nothing.message = Some("it does not compile".to_owned());
                    one.results[2] = nothing;
                }
                if index % 11 == 5 {
                    one.results.pop();
                }
                one
            })
            .collect();
        class.insert(3, hostile("en"));
        for (lang, class, name) in [
            (Lang::En, &class[..], "report.en.html"),
            (Lang::Ru, &class[..], "report.ru.html"),
            (Lang::En, &class[..7], "report.few.html"),
        ] {
            let page = html(class, &LESSONS, lang);
            std::fs::write(folder.join(name), &page).unwrap();
            // All open.
            std::fs::write(folder.join(format!("open.{name}")), page.replace("<details>", "<details open>")).unwrap();
        }
    }
}
