//! A timeline as a picture.

#![expect(clippy::cast_precision_loss, reason = "lengths are drawn to a tenth of a unit")]

use std::fmt::Write as _;

use super::{Bar, MOST_BARS, Sign, Timeline};
use crate::Lang;

// Lengths are in the units of the SVG's view box. Sized so that a picture as wide as a slide is read from the last row.
const WIDTH: f64 = 960.0;
const MARGIN: f64 = 24.0;
const LEFT: f64 = 84.0;
const RIGHT: f64 = 150.0;
const TOP: f64 = 56.0;
const ROW: f64 = 30.0;
const BAR: f64 = 20.0;
const BAND: f64 = 280.0;
/// How many columns a band is drawn with.
const BAND_COLUMNS: usize = 360;

/// Okabe and Ito's colours, told apart by the colour-blind; lighter ones on dark. An end that is no answer has a shape too.
const STYLE: &str = "\
    svg{--ground:#ffffff;--ink:#1f2430;--faint:#6b7280;--line:#d5d9e0;--waiting:#0072b2;--answering:#009e73;\
    --failed:#d55e00;--cut:#a64d86;background:var(--ground)}\
    @media (prefers-color-scheme:dark){svg{--ground:#14171d;--ink:#eceff4;--faint:#a3abb8;--line:#343a46;\
    --waiting:#56b4e9;--answering:#2fc79b;--failed:#f0a53a;--cut:#dd94c3}}\
    text{font:20px system-ui,'Segoe UI','DejaVu Sans',sans-serif;fill:var(--ink)}\
    .faint{fill:var(--faint)}.end{text-anchor:end}.line{stroke:var(--line)}\
    .waiting{fill:var(--waiting)}.answering{fill:var(--answering)}.failed{fill:var(--failed)}\
    .cut{stroke:var(--cut);stroke-width:4;fill:none}.sending{stroke:var(--answering);stroke-width:14}";

impl Timeline {
    /// The timeline as an SVG file that follows the reader's light or dark setting and fetches nothing.
    pub fn svg(&self, lang: Lang) -> String {
        let bars = self.bars.len() <= MOST_BARS;
        let picture = if bars { self.svg_bars() } else { self.svg_band(lang) };
        let signs = if bars { self.signs() } else { Vec::new() };
        let inner_height = if bars { self.bars.len() as f64 * ROW } else { BAND };
        let mut below = TOP + inner_height + 34.0;

        let mut foot = String::new();
        for sign in signs {
            write_sign(&mut foot, sign, LEFT + 10.0, below - 7.0);
            let meaning = sign.meaning(lang);
            let _ = writeln!(foot, "<text class=\"faint\" x=\"{}\" y=\"{below}\">{meaning}</text>", LEFT + 30.0);
            below += 30.0;
        }
        let caption = self.caption(lang);
        for line in caption.chunks(3) {
            let _ = writeln!(foot, "<text x=\"{LEFT}\" y=\"{below}\">{}</text>", line.join(" · "));
            below += 30.0;
        }

        let height = below - 30.0 + MARGIN;
        let title = lang.pick("What the practice site saw", "Что увидел учебный сайт");
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" \
             lang=\"{}\">\n<title>{title}</title>\n<desc>{}</desc>\n<style>{STYLE}</style>\n\
             <rect width=\"{WIDTH}\" height=\"{height}\" fill=\"var(--ground)\"/>\n{}{picture}{foot}</svg>\n",
            lang.pick("en", "ru"),
            caption.join(", "),
            self.svg_axis(inner_height, lang),
        )
    }

    fn svg_axis(&self, height: f64, lang: Lang) -> String {
        let mut out = String::new();
        let step = tick(self.figures.span);
        let decimals = [1_000_000, 100_000, 10_000].iter().filter(|unit| !step.is_multiple_of(**unit)).count();
        let mut time = 0;
        while time <= self.figures.span {
            let x = self.x(time);
            let _ = writeln!(
                out,
                "<line class=\"line\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{}\" y2=\"{}\"/>",
                TOP - 10.0,
                TOP + height + 4.0
            );
            let (anchor, label) = match time {
                0 => ("start", "0".to_owned()),
                _ => ("middle", lang.seconds_to(time, decimals)),
            };
            let _ = writeln!(
                out,
                "<text class=\"faint\" x=\"{x:.1}\" y=\"{}\" text-anchor=\"{anchor}\">{label}</text>",
                TOP - 20.0
            );
            time = time.saturating_add(step);
        }
        out
    }

    fn svg_bars(&self) -> String {
        let mut out = String::new();
        for (row, bar) in self.bars.iter().enumerate() {
            self.svg_bar(&mut out, bar, TOP + row as f64 * ROW);
        }
        out
    }

    fn svg_bar(&self, out: &mut String, bar: &Bar, y: f64) {
        let (start, end) = (self.x(bar.start), self.x(bar.end));
        let answered = bar.answering_since(self.figures.span).map_or(end, |answered| self.x(answered));
        let text_y = y + BAR - 3.0;
        let mut rect = |class: &str, from: f64, to: f64| {
            if to - from >= 0.1 {
                let _ = writeln!(
                    out,
                    "<rect class=\"{class}\" x=\"{from:.1}\" y=\"{y}\" width=\"{:.1}\" height=\"{BAR}\" rx=\"3\"/>",
                    to - from
                );
            }
        };
        let class = if bar.failed() { "failed" } else { "waiting" };
        // A bar is at least so wide that it is seen.
        rect(class, start, answered.max(start + 2.0));
        rect(if bar.failed() { "failed" } else { "answering" }, answered, end);
        if let Some(sign) = Sign::of_end(bar.outcome) {
            write_sign(out, sign, end, y + BAR / 2.0);
        }
        let _ = writeln!(out, "<text class=\"end\" x=\"{}\" y=\"{text_y}\">{}</text>", LEFT - 14.0, bar.name());
        let status = bar.status.map_or_else(|| "—".to_owned(), |status| status.to_string());
        let _ = writeln!(
            out,
            "<text x=\"{}\" y=\"{text_y}\">{status} <tspan class=\"faint\">#{}</tspan></text>",
            WIDTH - RIGHT + 50.0,
            bar.connection
        );
    }

    fn svg_band(&self, lang: Lang) -> String {
        let peak = self.figures.peak_in_flight.max(1);
        let step = (WIDTH - LEFT - RIGHT) / BAND_COLUMNS as f64;
        let mut out = format!("<path class=\"waiting\" d=\"M{LEFT} {}", TOP + BAND);
        for (column, count) in self.band(BAND_COLUMNS, self.figures.span).into_iter().enumerate() {
            let x = LEFT + step * column as f64;
            let y = TOP + BAND * (1.0 - count as f64 / peak as f64);
            let _ = write!(out, "L{x:.1} {y:.1}H{:.1}", x + step);
        }
        let _ = writeln!(out, "V{}Z\"/>", TOP + BAND);
        for (y, count) in [(TOP + 14.0, peak), (TOP + BAND, 0)] {
            let _ = writeln!(
                out,
                "<text class=\"faint end\" x=\"{}\" y=\"{y}\">{}</text>",
                LEFT - 10.0,
                lang.number(count)
            );
        }
        out
    }

    fn x(&self, time: u64) -> f64 {
        LEFT + (WIDTH - LEFT - RIGHT) * time as f64 / self.figures.span.max(1) as f64
    }
}

/// The time between two marks of an axis: 1, 2 or 5 of a power of ten, so that there are five of them at most.
fn tick(span: u64) -> u64 {
    let mut steps = (0..19).flat_map(|power| [1, 2, 5].map(|digit| digit * 10_u64.pow(power)));
    steps.find(|step| span / step <= 5).unwrap_or(u64::MAX)
}

/// Marks what needs a word at a place of the picture; the same in the legend.
fn write_sign(out: &mut String, sign: Sign, x: f64, y: f64) {
    let shape = match sign {
        Sign::Answering => "m-9 0h18",
        Sign::GivenUp => "m-9 -9l18 18m0 -18l-18 18",
        Sign::Reset => "m0 -11l11 11l-11 11l-11 -11z",
        Sign::Held => "m-2 -9l10 9l-10 9",
    };
    let class = if sign == Sign::Answering { "sending" } else { "cut" };
    let _ = writeln!(out, "<path class=\"{class}\" d=\"M{x:.1} {y:.1}{shape}\"/>");
}

#[cfg(test)]
mod tests {
    use super::tick;

    #[test]
    fn an_axis_has_a_few_round_marks() {
        let marks = [(0, 1), (5, 1), (6, 2), (300_000, 100_000), (2_010_000, 500_000), (60_000_000, 20_000_000)];
        for (span, expected) in marks {
            assert_eq!(tick(span), expected, "{span}");
        }
    }
}
