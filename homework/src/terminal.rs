//! Text on the terminal: styles, line breaks, and a status line that is replaced in place.

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};

use anstyle::{AnsiColor, Style};
use console::{Canvas, Lang};
use textwrap::core::{Word, display_width};
use textwrap::{WordSeparator, WordSplitter};

/// The style of what goes well.
pub const GOOD: Style = AnsiColor::Green.on_default();
/// The style of what does not.
pub const BAD: Style = AnsiColor::Red.on_default();
/// The style of what is under way.
pub const OPEN: Style = AnsiColor::Yellow.on_default();
/// The style of what matters less.
pub const FAINT: Style = Style::new().dimmed();
/// The style of headings.
pub const STRONG: Style = Style::new().bold();

/// Running text as a canvas can show it.
pub trait Typeset {
    /// A text in a style, if there are colours.
    fn paint(self, style: Style, text: impl Display) -> String;

    /// A text in lines that leave room for a margin of `margin` characters, all but the first of them with that margin.
    /// Code in backquotes is kept in one line.
    fn wrap(self, text: &str, margin: usize) -> String;
}

impl Typeset for Canvas {
    fn paint(self, style: Style, text: impl Display) -> String {
        if self.colour { format!("{style}{text}{style:#}") } else { text.to_string() }
    }

    fn wrap(self, text: &str, margin: usize) -> String {
        /// Narrower columns than this one are harder to read than lines that the terminal breaks.
        const NARROWEST: usize = 24;
        let indent = " ".repeat(margin);
        let options = textwrap::Options::new(self.width.max(margin + NARROWEST))
            .initial_indent(&indent)
            .subsequent_indent(&indent)
            .word_separator(WordSeparator::Custom(words_of))
            .word_splitter(WordSplitter::NoHyphenation)
            .break_words(false);
        textwrap::fill(text.trim_end(), options).split_off(if text.is_empty() { 0 } else { margin })
    }
}

/// The words of a line, each with the spaces after it.
fn words_of(line: &str) -> Box<dyn Iterator<Item = Word<'_>> + '_> {
    let mut in_code = false;
    let mut after_space = false;
    let ends = line.char_indices().filter(move |&(_, c)| {
        in_code ^= c == '`';
        let begins_word = after_space && c != ' ';
        after_space = c == ' ' && !in_code;
        begins_word
    });
    let mut began = 0;
    let ends = ends.map(|(end, _)| end).chain([line.len()]);
    Box::new(ends.filter(|end| *end > 0).map(move |end| Word::from(&line[std::mem::replace(&mut began, end)..end])))
}

/// Clears the line of the terminal at standard error that is being written, such as cargo's progress bar. Does nothing
/// when standard error is no terminal.
pub fn clear_line() {
    if io::stderr().is_terminal() {
        // Spaces instead of an escape, which terminals without colours need not understand.
        let width = Canvas::of_stderr(Lang::default()).width.saturating_sub(1);
        write_stderr(format_args!("\r{:width$}\r", ""));
    }
}

/// Shows `text` in the place of the line of the terminal at standard error that is being written, cut to its width.
/// Whatever is printed next must [clear](clear_line) it first.
pub fn show_line(text: &str) {
    // In the last column some terminals begin a new line.
    let width = Canvas::of_stderr(Lang::default()).width.saturating_sub(1);
    let line = cut(text, width);
    let rest = width.saturating_sub(display_width(line));
    write_stderr(format_args!("\r{line}{:rest$}", ""));
}

/// The beginning of a text that takes at most `width` columns.
fn cut(text: &str, width: usize) -> &str {
    let ends = text.char_indices().map(|(end, _)| end).chain([text.len()]);
    let end = ends.take_while(|&end| display_width(&text[..end]) <= width).last();
    &text[..end.unwrap_or(0)]
}

/// Writes to standard error as it is. Unlike `eprint!` it does not panic when nobody reads that any more.
fn write_stderr(text: impl Display) {
    let mut stderr = io::stderr().lock();
    let _ = write!(stderr, "{text}").and_then(|()| stderr.flush());
}

/// Writes to standard output. Unlike `print!` it does not panic when nobody reads that any more.
pub fn print(text: impl Display) {
    if cfg!(test) {
        // The one way to standard output that the test harness captures.
        return print!("{text}");
    }
    let mut out = io::stdout().lock();
    let _ = write!(out, "{text}").and_then(|()| out.flush());
}

#[cfg(test)]
mod tests {
    use console::Lang;

    use super::*;

    fn canvas(width: usize, colour: bool) -> Canvas {
        Canvas { width, unicode: true, colour, lang: Lang::En }
    }

    #[test]
    fn lines_are_broken_between_words() {
        let page = canvas(34, false);
        assert_eq!(
            page.wrap("Все страницы сразу, напечатаны в порядке страниц.", 4),
            "Все страницы сразу, напечатаны\n    в порядке страниц."
        );
        assert_eq!(
            page.wrap("keep them: `let mut tasks = Vec::new();` and wait\n\n  let x;", 0),
            "keep them:\n`let mut tasks = Vec::new();` and\nwait\n\n  let x;"
        );
        assert_eq!(page.wrap("", 3), "");
    }

    #[test]
    fn a_line_is_cut_by_columns() {
        for (text, width, kept) in [("ждём: 10", 5, "ждём:"), ("页页页", 5, "页页"), ("abc", 0, ""), ("abc", 9, "abc")]
        {
            assert_eq!(cut(text, width), kept);
        }
    }

    #[test]
    fn without_colours_nothing_is_added() {
        assert_eq!(canvas(80, false).paint(GOOD, "passed"), "passed");
        assert_eq!(canvas(80, true).paint(GOOD, "passed"), "\x1b[32mpassed\x1b[0m");
    }
}
