//! A verdict as it is shown to the person whose program was judged.

use std::fmt::Write;

use anstyle::Style;
use console::Canvas;

use super::outcome::{Outcome, Verdict};
use crate::expect::{Finding, Status};
use crate::options;
use crate::process::Captured;
use crate::run::Run;
use crate::terminal::{BAD, FAINT, GOOD, STRONG, Typeset};
use crate::words::harmless;

/// How wide running text gets, in columns.
const WIDEST_TEXT: usize = 100;
/// How many lines of the program's own messages are shown, of their beginning and of their end.
const LINES_SHOWN: usize = 8;

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
                    self.refused(run);
                }
                self.picture(run);
                self.again(verdict, run);
                self.closing(findings);
            }
            Outcome::NothingWritten { todos, task, file } => {
                let nothing = lang.pick("Nothing is written yet.", "Ещё ничего не написано.");
                let nothing = self.styled(BAD, nothing);
                let where_to = lang.pick(
                    format!("The task is in {task}, your answer goes into {file}:"),
                    format!("Задание — в {task}, ответ пишите в {file}:"),
                );
                let where_to = self.page().wrap(&where_to, 0);
                let _ = writeln!(self.text, "{nothing}\n{where_to}\n");
                for todo in todos {
                    let _ = writeln!(self.text, "  - {}", self.page().wrap(todo, 4));
                }
            }
            Outcome::DoesNotCompile => {
                let text = lang.pick(
                    "It does not compile; the compiler says why above.",
                    "Не компилируется: причину см. выше, в сообщении компилятора.",
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
            (Status::Unknown, _) => ("?", FAINT),
        };
        let mark = self.styled(style, mark);
        let page = self.page();
        if finding.status == Status::Met {
            let _ = writeln!(self.text, "  {mark} {}", page.wrap(&finding.seen, 4));
            return;
        }
        let _ = writeln!(self.text, "  {mark} {}", page.wrap(&finding.expected, 4));
        let seen = format!("{} {}", lang.pick("seen:", "на деле:"), finding.seen);
        let _ = writeln!(self.text, "    {}", page.wrap(&seen, 4));
        if let Some(hint) = &finding.hint {
            let hint = format!("{} {hint}", lang.pick("hint:", "подсказка:"));
            let hint = self.styled(FAINT, &page.wrap(&hint, 4));
            let _ = writeln!(self.text, "    {hint}");
        }
    }

    /// The beginning and the end of what the program wrote on stderr, in which nothing can be taken for the checker's own
    /// words.
    fn said_by_program(&mut self, run: &Run) {
        let lang = self.canvas.lang;
        let Captured { beginning, end, .. } = &run.last_act().stderr;
        let lines = |text: &str| {
            let lines = text.lines().filter(|line| !line.trim().is_empty()).map(harmless);
            lines.collect::<Vec<_>>()
        };
        let (mut first, last) = (lines(beginning), lines(end));
        let mut cut = !end.is_empty();
        first.extend(last);
        if first.is_empty() {
            return;
        }
        if first.len() > 2 * LINES_SHOWN {
            first.drain(LINES_SHOWN..first.len() - LINES_SHOWN);
            cut = true;
        }
        let _ = writeln!(self.text, "\n  {}", lang.pick("The program said on stderr:", "Программа сообщила в stderr:"));
        let bar = if self.canvas.unicode { "│" } else { "|" };
        for (index, line) in first.iter().enumerate() {
            if cut && index == LINES_SHOWN.min(first.len() / 2) {
                let _ = writeln!(self.text, "  {bar} …");
            }
            let line = self.styled(FAINT, line);
            let _ = writeln!(self.text, "  {bar} {line}");
        }
    }

    /// What was refused to the program, by its own words.
    fn refused(&mut self, run: &Run) {
        let refused: Vec<_> = run.refused().into_iter().map(|one| one.words(self.canvas.lang)).collect();
        if !refused.is_empty() {
            let text = self.styled(FAINT, &self.page().wrap(&refused.join(" "), 2));
            let _ = writeln!(self.text, "\n  {text}");
        }
    }

    fn picture(&mut self, run: &Run) {
        if run.has_picture() {
            let _ = write!(self.text, "\n{}", run.timeline.draw(self.canvas));
        }
    }

    fn again(&mut self, verdict: &Verdict, run: &Run) {
        let lang = self.canvas.lang;
        let pages = lang.count(run.plan.pages().into(), ["page", "pages"], ["страница", "страницы", "страниц"]);
        let command = again(verdict, run.plan.seed);
        let text = lang.pick(
            format!("{pages}; the same run again: {command}"),
            format!("{pages}; ещё раз то же самое: {command}"),
        );
        let text = self.styled(FAINT, &text);
        let gap = if run.has_picture() { "" } else { "\n" };
        let _ = writeln!(self.text, "{gap}{text}");
    }

    fn closing(&mut self, findings: &[Finding]) {
        let lang = self.canvas.lang;
        let count = |status| findings.iter().filter(|finding| finding.status == status).count();
        let (unmet, unknown) = (count(Status::Unmet), count(Status::Unknown));
        if unknown > 0 {
            let legend =
                lang.pick("? the run does not show whether it is so", "? — по этому запуску не видно, так ли это");
            let legend = self.styled(FAINT, legend);
            let _ = writeln!(self.text, "{legend}");
        }
        let text = if unmet + unknown == 0 {
            self.styled(GOOD, lang.pick("Passed.", "Сдано."))
        } else {
            let (open, all) = (unmet + unknown, findings.len());
            let requirements = lang.count(open as u64, [""; 2], ["требование", "требования", "требований"]);
            let text = lang.pick(
                format!("Not yet: {open} of {all} expectations not met."),
                format!("Пока нет: не выполнено {requirements} из {all}."),
            );
            self.styled(BAD, &text)
        };
        let _ = writeln!(self.text, "\n{text}");
    }
}

/// The command that repeats a run.
fn again(verdict: &Verdict, seed: u64) -> String {
    let mut command = format!("cargo homework check {} --seed {seed}", verdict.lesson);
    if verdict.patience != options::PATIENCE {
        let _ = write!(command, " --patience {}", humantime::format_duration(verdict.patience));
    }
    if let Some(program) = &verdict.program {
        let words = [&program.command].into_iter().chain(&program.arguments).map(|word| word.to_string_lossy());
        let words: Vec<_> = words.collect();
        // It fails for a NUL, which no argument can hold.
        let words = shlex::try_join(words.iter().map(AsRef::as_ref)).unwrap_or_default();
        let _ = write!(command, " -- {words}");
    }
    command
}
