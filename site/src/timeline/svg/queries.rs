//! The database's part of a panel: a query as a line between two ticks, and below them a transaction as a bracket.

#![expect(clippy::cast_precision_loss, reason = "lengths are drawn to a tenth of a unit")]

use std::fmt::Write as _;

use console::Lang;

use super::super::database::{Bracket, DatabasePart, QueryBar};
use super::super::model::Sign;
use super::details::Escaped;
use super::layout::{Layout, Plot};
use super::signs;
use crate::log::{Outcome, TransactionEnd};

/// How the part is shown: on the live page, each line tells its details and may be one of a replay.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    /// The prefix of the lines' ids; `None` in a file.
    pub ids: Option<&'a str>,
    /// The moment that is shown, if it is not the end.
    pub moment: Option<u64>,
    /// Where the details are.
    pub exact_y: f64,
    /// Whether the first line is a stop of the tab key.
    pub is_stop: bool,
}

impl Shown<'_> {
    /// On the live page, opens the group of a line that tells its details, in lines of text of their own.
    fn open(&mut self, out: &mut String, plot: Plot, index: usize, y: f64, row: f64, exact: &[impl AsRef<str>]) {
        let Some(ids) = self.ids else { return };
        let exact: Vec<String> = exact.iter().map(|line| Escaped(line.as_ref()).to_string()).collect();
        let Layout { width, left, line, .. } = *plot.layout;
        let stop = if std::mem::take(&mut self.is_stop) { 0 } else { -1 };
        let _ = write!(
            out,
            "<g class=\"bar\" id=\"{ids}-database-{index}\" role=\"img\" tabindex=\"{stop}\" aria-label=\"{}\">\
             <rect class=\"field\" width=\"{width}\" y=\"{:.1}\" height=\"{row:.1}\"/>\
             <text class=\"exact\" x=\"{left}\" y=\"{:.1}\">{}</text>",
            exact.join(" · "),
            y - row / 2.0,
            self.exact_y,
            exact.join(&format!(" · <tspan x=\"{left}\" dy=\"{line}\">")) + &"</tspan>".repeat(exact.len() - 1),
        );
    }

    fn close(&self, out: &mut String) {
        if self.ids.is_some() {
            out.push_str("</g>\n");
        }
    }
}

/// How many lines it takes.
fn lines(database: &DatabasePart) -> usize {
    if database.is_drawn() { database.bars.len() + database.brackets.len() } else { 0 }
}

fn row(layout: &Layout, lines: usize) -> f64 {
    layout.row.min(layout.highest / lines.max(1) as f64)
}

/// How high it is.
pub fn height(database: &DatabasePart, layout: &Layout) -> f64 {
    let lines = lines(database);
    lines as f64 * row(layout, lines)
}

/// Writes it from `top` downwards.
pub fn write(out: &mut String, plot: Plot, database: &DatabasePart, top: f64, mut shown: Shown<'_>) {
    let lines = lines(database);
    if lines == 0 {
        return;
    }
    let row = row(plot.layout, lines);
    // The labels of thin lines would overlap: some are left out.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 1 and a few")]
    let every = (plot.layout.line * 0.75 / row).ceil().max(1.0) as usize;
    let middle = |index: usize| top + row * (index as f64 + 1.0 / 3.0);
    for (index, bar) in database.bars.iter().enumerate() {
        let y = middle(index);
        let Some(bar) = bar.at(shown.moment) else { continue };
        shown.open(out, plot, index, y, row, &bar.exact(plot.lang));
        write_query(out, plot, &bar, y, row, shown.moment.is_some());
        if index.is_multiple_of(every) {
            write_labels(out, plot, y, &bar.name(), bar.result().as_deref().unwrap_or("—"), bar.connection);
        }
        shown.close(out);
    }
    for (bracket, index) in database.brackets.iter().zip(database.bars.len()..) {
        let y = middle(index);
        let Some(bracket) = bracket.at(shown.moment) else { continue };
        shown.open(out, plot, index, y, row, &[&bracket.exact(plot.lang)]);
        write_bracket(out, plot, bracket, y, row);
        if index.is_multiple_of(every) {
            let transaction = plot.lang.pick("transaction", "транзакция");
            write_labels(out, plot, y, &format!("{transaction} {}", bracket.id), "", bracket.connection);
        }
        shown.close(out);
    }
}

fn write_query(out: &mut String, plot: Plot, bar: &QueryBar, y: f64, row: f64, is_replay: bool) {
    let tick = row / 4.0;
    let start = plot.x(bar.start);
    let end = plot.x(bar.end).max(start + 2.0);
    let class = if bar.failed() { "query refused" } else { "query" };
    let (top, height) = (y - tick, 2.0 * tick);
    // What is in flight has no second tick yet.
    let close = if bar.outcome == Outcome::Held { String::new() } else { format!("M{end:.1} {top:.1}v{height:.1}") };
    let _ = writeln!(
        out,
        "<path class=\"{class}\" d=\"M{start:.1} {top:.1}v{height:.1}M{start:.1} {y:.1}H{end:.1}{close}\"/>"
    );
    // What is in flight at a moment of a replay just goes on.
    if let Some(sign) = Sign::of_end(bar.outcome).filter(|sign| *sign != Sign::Held || !is_replay) {
        signs::write(out, sign, end, y, row / 30.0);
    }
}

fn write_bracket(out: &mut String, plot: Plot, bracket: Bracket, y: f64, row: f64) {
    let (start, end, rise) = (plot.x(bracket.start), plot.x(bracket.end), row / 3.0);
    let (class, close) = match bracket.how {
        TransactionEnd::Committed => ("bracket", format!("v-{rise:.1}")),
        TransactionEnd::RolledBack => ("bracket undone", String::new()),
        TransactionEnd::Open => ("bracket", String::new()),
    };
    let _ = writeln!(out, "<path class=\"{class}\" d=\"M{start:.1} {:.1}v{rise:.1}H{end:.1}{close}\"/>", y - rise);
    if bracket.how == TransactionEnd::RolledBack {
        signs::write(out, Sign::GivenUp, end, y, row / 40.0);
    }
}

fn write_labels(out: &mut String, plot: Plot, middle: f64, name: &str, result: &str, connection: u64) {
    let Layout { names, statuses, font, .. } = *plot.layout;
    let y = middle + font * 0.35;
    let right = plot.end_of_connection(connection);
    let _ = writeln!(
        out,
        "<text class=\"end\" x=\"{names}\" y=\"{y:.1}\">{name}</text>\
         <text x=\"{statuses}\" y=\"{y:.1}\">{result}</text>\
         <text class=\"faint end\" x=\"{right:.1}\" y=\"{y:.1}\">#{connection}</text>"
    );
}

/// What a picture says of queries in words, in lines.
pub fn caption(database: &DatabasePart, lang: Lang) -> Vec<String> {
    database.caption(lang).chunks(3).map(|parts| parts.join(" · ")).collect()
}
