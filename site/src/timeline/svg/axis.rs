//! The axis of time, above the panels.

use std::fmt::Write as _;

use super::layout::{Layout, Plot};

/// Writes the marks, with lines down to `bottom`.
pub fn write(out: &mut String, plot: Plot, bottom: f64) {
    let Layout { labels, lines, .. } = plot.layout;
    let step = tick(plot.scale);
    let decimals = [1_000_000, 100_000, 10_000, 1_000].iter().filter(|unit| !step.is_multiple_of(**unit)).count();
    let mut time = 0;
    while time <= plot.scale {
        let x = plot.x(time);
        let _ = writeln!(
            out,
            "<line class=\"line\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{lines}\" y2=\"{:.1}\"/>",
            bottom + 4.0
        );
        let (anchor, label) = match time {
            0 => ("start", "0".to_owned()),
            _ => ("middle", plot.lang.seconds_to(time, decimals)),
        };
        let _ =
            writeln!(out, "<text class=\"faint\" x=\"{x:.1}\" y=\"{labels}\" text-anchor=\"{anchor}\">{label}</text>");
        time = time.saturating_add(step);
    }
}

/// Writes what stands to the left and right of bars.
pub fn write_titles(out: &mut String, plot: Plot) {
    let Layout { labels, names, width, margin, .. } = plot.layout;
    let (page, status) = (plot.lang.pick("page", "стр."), plot.lang.pick("status", "статус"));
    let _ = writeln!(out, "<text class=\"faint end\" x=\"{names}\" y=\"{labels}\">{page}</text>");
    let _ = writeln!(out, "<text class=\"faint end\" x=\"{}\" y=\"{labels}\">{status}</text>", width - margin);
}

/// The time between two marks of the axis: 1, 2 or 5 times a power of ten, so that there are at most five marks.
fn tick(span: u64) -> u64 {
    let mut steps = (0..19).flat_map(|power| [1, 2, 5].map(|digit| digit * 10_u64.pow(power)));
    steps.find(|step| span / step <= 5).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_has_a_few_round_marks() {
        let marks = [(0, 1), (5, 1), (6, 2), (300_000, 100_000), (2_010_000, 500_000), (60_000_000, 20_000_000)];
        for (span, expected) in marks {
            assert_eq!(tick(span), expected, "{span}");
        }
    }
}
