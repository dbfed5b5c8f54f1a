//! What reports are tested with.

use super::super::result::{Expectation, Graded, Learner, Outcome, Run, Status, VERSION};

/// What a stranger may try in a text.
pub const HOSTILE: &str = "</td><script>alert(1)</script> ]]> `x` ```` [a](https://x.example) ![b](y) # *h* | @all \
    &amp; \u{202e}evil\u{2066} \x1b[31m\0\n# heading\n- \"quoted\" 'it'";

/// An expectation that is worth two points.
pub fn expectation(name: &str, status: Status, lang: &str) -> Expectation {
    let (expected, seen, hint) = match lang {
        "ru" => ("все 10 страниц запрашиваются одновременно", "одновременно не больше 1", "Кто ждёт ответа?"),
        _ => ("all 10 pages are in flight at once", "at most 1 was in flight", "Who waits for the answer?"),
    };
    Expectation {
        name: name.to_owned(),
        status,
        points: 2,
        expected: expected.to_owned(),
        seen: seen.to_owned(),
        hint: (status == Status::Fail).then(|| hint.to_owned()),
    }
}

/// A result for a lesson.
pub fn graded(lesson: u32, outcome: Outcome, expectations: Vec<Expectation>) -> Graded {
    let points = expectations.iter().filter(|it| it.status == Status::Pass).map(|it| it.points).sum();
    let ran = matches!(outcome, Outcome::Pass | Outcome::Fail);
    Graded {
        lesson,
        outcome,
        message: None,
        points,
        of: if ran { expectations.iter().map(|it| it.points).sum() } else { 6 },
        expectations,
        handed_in: Some("2026-11-02T20:15:00Z".to_owned()),
        late_s: Some(0),
        input: Some("ab".repeat(32)),
        task: "cd".repeat(32),
        build_ms: ran.then_some(1_234),
        run: ran.then(|| Run {
            seed: 7,
            took_ms: 312,
            walls: vec!["files".to_owned(), "tcp".to_owned()],
            refused: Vec::new(),
            again: format!("cargo homework check {lesson} --seed 7"),
            stderr: "thread 'main' panicked at homework.rs:21:9:\n\tcalled `Option::unwrap()`".to_owned(),
            timeline: include_str!("../../../../lessons/03-tokio/timeline.en.svg").to_owned(),
        }),
    }
}

/// A learner who passed 03, failed 06 and whose 10 could not be judged.
pub fn learner(name: &str, lang: &str) -> Learner {
    let all = |status| ["each-page-once", "in-flight", "exit"].map(|name| expectation(name, status, lang)).to_vec();
    let mut failed = all(Status::Pass);
    failed[1] = expectation("in-flight", Status::Fail, lang);
    failed[2] = expectation("exit", Status::Unknown, lang);
    let mut late = graded(6, Outcome::Fail, failed);
    late.late_s = Some(7_501);
    let mut error = graded(10, Outcome::Error, Vec::new());
    error.message = Some("the site did not start".to_owned());
    error.late_s = Some(999_999);
    Learner {
        version: VERSION,
        name: name.to_owned(),
        lang: lang.to_owned(),
        group: Some("A".to_owned()),
        results: vec![graded(3, Outcome::Pass, all(Status::Pass)), late, error],
    }
}

/// A learner whose every text is hostile, and who handed in nothing for 10.
pub fn hostile(lang: &str) -> Learner {
    let mut learner = learner(HOSTILE, lang);
    learner.group = Some("=cmd|' /C calc'!A0".to_owned());
    for result in &mut learner.results {
        result.message = Some(HOSTILE.to_owned());
        for expectation in &mut result.expectations {
            HOSTILE.clone_into(&mut expectation.expected);
            HOSTILE.clone_into(&mut expectation.seen);
            expectation.hint = Some(HOSTILE.to_owned());
        }
        if let Some(run) = &mut result.run {
            HOSTILE.clone_into(&mut run.stderr);
            HOSTILE.clone_into(&mut run.again);
            run.refused.push(HOSTILE.to_owned());
            run.timeline = format!("<svg><text>{HOSTILE}</text></svg>");
        }
    }
    learner.results[2].outcome = Outcome::NotGradable;
    learner
}
