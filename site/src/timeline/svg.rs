//! A timeline as an SVG picture.

#![expect(clippy::cast_precision_loss, reason = "lengths are drawn to a tenth of a unit")]

use std::fmt::{self, Write as _};

use super::model::{Bar, MOST_BARS, Sign, Subject, Timeline};
use crate::log::Outcome;
use crate::scenario::Target;
use console::Lang;

/// Lengths in the units of the SVG's view box.
struct Layout {
    width: f64,
    margin: f64,
    /// The space to the left and right of the bars.
    left: f64,
    right: f64,
    /// Where names end, and where statuses begin.
    names: f64,
    statuses: f64,
    /// The heights of the axis' labels, of the upper ends of its lines, and of the first bar.
    labels: f64,
    lines: f64,
    top: f64,
    /// The distance from bar to bar, which shrinks when all bars together would be higher than `highest`.
    row: f64,
    highest: f64,
    band: f64,
    /// The distance between two lines of text, and from the picture to the first line below it.
    line: f64,
    below: f64,
    /// How many parts of the caption or the legend share a line.
    parts_a_line: usize,
}

/// The layout of a file. On a slide it can be read from the last row.
const FILE: Layout = Layout {
    width: 960.0,
    margin: 24.0,
    left: 84.0,
    right: 150.0,
    names: 70.0,
    statuses: 860.0,
    labels: 36.0,
    lines: 46.0,
    top: 56.0,
    row: 30.0,
    highest: 1200.0,
    band: 280.0,
    line: 30.0,
    below: 34.0,
    parts_a_line: 3,
};

/// The layout on the live page. Two runs of ten requests fit on a screen.
#[cfg(feature = "page")]
const PAGE: Layout = Layout {
    width: 960.0,
    margin: 4.0,
    left: 56.0,
    right: 90.0,
    names: 47.0,
    statuses: 900.0,
    labels: 14.0,
    lines: 18.0,
    top: 22.0,
    row: 16.0,
    highest: 480.0,
    band: 150.0,
    line: 17.0,
    below: 19.0,
    parts_a_line: 4,
};

/// How many columns a band is drawn with.
const BAND_COLUMNS: usize = 360;

/// Okabe and Ito's colours, which colour-blind people can tell apart, for a light and a dark background.
pub(crate) const PALETTES: [&str; 2] = [
    "--ground:#ffffff;--ink:#1f2430;--faint:#6b7280;--line:#d5d9e0;--waiting:#0072b2;--answering:#009e73;\
     --failed:#d55e00;--cut:#a64d86",
    "--ground:#14171d;--ink:#eceff4;--faint:#a3abb8;--line:#343a46;--waiting:#56b4e9;--answering:#2fc79b;\
     --failed:#f0a53a;--cut:#dd94c3",
];

/// The style of a picture's classes. Shapes repeat what colours say: an answer is thinner than the wait for it, a
/// failure is hollow, and an end without an answer has a mark.
pub(crate) const RULES: &str = "\
    text{fill:var(--ink)}.faint{fill:var(--faint)}.end{text-anchor:end}.line{stroke:var(--line)}\
    .waiting{fill:var(--waiting)}.answering{fill:var(--answering)}\
    .failed{fill:var(--failed);fill-opacity:.15;stroke:var(--failed);stroke-width:1.5}\
    .cut{stroke:var(--cut);stroke-width:4;fill:none}.sending{stroke:var(--answering);stroke-width:8}";

/// A timeline with how to draw it.
pub(crate) struct Picture<'a> {
    timeline: &'a Timeline,
    lang: Lang,
    layout: Layout,
    /// The time that the width stands for, in microseconds.
    scale: u64,
    /// On the live page, the prefix of the bars' ids; there, a bar shows its details when it is pointed at or focused.
    ids: Option<&'a str>,
}

impl Timeline {
    /// The timeline as an SVG file that follows the reader's light or dark setting and fetches nothing.
    pub fn svg(&self, lang: Lang) -> String {
        Picture { timeline: self, lang, layout: FILE, scale: self.figures.span, ids: None }.to_string()
    }
}

#[cfg(feature = "page")]
impl<'a> Picture<'a> {
    /// A picture for the live page, whose style sheet has [`PALETTES`] and [`RULES`] already. `ids` is the prefix of
    /// the bars' ids.
    pub fn of_page(timeline: &'a Timeline, lang: Lang, scale: u64, ids: &'a str) -> Self {
        Self { timeline, lang, layout: PAGE, scale: scale.max(timeline.figures.span), ids: Some(ids) }
    }
}

impl Picture<'_> {
    fn row(&self) -> f64 {
        self.layout.row.min(self.layout.highest / self.timeline.bars.len().max(1) as f64)
    }

    fn x(&self, time: u64) -> f64 {
        let Layout { width, left, right, .. } = self.layout;
        left + (width - left - right) * time as f64 / self.scale.max(1) as f64
    }

    /// Writes the lines of text below the picture, starting at `y`: the legend and, in a file, the caption. Returns the
    /// position of the last line.
    fn write_foot(&self, out: &mut String, mut y: f64) -> f64 {
        let Layout { left, line, width, parts_a_line, .. } = self.layout;
        let signs = self.timeline.signs(self.scale);
        if self.ids.is_some() {
            for parts in signs.chunks(parts_a_line) {
                for (column, sign) in parts.iter().enumerate() {
                    let x = left + (width - left) / parts_a_line as f64 * column as f64;
                    write_sign(out, *sign, x + 6.0, y - 5.0, 0.6);
                    let meaning = sign.meaning(self.lang);
                    let _ = writeln!(out, "<text class=\"faint\" x=\"{:.1}\" y=\"{y:.1}\">{meaning}</text>", x + 20.0);
                }
                y += line;
            }
            // Leaves room for a bar's details.
            return if self.timeline.bars.is_empty() { y - line } else { y };
        }
        for sign in signs {
            write_sign(out, sign, left + 10.0, y - 7.0, 1.0);
            let meaning = sign.meaning(self.lang);
            let _ = writeln!(out, "<text class=\"faint\" x=\"{}\" y=\"{y}\">{meaning}</text>", left + 30.0);
            y += line;
        }
        for parts in self.timeline.caption(self.lang).chunks(parts_a_line) {
            let _ = writeln!(out, "<text x=\"{left}\" y=\"{y}\">{}</text>", parts.join(" · "));
            y += line;
        }
        y - line
    }

    fn write_axis(&self, out: &mut String, height: f64) {
        let Layout { labels, lines, top, .. } = self.layout;
        let step = tick(self.scale);
        let decimals = [1_000_000, 100_000, 10_000].iter().filter(|unit| !step.is_multiple_of(**unit)).count();
        let mut time = 0;
        while time <= self.scale {
            let x = self.x(time);
            let _ = writeln!(
                out,
                "<line class=\"line\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{lines}\" y2=\"{:.1}\"/>",
                top + height + 4.0
            );
            let (anchor, label) = match time {
                0 => ("start", "0".to_owned()),
                _ => ("middle", self.lang.seconds_to(time, decimals)),
            };
            let _ = writeln!(
                out,
                "<text class=\"faint\" x=\"{x:.1}\" y=\"{labels}\" text-anchor=\"{anchor}\">{label}</text>"
            );
            time = time.saturating_add(step);
        }
    }

    fn write_bars(&self, out: &mut String, exact_y: f64) {
        let row = self.row();
        // The labels of thin bars would overlap: some are left out.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 1 and a few")]
        let every = (self.layout.line * 0.75 / row).ceil().max(1.0) as usize;
        for (index, bar) in self.timeline.bars.iter().enumerate() {
            let y = self.layout.top + index as f64 * row;
            if let Some(ids) = self.ids {
                let exact = Escaped(&bar.exact(self.lang)).to_string();
                // Only the first bar is reached with the tab key; arrow keys move on from there.
                let stop = if index == 0 { 0 } else { -1 };
                let _ = writeln!(
                    out,
                    "<g class=\"bar\" id=\"{ids}-{index}\" role=\"img\" tabindex=\"{stop}\" aria-label=\"{exact}\">\
                     <rect class=\"field\" width=\"{}\" y=\"{:.1}\" height=\"{row:.1}\"/>\
                     <text class=\"exact\" x=\"{}\" y=\"{exact_y:.1}\">{exact}</text>",
                    self.layout.width,
                    y - row / 6.0,
                    self.layout.left,
                );
            }
            self.write_bar(out, bar, y, index.is_multiple_of(every));
            if self.ids.is_some() {
                out.push_str("</g>\n");
            }
        }
    }

    fn write_bar(&self, out: &mut String, bar: &Bar, y: f64, labelled: bool) {
        let row = self.row();
        let height = row * 2.0 / 3.0;
        let Layout { names, statuses, line, .. } = self.layout;
        let (start, end) = (self.x(bar.start), self.x(bar.end));
        let answered = bar.answering_since(self.scale).map_or(end, |answered| self.x(answered));
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
        // At least wide enough to be seen.
        rect(waiting, start, answered.max(start + 2.0), height);
        rect(answering, answered, end, height / 2.0);
        if let Some(sign) = Sign::of_end(bar.outcome) {
            write_sign(out, sign, end, y + height / 2.0, row / FILE.row);
        }
        if !labelled {
            return;
        }
        let text_y = y + height / 2.0 + line * 0.23;
        let _ =
            writeln!(out, "<text class=\"end\" x=\"{names}\" y=\"{text_y:.1}\">{}</text>", Escaped(&bar.short_name()));
        let status = bar.status.map_or_else(|| "—".to_owned(), |status| status.to_string());
        let _ = writeln!(
            out,
            "<text x=\"{statuses}\" y=\"{text_y:.1}\">{status} <tspan class=\"faint\">#{}</tspan></text>",
            bar.connection
        );
    }

    fn write_band(&self, out: &mut String, height: f64) {
        let Layout { width, left, right, top, line, .. } = self.layout;
        let peak = self.timeline.figures.peak_in_flight.max(1);
        let step = (width - left - right) / BAND_COLUMNS as f64;
        let bottom = top + height;
        let _ = write!(out, "<path class=\"waiting\" d=\"M{left} {bottom}");
        for (column, count) in self.timeline.band(BAND_COLUMNS, self.scale).into_iter().enumerate() {
            let x = left + step * column as f64;
            let y = top + height * (1.0 - count as f64 / peak as f64);
            let _ = write!(out, "L{x:.1} {y:.1}H{:.1}", x + step);
        }
        let _ = writeln!(out, "V{bottom}Z\"/>");
        for (y, count) in [(top + line / 2.0, peak), (bottom, 0)] {
            let count = self.lang.number(count);
            let _ = writeln!(out, "<text class=\"faint end\" x=\"{}\" y=\"{y}\">{count}</text>", left - 10.0);
        }
    }
}

impl fmt::Display for Picture<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Layout { width, margin, top, band, below, .. } = self.layout;
        let timeline = self.timeline;
        let is_band = timeline.figures.requests > MOST_BARS as u64;
        let height = if is_band { band } else { timeline.bars.len() as f64 * self.row() };
        let (mut picture, mut foot) = (String::new(), String::new());
        let last_line = self.write_foot(&mut foot, top + height + below);
        self.write_axis(&mut picture, height);
        if is_band {
            self.write_band(&mut picture, height);
        } else {
            self.write_bars(&mut picture, last_line);
        }
        let whole = last_line + margin;
        let lang = self.lang.pick("en", "ru");
        let caption = timeline.caption(self.lang).join(", ");
        if self.ids.is_some() {
            writeln!(
                f,
                "<svg class=\"timeline\" viewBox=\"0 0 {width} {whole:.1}\" role=\"group\" aria-label=\"{caption}\">"
            )?;
        } else {
            let title = self.lang.pick("What the practice site saw", "Что увидел учебный сайт");
            let [light, dark] = PALETTES;
            writeln!(
                f,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {whole}\" role=\"img\" lang=\"{lang}\">\n\
                 <title>{title}</title>\n<desc>{caption}</desc>\n<style>svg{{{light};background:var(--ground);\
                 font:20px system-ui,'Segoe UI','DejaVu Sans',sans-serif}}\
                 @media (prefers-color-scheme:dark){{svg{{{dark}}}}}{RULES}</style>\n\
                 <rect width=\"{width}\" height=\"{whole}\" fill=\"var(--ground)\"/>"
            )?;
        }
        writeln!(f, "{picture}{foot}</svg>")
    }
}

impl Bar {
    /// The label, shortened to the end of a path or of a car's id if there is no room for it.
    fn short_name(&self) -> String {
        const LONGEST: usize = 4;
        let name = self.name();
        match name.char_indices().rev().nth(LONGEST - 1) {
            Some((from, _)) if from > 0 && !matches!(self.subject, Subject::Target(Target::Page(_))) => {
                format!("…{}", &name[from..])
            }
            _ => name,
        }
    }

    /// All details of the bar, in one line.
    fn exact(&self, lang: Lang) -> String {
        let mut subject = match &self.subject {
            Subject::Target(Target::Page(page)) => format!("{} {page}", lang.pick("page", "страница")),
            Subject::Target(Target::Car(id)) => format!("{} {id}", lang.pick("car", "объявление")),
            Subject::Path(path) => path.chars().take(48).collect(),
        };
        if self.attempt > 1 {
            let attempt = self.attempt;
            subject += &lang.pick(format!(", request {attempt} for it"), format!(", запрос {attempt}"));
        }
        let after = |time: u64| lang.millis(time.saturating_sub(self.start));
        let mut parts = vec![
            format!("{subject}: {} {}", lang.pick("asked for at", "запрос в момент"), lang.millis(self.start)),
            self.status.map_or_else(|| lang.pick("no status", "без статуса").to_owned(), |status| status.to_string()),
        ];
        if let Some(answered) = self.answered {
            parts.push(format!("{} {}", lang.pick("answer began after", "ответ начался через"), after(answered)));
        }
        let end = match self.outcome {
            Outcome::Answered => lang.pick("complete after", "получен через"),
            Outcome::GivenUp => lang.pick("given up after", "клиент отказался через"),
            Outcome::Reset => lang.pick("reset after", "соединение оборвано через"),
            Outcome::Held => lang.pick("waiting for", "ждёт"),
        };
        parts.push(format!("{end} {}", after(self.end)));
        if self.bytes > 0 {
            parts.push(lang.count(self.bytes, ["byte", "bytes"], ["байт", "байта", "байт"]));
        }
        parts.push(format!("{} {}", lang.pick("connection", "соединение"), self.connection));
        parts.join(" · ")
    }
}

/// A client's text, escaped for XML. Characters that XML does not allow are replaced.
struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for char in self.0.chars() {
            match char {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\u{fffe}' | '\u{ffff}' => f.write_char(char::REPLACEMENT_CHARACTER)?,
                _ if char.is_control() => f.write_char(char::REPLACEMENT_CHARACTER)?,
                _ => f.write_char(char)?,
            }
        }
        Ok(())
    }
}

/// The time between two marks of the axis: 1, 2 or 5 times a power of ten, so that there are at most five marks.
fn tick(span: u64) -> u64 {
    let mut steps = (0..19).flat_map(|power| [1, 2, 5].map(|digit| digit * 10_u64.pow(power)));
    steps.find(|step| span / step <= 5).unwrap_or(u64::MAX)
}

/// Draws a sign, on a bar or in the legend.
fn write_sign(out: &mut String, sign: Sign, x: f64, y: f64, scale: f64) {
    let (class, shape) = match sign {
        Sign::Answering => ("sending", "m-9 0h18"),
        Sign::Failed => ("failed", "m-9 -7h18v14h-18z"),
        Sign::GivenUp => ("cut", "m-9 -9l18 18m0 -18l-18 18"),
        Sign::Reset => ("cut", "m0 -11l11 11l-11 11l-11 -11z"),
        Sign::Held => ("cut", "m-2 -9l10 9l-10 9"),
    };
    let transform = format!("translate({x:.1} {y:.1}) scale({scale:.2})");
    let _ = writeln!(out, "<path class=\"{class}\" transform=\"{transform}\" d=\"M0 0{shape}\"/>");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_strangers_text_stays_text() {
        assert_eq!(Escaped("<script>\"&\u{1}я").to_string(), "&lt;script&gt;&quot;&amp;\u{fffd}я");
    }

    #[test]
    fn an_axis_has_a_few_round_marks() {
        let marks = [(0, 1), (5, 1), (6, 2), (300_000, 100_000), (2_010_000, 500_000), (60_000_000, 20_000_000)];
        for (span, expected) in marks {
            assert_eq!(tick(span), expected, "{span}");
        }
    }
}
