//! How verdicts say things: counts, times, and a program's own words, made harmless.

use std::time::Duration;

use console::Lang;

use crate::process::Captured;

/// A number of requests.
pub fn requests(count: u64, lang: Lang) -> String {
    lang.count(count, ["request", "requests"], ["запрос", "запроса", "запросов"])
}

/// A number of connections.
pub fn connections(count: u64, lang: Lang) -> String {
    lang.count(count, ["connection", "connections"], ["соединение", "соединения", "соединений"])
}

/// A number of attempts.
pub fn attempts(count: u64, lang: Lang) -> String {
    lang.count(count, ["attempt", "attempts"], ["попытка", "попытки", "попыток"])
}

/// A length of time.
pub fn time(time: Duration, lang: Lang) -> String {
    lang.seconds(u64::try_from(time.as_micros()).unwrap_or(u64::MAX))
}

/// A program's text as it may be shown on one line: without characters that a terminal obeys or does not show, and not
/// endless.
pub fn harmless(text: &str) -> String {
    const LONGEST: usize = 200;
    let mut marks = 0;
    let shown = |c: &char| {
        // A character may carry an accent or two, not a tower of them.
        marks = if is_mark(*c) { marks + 1 } else { 0 };
        !c.is_control() && !is_invisible(*c) && marks <= 2
    };
    let mut left = LONGEST;
    let fits = |c: &char| {
        let width = textwrap::core::display_width(c.encode_utf8(&mut [0; 4])).max(1);
        left.checked_sub(width).inspect(|rest| left = *rest).is_some()
    };
    let shown: String = anstream::adapter::strip_str(text).to_string().chars().filter(shown).collect();
    let cut: String = shown.chars().take_while(fits).collect();
    if cut.len() < shown.len() { cut + "…" } else { cut }
}

/// Whether a character is drawn on the one before it: the blocks of combining marks.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' |
        '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

/// Whether a character shows nothing of its own, or changes how its neighbours are shown: Unicode's format characters,
/// line and paragraph separators, tags and variation selectors.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{115f}' | '\u{1160}' |
        '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' |
        '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' |
        '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// How the line begins in which a runtime says why it ended.
const STARTS: [&str; 8] = [
    "Error: ",
    "Exception in thread",
    "panic: ",
    "fatal error: ",
    "Uncaught ",
    "TypeError: ",
    "ReferenceError: ",
    "Unhandled exception",
];

/// The line in which a program says why it ended, out of what it wrote on stderr; the usual runtimes have their own ways.
pub fn own_words(stderr: &Captured) -> Option<String> {
    let texts = [&stderr.beginning, &stderr.end];
    let lines: Vec<&str> = texts.iter().flat_map(|text| text.lines()).filter(|line| !line.trim().is_empty()).collect();
    let beginning =
        |with: &[&str]| lines.iter().position(|line| with.iter().any(|with| line.trim_start().starts_with(with)));
    // Rust puts a panic's words on the line after its place, unless it has none.
    let panic = lines.iter().position(|line| line.starts_with("thread '") && line.contains("panicked at "));
    if let Some(place) = panic {
        let at = lines[place].split_once("panicked at ").map_or("", |(_, at)| at.trim_end_matches(':'));
        let words = lines.get(place + 1).filter(|line| !line.starts_with("note: "));
        return Some(harmless(&words.map_or_else(|| lines[place].to_owned(), |words| format!("{words} ({at})"))));
    }
    if beginning(&["Traceback (most recent call last)"]).is_some() {
        let last = lines.iter().rfind(|line| !line.starts_with([' ', '\t']));
        return last.map(|line| harmless(line));
    }
    // The frames of a stack come after the words.
    let frame = |line: &&&str| !line.trim_start().starts_with("at ") && !line.starts_with("Node.js v");
    let line = beginning(&STARTS).map(|place| lines[place]).or_else(|| lines.iter().rfind(frame).copied());
    line.map(|line| harmless(line.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_not_shown() {
        assert_eq!(harmless("\x1b[2J\x1b]0;pwned\x07csi"), "csi");
        assert_eq!(harmless("\u{202e}.dessaP \u{2066}x\u{200b}y\u{feff}z\u{e0041}\u{2028}"), ".dessaP xyz");
        assert_eq!(harmless(&format!("o{}k", "\u{301}".repeat(150))), "o\u{301}\u{301}k");
        assert_eq!(harmless("cr only\rPassed.\rok"), "cr onlyPassed.ok");
        assert_eq!(harmless(&"x".repeat(300)).chars().count(), 201);
        assert_eq!(harmless(&"Ｗ".repeat(190)).chars().count(), 101);
    }

    #[test]
    fn each_runtime_says_why_it_ended_in_its_own_way() {
        let words =
            |text: &str| own_words(&Captured { beginning: text.to_owned(), ..Captured::default() }).unwrap_or_default();
        assert_eq!(
            words("site\n\nthread 'main' (7) panicked at homework.rs:21:9:\ncalled `Option::unwrap()`\nnote: run with"),
            "called `Option::unwrap()` (homework.rs:21:9)"
        );
        assert_eq!(words("Error: page 3: no\n\n10 requests · peak\n"), "Error: page 3: no");
        assert_eq!(
            words("Traceback (most recent call last):\n  File \"a.py\", line 1\n    x()\nNameError: name 'x'\n"),
            "NameError: name 'x'"
        );
        assert_eq!(
            words("/a.js:1\nx\n^\n\nReferenceError: x is not defined\n    at a.js:1\n\nNode.js v20\n"),
            "ReferenceError: x is not defined"
        );
        assert_eq!(words("panic: no\n\ngoroutine 1 [running]:\nmain.main()\n\t/a.go:3\n"), "panic: no");
        assert_eq!(
            words("a.rb:1:in `<main>': undefined local variable (NameError)\n"),
            "a.rb:1:in `<main>': undefined local variable (NameError)"
        );
        assert_eq!(words("\n \n"), "");
    }
}
