//! A timeline in characters.

use std::fmt::Write as _;

use anstyle::{Ansi256Color, Style};

use super::database::{Bracket, QueryBar};
use super::model::{Bar, Sign, Timeline, scaled};
use crate::log::TransactionEnd;
use console::Canvas;

/// The most requests that are drawn as a bar each; more are drawn as a band that shows how many were in flight.
const MOST_BARS: u64 = 40;
/// How many lines a band has.
const BAND_HEIGHT: usize = 8;

// Blue, green, orange and purple after Okabe and Ito's palette, which the colour-blind can tell apart; chosen from the
// terminal's 256 colours so that they can be read on black and on white. Each also has its own shape.
const GATED: Style = Ansi256Color(244).on_default();
const WAITING: Style = Ansi256Color(33).on_default();
const ANSWERING: Style = Ansi256Color(36).on_default();
const FAILED: Style = Ansi256Color(172).on_default();
const CUT_SHORT: Style = Ansi256Color(170).on_default();
const DIM: Style = Style::new().dimmed();

impl Timeline {
    /// The timeline as lines of text, each with its line feed.
    pub fn draw(&self, canvas: Canvas) -> String {
        let mut out = String::new();
        match self.figures.requests {
            0 => {}
            1..=MOST_BARS => self.draw_bars(canvas, &mut out),
            _ => self.draw_band(canvas, &mut out),
        }
        let separator = if canvas.unicode { " · " } else { ", " };
        write_wrapped(&mut out, &self.page_caption(canvas.lang), separator, canvas);
        self.draw_database(canvas, &mut out);
        write_wrapped(&mut out, &self.database.caption(canvas.lang), separator, canvas);
        out
    }

    fn draw_bars(&self, canvas: Canvas, out: &mut String) {
        let names: Vec<String> = self.bars.iter().map(Bar::name).collect();
        let name_width = names.iter().map(String::len).max().unwrap_or(0);
        let connection_width = self.bars.iter().map(|bar| bar.connection.to_string().len()).max().unwrap_or(0);
        let taken = name_width + 1 + 1 + 3 + 2 + connection_width;
        let width = canvas.width.max(Canvas::NARROWEST).saturating_sub(taken).max(8);

        write_axis(out, name_width + 1, width, self.scale, canvas);
        for (name, bar) in names.iter().zip(&self.bars) {
            let status = bar.status.map_or_else(|| "---".to_owned(), |status| status.to_string());
            let status_style = if bar.failed() { FAILED } else { Style::new() };
            let _ = writeln!(
                out,
                "{name:>name_width$} {} {} {}",
                self.bar(bar, width, canvas),
                painted(&status, status_style, canvas),
                painted(&format!("#{:<connection_width$}", bar.connection), DIM, canvas).trim_end(),
            );
        }
        let legend = |sign: Sign| format!("{} {}", shape(sign, canvas), sign.meaning(canvas.lang));
        // Most bars only wait, and an error's status is beside its bar: neither needs a legend, unless a gate holds some.
        // What a bar lacks is drawn in pictures only.
        let mut signs = self.signs(self.scale);
        let is_gated = signs.contains(&Sign::Gated);
        signs.retain(|sign| match sign {
            Sign::Failed | Sign::Missed => false,
            Sign::Waiting => is_gated,
            _ => true,
        });
        let legend: Vec<String> = signs.into_iter().map(legend).collect();
        write_wrapped(out, &legend, "  ", canvas);
    }

    /// A bar as a line of `width` characters, with a resolution of half a character.
    fn bar(&self, bar: &Bar, width: usize, canvas: Canvas) -> String {
        let halves = width * 2;
        let place = |time: u64| scaled(time, self.scale, halves);
        let start = place(bar.start).min(halves - 1);
        let end = place(bar.end).clamp(start + 1, halves);
        let answered = bar.answering_since(self.scale).map_or(end, place).clamp(start, end);
        let held = bar.held_until(self.scale).map_or(start, place).clamp(start, end);
        let mark = Sign::of_end(bar.outcome).map(|sign| shape(sign, canvas));
        let last = (end - 1) / 2;
        let mut line = String::new();
        for cell in 0..width {
            let (left, right) = (cell * 2, cell * 2 + 1);
            let covered = |half: usize| (start..end).contains(&half);
            let (text, style) = match (covered(left), covered(right)) {
                (false, false) => (" ", None),
                _ if cell == last && mark.is_some() => (mark.unwrap_or(" "), Some(CUT_SHORT)),
                (covered_left, _) if (if covered_left { left } else { right }) < held => {
                    (shape(Sign::Gated, canvas), Some(if bar.failed() { FAILED } else { GATED }))
                }
                (_, covered_right) if left >= answered || (right >= answered && covered_right) => {
                    (shape(Sign::Answering, canvas), Some(if bar.failed() { FAILED } else { ANSWERING }))
                }
                (covered_left, covered_right) => {
                    let block = match (canvas.unicode, covered_left, covered_right) {
                        (false, ..) => "=",
                        (true, true, true) => "█",
                        (true, true, false) => "▌",
                        (true, false, _) => "▐",
                    };
                    (block, Some(if bar.failed() { FAILED } else { WAITING }))
                }
            };
            match style {
                Some(style) => line.push_str(&painted(text, style, canvas)),
                None => line.push_str(text),
            }
        }
        line
    }

    /// Draws queries as thin bars, and under them each transaction as a bracket.
    fn draw_database(&self, canvas: Canvas, out: &mut String) {
        let (bars, brackets) = (&self.database.bars, &self.database.brackets);
        if !self.database.is_drawn() {
            return;
        }
        let bracket_names: Vec<String> = brackets.iter().map(|bracket| format!("transaction {}", bracket.id)).collect();
        let names = bars.iter().map(|bar| bar.name().len()).chain(bracket_names.iter().map(String::len));
        let name_width = names.max().unwrap_or(0);
        let result = |bar: &QueryBar| bar.result().unwrap_or_else(|| "---".to_owned());
        let result_width = bars.iter().map(|bar| result(bar).len()).max().unwrap_or(0);
        let most = bars.iter().map(|bar| bar.connection).max().unwrap_or(0).to_string().len();
        let taken = name_width + 1 + 1 + result_width + 2 + most;
        let width = canvas.width.max(Canvas::NARROWEST).saturating_sub(taken).max(8);
        write_axis(out, name_width + 1, width, self.scale, canvas);
        for bar in bars {
            let style = if bar.failed() { FAILED } else { Style::new() };
            let _ = writeln!(
                out,
                "{:>name_width$} {} {} {}",
                bar.name(),
                self.query(bar, width, canvas),
                painted(&format!("{:<result_width$}", result(bar)), style, canvas),
                painted(&format!("#{}", bar.connection), DIM, canvas),
            );
        }
        for (name, bracket) in bracket_names.iter().zip(brackets) {
            let connection = painted(&format!("#{}", bracket.connection), DIM, canvas);
            let line = self.bracket(bracket, width, canvas);
            let _ = writeln!(out, "{name:>name_width$} {line} {:result_width$} {connection}", "");
        }
        let legend = |sign: Sign| format!("{} {}", shape(sign, canvas), sign.meaning(canvas.lang));
        write_wrapped(out, &self.database.signs().map(legend).collect::<Vec<_>>(), "  ", canvas);
    }

    /// A query's bar as a line of `width` characters: half as high as a request's.
    fn query(&self, bar: &QueryBar, width: usize, canvas: Canvas) -> String {
        let start = scaled(bar.start, self.scale, width).min(width - 1);
        let end = scaled(bar.end, self.scale, width).clamp(start + 1, width);
        let body = if canvas.unicode { "▄" } else { "~" };
        let style = if bar.failed() { FAILED } else { WAITING };
        let (length, mark) = match Sign::of_end(bar.outcome) {
            Some(sign) => (end - start - 1, painted(shape(sign, canvas), CUT_SHORT, canvas)),
            None => (end - start, String::new()),
        };
        format!("{:start$}{}{mark}{:rest$}", "", painted(&body.repeat(length), style, canvas), "", rest = width - end)
    }

    /// A transaction's bracket; its right end says how it ended.
    fn bracket(&self, bracket: &Bracket, width: usize, canvas: Canvas) -> String {
        let start = scaled(bracket.start, self.scale, width).min(width - 2);
        let end = scaled(bracket.end, self.scale, width).clamp(start + 2, width);
        let (left, middle, right) = match (bracket.how, canvas.unicode) {
            (TransactionEnd::Committed, true) => ("╘", "═", "╛"),
            (TransactionEnd::Committed, false) => ("[", "_", "]"),
            (TransactionEnd::RolledBack, true) => ("└", "┄", "╳"),
            (TransactionEnd::RolledBack, false) => ("[", ".", "x"),
            (TransactionEnd::Open, true) => ("└", "─", "▶"),
            (TransactionEnd::Open, false) => ("[", "_", ">"),
        };
        let line = format!("{left}{}{right}", middle.repeat(end - start - 2));
        format!("{:start$}{line}{:rest$}", "", "", rest = width - end)
    }

    fn draw_band(&self, canvas: Canvas, out: &mut String) {
        let peak = self.figures.peak_in_flight;
        let peak_text = canvas.lang.number(peak);
        let label_width = peak_text.chars().count();
        let width = canvas.width.max(Canvas::NARROWEST).saturating_sub(label_width + 1);
        let band = self.band(width, self.scale);

        write_axis(out, label_width + 1, width, self.scale, canvas);
        for row in (0..BAND_HEIGHT).rev() {
            let label = match row {
                0 => "0",
                _ if row == BAND_HEIGHT - 1 => peak_text.as_str(),
                _ => "",
            };
            let cells: String = band.iter().map(|&count| band_cell(count, peak, row, canvas)).collect();
            let _ = writeln!(out, "{label:>label_width$} {}", painted(cells.trim_end(), WAITING, canvas));
        }
    }
}

/// The character of a band at one column and line.
fn band_cell(count: u64, peak: u64, row: usize, canvas: Canvas) -> char {
    const EIGHTHS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    // Rounded up, so that even one request shows.
    let height = usize::try_from((count * (BAND_HEIGHT as u64) * 8).div_ceil(peak.max(1))).unwrap_or(usize::MAX);
    let eighths = height.saturating_sub(row * 8).min(8);
    match (canvas.unicode, eighths) {
        (true, _) => EIGHTHS[eighths],
        (false, 0) => ' ',
        (false, _) => '#',
    }
}

fn shape(sign: Sign, canvas: Canvas) -> &'static str {
    let pick = |unicode, ascii| if canvas.unicode { unicode } else { ascii };
    match sign {
        Sign::Gated => pick("░", ":"),
        Sign::Answering => pick("▒", "-"),
        Sign::Waiting | Sign::Failed | Sign::Missed => pick("█", "="),
        Sign::GivenUp => pick("╳", "x"),
        Sign::Reset => pick("◆", "!"),
        Sign::Held => pick("▶", ">"),
        Sign::Query => pick("▄", "~"),
        Sign::Committed => pick("╘═╛", "[_]"),
        Sign::RolledBack => pick("└┄╳", "[.x"),
        Sign::Open => pick("└─▶", "[_>"),
    }
}

fn write_axis(out: &mut String, indent: usize, width: usize, span: u64, canvas: Canvas) {
    let (from, to) = ("0", canvas.lang.seconds(span));
    let gap = width.saturating_sub(from.len() + to.chars().count());
    let _ = writeln!(out, "{:indent$}{}", "", painted(&format!("{from}{:gap$}{to}", ""), DIM, canvas));
}

fn write_wrapped(out: &mut String, parts: &[String], separator: &str, canvas: Canvas) {
    let width = canvas.width.max(Canvas::NARROWEST);
    let mut used = 0;
    for part in parts {
        let length = part.chars().count();
        if used > 0 && used + separator.chars().count() + length > width {
            out.push('\n');
            used = 0;
        }
        if used > 0 {
            out.push_str(separator);
            used += separator.chars().count();
        }
        out.push_str(part);
        used += length;
    }
    if used > 0 {
        out.push('\n');
    }
}

fn painted(text: &str, style: Style, canvas: Canvas) -> String {
    if canvas.colour { format!("{style}{text}{style:#}") } else { text.to_owned() }
}
