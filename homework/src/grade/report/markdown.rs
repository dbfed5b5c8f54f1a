//! Feedback for one learner, in Markdown as GitHub reads it.

use std::fmt::Write as _;
use std::time::Duration;

use console::Lang;

use super::super::result::{Expectation, Graded, Learner, Outcome, Run, Status};
use super::{Totals, language, lateness, line, lines, outcome_words, points, points_of, status_words, why_and_said};

/// The feedback, in the learner's language. `timeline` gives the name of the file with a lesson's picture.
pub fn markdown(learner: &Learner, timeline: impl Fn(u32) -> String) -> String {
    let lang = language(learner);
    let totals = Totals::of(&learner.results);
    let mut text = format!("# {}\n\n", escaped(&line(&learner.name)));
    let _ = match learner.results.as_slice() {
        [] => writeln!(text, "{}", lang.pick("Nothing was judged.", "Ничего не проверялось.")),
        _ => {
            writeln!(text, "{} **{}**.", lang.pick("All in all:", "Всего:"), points_of(totals.points, totals.of, lang))
        }
    };
    for result in &learner.results {
        homework(&mut text, result, lang, &timeline);
    }
    text
}

fn homework(text: &mut String, result: &Graded, lang: Lang, timeline: impl Fn(u32) -> String) {
    let (mark, words) = outcome_words(result.outcome, lang);
    let title = lang.pick("Homework", "Домашнее задание");
    let _ = writeln!(text, "\n## {title} {:02}: {mark} {words}\n", result.lesson);
    if result.outcome == Outcome::Error {
        let text_of_error = lang.pick(
            "This is a fault on our side, not on yours: it takes no points off, and your answer will be judged again.",
            "Это сбой на нашей стороне, вы ни при чём: баллы не снимаются, ответ проверим ещё раз.",
        );
        let _ = writeln!(text, "{text_of_error}");
    } else {
        let _ = writeln!(text, "**{}**.", points_of(result.points.into(), result.of.into(), lang));
    }
    if let Some((why, said)) = result.message.as_deref().map(why_and_said) {
        let _ = writeln!(text, "\n{}", escaped(&why));
        if !said.is_empty() {
            let _ = writeln!(text, "\n{}", fenced("text", &said));
        }
    }
    if let Some(late) = result.late_s.filter(|late| *late > 0) {
        let late = lateness(Duration::from_secs(late), lang);
        let late = lang.pick(
            format!("You handed it in {late} late. That is only noted here: no points were taken off for it."),
            format!("Вы опоздали с ответом на {late}. Мы это только отмечаем: баллы за опоздание не сняты."),
        );
        let _ = writeln!(text, "\n{late}");
    }
    if !result.expectations.is_empty() {
        text.push('\n');
    }
    for expectation in &result.expectations {
        item(text, expectation, lang);
    }
    if let Some(run) = &result.run {
        about_run(text, run, result, lang, timeline);
    }
}

fn item(text: &mut String, expectation: &Expectation, lang: Lang) {
    let (mark, words) = status_words(expectation.status, lang);
    let expected = escaped(&line(&expectation.expected));
    let worth = points(expectation.points.into(), lang);
    let _ = writeln!(text, "- {mark} **{expected}** — {words} ({worth})");
    let seen = escaped(&line(&expectation.seen));
    let _ = writeln!(text, "  - {} {seen}", lang.pick("seen:", "на деле:"));
    if let Some(hint) = expectation.hint.as_ref().filter(|_| expectation.status != Status::Pass) {
        let _ = writeln!(text, "  - {} {}", lang.pick("hint:", "подсказка:"), escaped(&line(hint)));
    }
}

fn about_run(text: &mut String, run: &Run, result: &Graded, lang: Lang, timeline: impl Fn(u32) -> String) {
    let said = lines(&run.stderr);
    if result.outcome != Outcome::Pass && !said.is_empty() {
        let intro = lang.pick("Your program said on stderr:", "Ваша программа сообщила в stderr:");
        let _ = writeln!(text, "\n{intro}\n\n{}", fenced("text", &said));
    }
    if !run.refused.is_empty() {
        let _ = writeln!(text, "\n{}", escaped(&line(&run.refused.join(" "))));
    }
    if !run.timeline.is_empty() {
        let seen = lang.pick("What the practice site saw", "Что увидел учебный сайт");
        let _ = writeln!(text, "\n![{seen}]({})", target(&timeline(result.lesson)));
    }
    let again = line(&run.again);
    if !again.is_empty() {
        let intro = lang.pick("The same run on your own machine:", "Тот же запуск на вашей машине:");
        let _ = writeln!(text, "\n{intro}\n\n{}", fenced("sh", &again));
    }
}

/// A stranger's line as text: no emphasis, no code, no link, no HTML, no formula.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    let mut before = ' ';
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let is_special = matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '&' | '#' | '~' | '|' | '$');
        // GitHub makes links of addresses, and does not see what is escaped.
        let is_of_address = c == ':' && rest.peek() == Some(&'/') || c == '.' && matches!(before, 'w' | 'W');
        if is_special || is_of_address || c == '@' {
            safe.push('\\');
        }
        safe.push(c);
        // It also looks for people and issues, and does so after escapes are gone.
        if matches!(c, '@' | '#') {
            safe.push('\u{2060}');
        }
        before = c;
    }
    safe
}

/// Code in a fence that is longer than any in it.
fn fenced(language: &str, code: &str) -> String {
    let longest = code.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}{language}\n{code}\n{fence}")
}

/// A file's name as a link's target.
fn target(file: &str) -> String {
    let mut target = String::new();
    for byte in file.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._".contains(&byte) {
            target.push(byte.into());
        } else {
            let _ = write!(target, "%{byte:02X}");
        }
    }
    target
}

#[cfg(test)]
mod tests {
    use super::super::examples::{hostile, learner};
    use super::*;

    fn feedback(learner: &Learner) -> String {
        markdown(learner, |lesson| format!("{}-{lesson:02}.svg", "Ann B"))
    }

    #[test]
    fn it_says_what_was_expected_and_what_was_seen() {
        let text = feedback(&learner("Ann", "en"));
        let start = "# Ann\n\nAll in all: **8 of 12 points**.\n\n## Homework 03: ✓ passed\n\n**6 of 6 points**.\n\n\
            - ✓ **all 10 pages are in flight at once** — met (2 points)\n  - seen: at most 1 was in flight\n";
        assert!(text.starts_with(start), "{text}");
        let late = "\n## Homework 06: ✗ not yet\n\n**2 of 6 points**.\n\n\
            You handed it in 2\u{a0}h 6\u{a0}min late. That is only noted here: no points were taken off for it.\n\n- ✓";
        assert!(text.contains(late), "{text}");
        assert!(text.contains("  - hint: Who waits for the answer?\n"), "{text}");
        assert!(text.contains("```text\nthread 'main' panicked at homework.rs:21:9:\n    called `Option"), "{text}");
        assert!(text.contains("\n![What the practice site saw](Ann%20B-06.svg)\n"), "{text}");
        assert!(text.contains("\n```sh\ncargo homework check 6 --seed 7\n```\n"), "{text}");
        assert!(text.contains("could not be judged\n\nThis is a fault on our side, not on yours"), "{text}");
    }

    #[test]
    fn in_russian_too() {
        let text = feedback(&learner("Аня", "ru"));
        assert!(text.starts_with("# Аня\n\nВсего: **8 из 12 баллов**.\n\n## Домашнее задание 03: ✓ сдано\n"), "{text}");
        assert!(text.contains("Вы опоздали с ответом на 2\u{a0}ч 6\u{a0}мин. Мы это только отмечаем"), "{text}");
        assert!(text.contains("— не выполнено (2 балла)\n  - на деле: одновременно не больше 1\n"), "{text}");
        assert!(text.contains("Тот же запуск на вашей машине:"), "{text}");
        assert!(text.contains("вы ни при чём: баллы не снимаются"), "{text}");
    }

    #[test]
    fn what_the_compiler_said_keeps_its_lines() {
        let mut ann = learner("Ann", "en");
        ann.results[0].message = Some("it does not compile:\nerror: no\n --> homework.rs:1:2".to_owned());
        let text = feedback(&ann);
        let said = "\nit does not compile:\n\n```text\nerror: no\n --> homework.rs:1:2\n```\n";
        assert!(text.contains(said), "{text}");
    }

    #[test]
    fn a_learner_without_results_gets_a_page() {
        let mut nobody = learner("Ann", "en");
        nobody.results.clear();
        assert_eq!(feedback(&nobody), "# Ann\n\nNothing was judged.\n");
    }

    #[test]
    fn strangers_texts_make_nothing() {
        let text = feedback(&hostile("en"));
        // Outside of fences only what the report itself writes is not escaped.
        let mut fence = None;
        for line in text.lines() {
            if let Some(open) = fence {
                fence = fence.filter(|_| line != open);
                continue;
            }
            if line.starts_with("```") {
                fence = Some(line.trim_end_matches(char::is_alphabetic));
                continue;
            }
            assert!(!line.starts_with("# heading") && !line.contains("\\\\"), "{line}");
            let own = line.replace("![What the practice site saw](", "").replace("**", "");
            let own = own.trim_start_matches(['#', ' ']);
            for (index, _) in own.match_indices(['<', '[', '`', '*', '#', '@', '&']) {
                assert_eq!(own.as_bytes()[index - 1], b'\\', "{line}");
            }
        }
        assert_eq!(fence, None);
        assert!(!text.contains(['\u{202e}', '\x1b', '\0']), "{text}");
    }

    #[test]
    fn addresses_people_and_issues_do_not_become_links() {
        assert_eq!(escaped("see https://x.example"), "see https\\://x.example");
        assert_eq!(escaped("www.x.example"), "www\\.x.example");
        assert_eq!(escaped("@ann fixes #1"), "\\@\u{2060}ann fixes \\#\u{2060}1");
        assert_eq!(escaped("homework.rs:21:9"), "homework.rs:21:9");
    }

    #[test]
    fn no_fence_ends_within() {
        assert_eq!(fenced("text", "a `b` c"), "```text\na `b` c\n```");
        assert_eq!(fenced("text", "````\n```"), "`````text\n````\n```\n`````");
    }

    #[test]
    fn a_files_name_is_no_address() {
        assert_eq!(target("a b)(<c>-03.svg"), "a%20b%29%28%3Cc%3E-03.svg");
        assert_eq!(target("javascript:x"), "javascript%3Ax");
        assert_eq!(target("//x/Я"), "%2F%2Fx%2F%D0%AF");
    }
}
