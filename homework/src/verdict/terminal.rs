//! A verdict as it is shown to the person whose program was judged.

use std::fmt::Write;

use anstyle::Style;
use console::Canvas;
use site::Timeline;

use super::{Outcome, Verdict};
use crate::expect::{Finding, Status};
use crate::run::Run;
use crate::terminal::{BAD, FAINT, GOOD, STRONG, Typeset};

/// How wide running text gets, in columns.
const WIDEST_TEXT: usize = 100;
/// How many lines of the program's own messages are shown, and how much of each.
const LINES_SHOWN: usize = 12;
const LONGEST_LINE: usize = 200;

/// The verdict as it is shown on `canvas`.
pub fn show(verdict: &Verdict, canvas: Canvas) -> String {
    Writer { canvas, text: String::new() }.write(verdict)
}

struct Writer {
    canvas: Canvas,
    text: String,
}

impl Writer {
    fn write(mut self, verdict: &Verdict) -> String {
        let lang = self.canvas.lang;
        let title = format!("{} {:02}. {}", lang.pick("Homework", "Домашнее задание"), verdict.lesson, verdict.summary);
        let title = self.styled(STRONG, &title);
        let _ = writeln!(self.text, "\n{title}\n");
        match &verdict.outcome {
            Outcome::Judged(run, findings) => {
                for finding in findings {
                    self.finding(finding);
                }
                let unmet = findings.iter().filter(|finding| finding.status != Status::Met).count();
                if unmet > 0 {
                    self.said_by_program(run);
                }
                self.picture(run);
                self.again(verdict.lesson, run);
                self.closing(unmet, findings.len());
            }
            Outcome::DoesNotCompile => {
                let text = lang.pick(
                    "It does not compile; the compiler says why above.",
                    "Не компилируется: компилятор объяснил выше.",
                );
                let text = self.styled(BAD, text);
                let _ = writeln!(self.text, "{text}");
            }
            // It is said where errors are.
            Outcome::Error(_) => return String::new(),
        }
        self.text
    }

    fn page(&self) -> Canvas {
        Canvas { width: self.canvas.width.min(WIDEST_TEXT), ..self.canvas }
    }

    fn styled(&self, style: Style, text: &str) -> String {
        self.page().paint(style, text)
    }

    fn finding(&mut self, finding: &Finding) {
        let lang = self.canvas.lang;
        let (mark, style) = match (finding.status, self.canvas.unicode) {
            (Status::Met, true) => ("✓", GOOD),
            (Status::Met, false) => ("+", GOOD),
            (Status::Unmet, true) => ("✗", BAD),
            (Status::Unmet, false) => ("x", BAD),
            (Status::Untold, _) => ("?", FAINT),
        };
        let mark = self.styled(style, mark);
        let page = self.page();
        if finding.status == Status::Met {
            let _ = writeln!(self.text, "  {mark} {}", page.wrap(&finding.seen, 4));
            return;
        }
        let _ = writeln!(self.text, "  {mark} {}", page.wrap(&finding.expected, 4));
        let seen = format!("{} {}", lang.pick("seen:", "а было:"), finding.seen);
        let _ = writeln!(self.text, "    {}", page.wrap(&seen, 4));
        if let Some(hint) = &finding.hint {
            let hint = format!("{} {hint}", lang.pick("hint:", "подсказка:"));
            let hint = self.styled(FAINT, &page.wrap(&hint, 4));
            let _ = writeln!(self.text, "    {hint}");
        }
    }

    /// The end of what the program wrote on stderr, in which nothing can be taken for the checker's own words.
    fn said_by_program(&mut self, run: &Run) {
        let lang = self.canvas.lang;
        let said = &run.stderr.text;
        let lines: Vec<&str> = said.lines().filter(|line| !line.trim().is_empty()).collect();
        if lines.is_empty() {
            return;
        }
        let last = &lines[lines.len().saturating_sub(LINES_SHOWN)..];
        let _ = writeln!(self.text, "\n  {}", lang.pick("The program said on stderr:", "Программа сообщила в stderr:"));
        let bar = if self.canvas.unicode { "│" } else { "|" };
        for line in last {
            let line: String = line.chars().filter(|c| !c.is_control()).take(LONGEST_LINE).collect();
            let line = self.styled(FAINT, &line);
            let _ = writeln!(self.text, "  {bar} {line}");
        }
    }

    fn picture(&mut self, run: &Run) {
        let timeline = Timeline::new(&run.exchanges);
        if timeline.figures().requests > 0 {
            let _ = write!(self.text, "\n{}", timeline.draw(self.canvas));
        }
    }

    fn again(&mut self, lesson: u32, run: &Run) {
        let lang = self.canvas.lang;
        let pages = lang.count(run.plan.scenario.pages.into(), ["page", "pages"], ["страница", "страницы", "страниц"]);
        let seed = run.plan.seed;
        let text = lang.pick(
            format!("{pages}; the same run again: cargo homework check {lesson} --seed {seed}"),
            format!("{pages}; ещё раз то же самое: cargo homework check {lesson} --seed {seed}"),
        );
        let text = self.styled(FAINT, &text);
        let gap = if run.exchanges.is_empty() { "\n" } else { "" };
        let _ = writeln!(self.text, "{gap}{text}");
    }

    fn closing(&mut self, unmet: usize, all: usize) {
        let lang = self.canvas.lang;
        let text = if unmet == 0 {
            self.styled(GOOD, lang.pick("Passed.", "Сдано."))
        } else {
            let text = lang.pick(
                format!("Not yet: {unmet} of {all} expectations not met."),
                format!("Пока нет: не выполнено {unmet} из {all}."),
            );
            self.styled(BAD, &text)
        };
        let _ = writeln!(self.text, "\n{text}");
    }
}
