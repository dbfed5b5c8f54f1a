//! The shapes that a legend explains, and the legend.

use std::fmt::Write as _;

use super::super::model::Sign;
use super::layout::Plot;

/// Draws a sign, on a bar or in the legend. Unscaled it is some 18 units wide.
pub fn write(out: &mut String, sign: Sign, x: f64, y: f64, scale: f64) {
    let (class, shape) = match sign {
        // The height of a stripe is that of a bar; the class makes stripes of it.
        Sign::Gated => ("gated\" stroke-width=\"14", "m-9 0h18"),
        Sign::Waiting => ("waiting", "m-9 -7h18v14h-18z"),
        Sign::Answering => ("answering", "m-9 -4h18v8h-18z"),
        Sign::Failed => ("failed", "m-9 -7h18v14h-18z"),
        Sign::GivenUp => ("cut", "m-9 -9l18 18m0 -18l-18 18"),
        Sign::Reset => ("cut", "m0 -11l11 11l-11 11l-11 -11z"),
        Sign::Held => ("cut", "m-2 -9l10 9l-10 9"),
        Sign::Missed => ("missed", "m-9 -7h18v14h-18z"),
    };
    let transform = format!("translate({x:.1} {y:.1}) scale({scale:.2})");
    let _ = writeln!(out, "<path class=\"{class}\" transform=\"{transform}\" d=\"M0 0{shape}\"/>");
}

/// Writes the legend, its first line at `y`, and returns where the next line of text may be. `#` stands for a
/// connection.
pub fn write_legend(out: &mut String, plot: Plot, signs: &[Sign], mut y: f64) -> f64 {
    let layout = plot.layout;
    let room = layout.font * 1.5;
    let mut x = layout.left;
    let connection = plot.lang.pick("connection", "соединение");
    let entries = signs.iter().map(|sign| (Some(*sign), sign.meaning(plot.lang))).chain([(None, connection)]);
    for (sign, meaning) in entries {
        let width = room + plot.width_of(meaning) + layout.font;
        if x > layout.left && x + width > layout.width {
            (x, y) = (layout.left, y + layout.line);
        }
        match sign {
            Some(sign) => write(out, sign, x + room / 3.0, y - layout.font * 0.35, layout.font / 20.0),
            None => {
                let _ = writeln!(out, "<text class=\"faint\" x=\"{x:.1}\" y=\"{y:.1}\">#</text>");
            }
        }
        let _ = writeln!(out, "<text class=\"faint\" x=\"{:.1}\" y=\"{y:.1}\">{meaning}</text>", x + room);
        x += width;
    }
    y + layout.line
}
