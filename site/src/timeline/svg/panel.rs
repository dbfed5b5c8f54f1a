//! One timeline as a part of a picture: a bar for each request or, if there are many, a band.

#![expect(clippy::cast_precision_loss, reason = "lengths are drawn to a tenth of a unit")]

use std::fmt::Write as _;

use super::super::model::{Bar, MOST_BARS, Sign, Timeline};
use super::details::Escaped;
use super::layout::{Layout, Plot};
use super::{queries, signs};

/// How many columns a band is drawn with.
const BAND_COLUMNS: usize = 360;
/// How many columns of a band say together how many were in flight when one points at them.
const PLACE_COLUMNS: usize = 4;

/// A timeline in a picture.
#[derive(Debug)]
pub struct Panel<'a> {
    pub timeline: &'a Timeline,
    /// The heading, if it has one.
    pub name: Option<&'a str>,
    /// On the live page, the prefix of the bars' ids; there, a bar or a place of a band shows its details when it is
    /// pointed at or focused.
    pub ids: Option<String>,
    /// The moment that is shown, if it is not the end.
    pub moment: Option<u64>,
}

impl Panel<'_> {
    /// How high it is, its heading and the gap after it included.
    pub fn height(&self, layout: &Layout) -> f64 {
        let heading = if self.name.is_some() { layout.line * 1.5 } else { 0.0 };
        heading + self.plain_height(layout) + queries::height(&self.timeline.database, layout)
    }

    fn is_band(&self) -> bool {
        self.timeline.figures.requests > MOST_BARS as u64
    }

    fn plain_height(&self, layout: &Layout) -> f64 {
        if self.is_band() { layout.band } else { self.timeline.bars.len() as f64 * self.row(layout) }
    }

    fn row(&self, layout: &Layout) -> f64 {
        layout.row.min(layout.highest / self.timeline.bars.len().max(1) as f64)
    }

    /// Writes it from `y` downwards. The details of bars are shown at `exact_y`.
    pub fn write(&self, out: &mut String, plot: Plot, mut y: f64, exact_y: f64) {
        let Layout { left, line, .. } = plot.layout;
        if let Some(name) = self.name {
            let figures = self.figures(plot);
            let _ = writeln!(
                out,
                "<text x=\"{left}\" y=\"{:.1}\"><tspan class=\"heading\">{}</tspan> \
                 <tspan class=\"faint\">{figures}</tspan></text>",
                y + line * 0.8,
                Escaped(name)
            );
            y += line * 1.2;
        }
        let has_stop = if self.is_band() {
            self.write_band(out, plot, y, exact_y);
            // Bars and the places of a band are walked apart.
            false
        } else {
            self.write_bars(out, plot, y, exact_y)
        };
        let shown = queries::Shown { ids: self.ids.as_deref(), moment: self.moment, exact_y, is_stop: !has_stop };
        queries::write(out, plot, &self.timeline.database, y + self.plain_height(plot.layout), shown);
    }

    fn figures(&self, plot: Plot) -> String {
        #[cfg(feature = "page")]
        if let Some(moment) = self.moment {
            let [requests, queries] = self.timeline.in_flight_at(moment).map(|count| plot.lang.number(count));
            let requests = format!("{} {requests}", plot.lang.pick("in flight", "в работе"));
            if !self.timeline.database.is_drawn() {
                return requests;
            }
            return format!("{requests} · {} {queries}", plot.lang.pick("queries", "запросов к базе"));
        }
        self.timeline.heading(plot.lang).join(" · ")
    }

    /// The bar as it is at the moment that is shown; `None` if it has not begun.
    #[cfg_attr(
        not(feature = "page"),
        expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "only the live page shows a moment")
    )]
    fn shown(&self, bar: &Bar) -> Option<Bar> {
        #[cfg(feature = "page")]
        if let Some(moment) = self.moment {
            return bar.at(moment);
        }
        Some(bar.clone())
    }

    /// Returns whether one of them is a stop of the tab key.
    fn write_bars(&self, out: &mut String, plot: Plot, top: f64, exact_y: f64) -> bool {
        let (layout, left) = (plot.layout, plot.layout.left);
        let row = self.row(layout);
        // The labels of thin bars would overlap: some are left out.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 1 and a few")]
        let every = (layout.line * 0.75 / row).ceil().max(1.0) as usize;
        // Only the first bar is reached with the tab key; arrow keys move on from there.
        let mut stop = 0;
        for (index, bar) in self.timeline.bars.iter().enumerate() {
            let y = top + index as f64 * row;
            let Some(bar) = self.shown(bar) else { continue };
            if let Some(ids) = &self.ids {
                let [asked, answered] = bar.exact(plot.lang).map(|part| Escaped(&part).to_string());
                let _ = write!(
                    out,
                    "<g class=\"bar\" id=\"{ids}-{index}\" role=\"img\" tabindex=\"{stop}\" \
                     aria-label=\"{asked} · {answered}\">\
                     <rect class=\"field\" width=\"{}\" y=\"{:.1}\" height=\"{row:.1}\"/>\
                     <text class=\"exact\" x=\"{left}\" y=\"{exact_y:.1}\">{asked} · ",
                    layout.width,
                    y - row / 6.0,
                );
                if bar.tells_more() {
                    let _ = write!(out, "<tspan x=\"{left}\" dy=\"{}\">{answered}</tspan></text>", layout.line);
                } else {
                    let _ = write!(out, "{answered}</text>");
                }
            }
            self.write_bar(out, plot, &bar, y, index.is_multiple_of(every));
            if self.ids.is_some() {
                stop = -1;
                out.push_str("</g>\n");
            }
        }
        stop < 0
    }

    fn write_bar(&self, out: &mut String, plot: Plot, bar: &Bar, y: f64, labelled: bool) {
        let Layout { names, statuses, font, .. } = *plot.layout;
        let row = self.row(plot.layout);
        let height = row * 2.0 / 3.0;
        let (start, end) = (plot.x(bar.start), plot.x(bar.end));
        let held = bar.held_until(plot.scale).map(|held| plot.x(held));
        let answered = bar.answering_since(plot.scale).map_or(end, |answered| plot.x(answered));
        if let Some(held) = held {
            let middle = y + height / 2.0;
            let _ = writeln!(
                out,
                "<path class=\"gated\" stroke-width=\"{height:.1}\" d=\"M{start:.1} {middle:.1}H{held:.1}\"/>"
            );
        }
        if let Some(due) = bar.missed(plot.scale) {
            // Open at the end if that is not in the picture any more.
            let (to, bottom) = (plot.x(due.min(plot.scale)), y + height);
            let side = if due > plot.scale { format!("M{to:.1} ") } else { "V".to_owned() };
            let _ = writeln!(out, "<path class=\"missed\" d=\"M{end:.1} {y:.1}H{to:.1}{side}{bottom:.1}H{end:.1}\"/>");
        }
        let mut rect = |class: &str, from: f64, to: f64, thickness: f64| {
            if to - from >= 0.1 {
                let _ = writeln!(
                    out,
                    "<rect class=\"{class}\" x=\"{from:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{thickness:.1}\" \
                     rx=\"{:.1}\"/>",
                    y + (height - thickness) / 2.0,
                    to - from,
                    height.min(20.0) * 0.15
                );
            }
        };
        let [waiting, answering] = if bar.failed() { ["failed"; 2] } else { ["waiting", "answering"] };
        // A failure is hollow: it goes round what the gate held. At least wide enough to be seen.
        let from = held.filter(|_| !bar.failed()).unwrap_or(start);
        if bar.failed() || bar.waits(plot.scale) {
            rect(waiting, from, answered.max(from + 2.0), height);
        }
        rect(answering, answered, end, height / 2.0);
        // What is in flight at a moment of a replay just goes on.
        let sign = Sign::of_end(bar.outcome).filter(|sign| *sign != Sign::Held || self.moment.is_none());
        if let Some(sign) = sign {
            signs::write(out, sign, end, y + height / 2.0, row / 30.0);
        }
        if !labelled {
            return;
        }
        let text_y = y + height / 2.0 + font * 0.35;
        let _ =
            writeln!(out, "<text class=\"end\" x=\"{names}\" y=\"{text_y:.1}\">{}</text>", Escaped(&bar.short_name()));
        let status = bar.status.map_or_else(|| "—".to_owned(), |status| status.to_string());
        let _ = writeln!(out, "<text x=\"{statuses}\" y=\"{text_y:.1}\">{status}</text>");
        let connection = bar.connection;
        let _ = writeln!(
            out,
            "<text class=\"faint end\" x=\"{:.1}\" y=\"{text_y:.1}\">#{connection}</text>",
            plot.end_of_connection(connection)
        );
    }

    fn write_band(&self, out: &mut String, plot: Plot, top: f64, exact_y: f64) {
        let Layout { left, band: height, line, margin, font, .. } = *plot.layout;
        let peak = self.timeline.figures.peak_in_flight.max(1);
        let step = plot.width() / BAND_COLUMNS as f64;
        let bottom = top + height;
        let _ = write!(out, "<path class=\"waiting\" d=\"M{left} {bottom}");
        let until = self.moment.map_or(f64::MAX, |moment| plot.x(moment));
        let band = self.timeline.band(BAND_COLUMNS, plot.scale);
        for (column, count) in band.iter().copied().enumerate() {
            let x = left + step * column as f64;
            if x > until {
                break;
            }
            let y = top + height * (1.0 - count as f64 / peak as f64);
            let _ = write!(out, "L{x:.1} {y:.1}H{:.1}", x + step);
        }
        let _ = writeln!(out, "V{bottom}Z\"/>");
        for (y, count) in [(top + line / 2.0, peak), (bottom, 0)] {
            let count = plot.lang.number(count);
            let _ = writeln!(out, "<text class=\"faint end\" x=\"{}\" y=\"{y}\">{count}</text>", left - 10.0);
        }
        let title = plot.lang.pick("in flight", "в работе");
        let _ = writeln!(
            out,
            "<text class=\"faint middle\" transform=\"translate({:.1} {:.1}) rotate(-90)\">{title}</text>",
            margin + font * 0.8,
            top + height / 2.0
        );
        if let Some(ids) = &self.ids {
            self.write_places(out, plot, ids, &band, top, exact_y);
        }
    }

    /// Writes what a band says where it is pointed at: when, and how many were in flight.
    fn write_places(&self, out: &mut String, plot: Plot, ids: &str, band: &[u64], top: f64, exact_y: f64) {
        let Layout { left, band: height, .. } = *plot.layout;
        let width = plot.width() * PLACE_COLUMNS as f64 / BAND_COLUMNS as f64;
        let places = (BAND_COLUMNS / PLACE_COLUMNS) as u64;
        let time = |place: u64| u64::try_from(u128::from(plot.scale) * u128::from(place) / u128::from(places));
        let until = self.moment.unwrap_or(u64::MAX).min(self.timeline.figures.span);
        for (index, columns) in (0_u64..).zip(band.chunks(PLACE_COLUMNS)) {
            let [from, to] = [index, index + 1].map(|place| time(place).unwrap_or(u64::MAX));
            if from > until {
                break;
            }
            let count = plot.lang.number(columns.iter().copied().max().unwrap_or(0));
            let exact = format!(
                "{} – {} · {}",
                plot.lang.millis(from),
                plot.lang.millis(to),
                plot.lang.pick(format!("up to {count} in flight"), format!("в работе до {count}"))
            );
            let stop = if index == 0 { 0 } else { -1 };
            let _ = writeln!(
                out,
                "<g class=\"place\" id=\"{ids}-{index}\" role=\"img\" tabindex=\"{stop}\" aria-label=\"{exact}\">\
                 <rect class=\"field\" x=\"{:.1}\" width=\"{width:.1}\" y=\"{top:.1}\" height=\"{height:.1}\"/>\
                 <text class=\"exact\" x=\"{left}\" y=\"{exact_y:.1}\">{exact}</text></g>",
                left + width * index as f64,
            );
        }
    }
}
