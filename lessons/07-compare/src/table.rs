//! The comparison in characters: a table for stdout, a lane for each program for stderr.

use std::fmt::Write as _;

use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, Table, Width, presets};
use console::{Canvas, Lang};

use crate::compare::{Cost, Row};

/// The table, with why programs failed under it, in at most `width` columns.
pub fn table(rows: &[Row], pages: u32, width: u16, lang: Lang) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
    table.set_header(headings(lang));
    for row in rows {
        let figures = match (row.median(), &row.failure) {
            (Some(cost), _) => figures(&cost, lang),
            (None, Some(_)) => vec![lang.pick("failed", "сбой").to_owned()],
            (None, None) => vec!["—".to_owned()],
        };
        table.add_row([vec![row.program.name.clone()], figures].concat());
    }
    for (index, column) in table.column_iter_mut().enumerate() {
        column.set_padding((u16::from(index > 0), 0));
        if index > 0 {
            column.set_cell_alignment(CellAlignment::Right);
            column.set_constraint(ColumnConstraint::ContentWidth);
        } else {
            column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(15)));
        }
    }
    let title = lang.count(pages.into(), ["page", "pages"], ["страница", "страницы", "страниц"]);
    let unit = lang.pick("times in seconds", "время в секундах");
    let mut text = format!("{title}, {unit}\n{}\n", table.trim_fmt());
    for row in rows {
        if let Some(why) = &row.failure {
            let _ = writeln!(text, "{}: {why}", row.program.name);
        }
    }
    text
}

fn headings(lang: Lang) -> [&'static str; 10] {
    lang.pick(
        [
            "",
            "time",
            "floor",
            "above",
            "CPU",
            "site's\nCPU",
            "memory\nMB",
            "threads",
            "connec-\ntions",
            "peak in\nflight",
        ],
        ["", "всего", "минимум", "сверх", "ЦП", "ЦП\nсайта", "память\nМБ", "потоки", "соеди-\nнения", "в работе\nдо"],
    )
}

fn figures(cost: &Cost, lang: Lang) -> Vec<String> {
    let maybe = |figure: Option<String>| figure.unwrap_or_else(|| "—".to_owned());
    let times = [cost.time, cost.floor, cost.above, cost.cpu, cost.site_cpu].map(|time| decimal(time, 3, lang));
    let others = [
        maybe(cost.memory.map(|bytes| decimal(bytes, 1, lang))),
        maybe(cost.threads.map(|threads| lang.number(threads))),
        lang.number(cost.connections),
        lang.number(cost.in_flight),
    ];
    times.into_iter().chain(others).collect()
}

/// Microseconds as seconds, or bytes as megabytes; from 10 of them on with a decimal less, from 100 on with two.
fn decimal(millionths: u64, decimals: usize, lang: Lang) -> String {
    let fewer = match millionths / 1_000_000 {
        0..10 => 0,
        10..100 => 1,
        _ => 2,
    };
    let decimals = decimals.saturating_sub(fewer);
    #[allow(clippy::cast_precision_loss)] // a few digits are shown
    let text = format!("{:.decimals$}", millionths as f64 / 1e6);
    lang.pick(text.clone(), text.replace('.', ","))
}

/// How many requests each program had in flight, on one scale of time that begins when a program is started.
pub fn lanes(rows: &[Row], pages: u32, canvas: Canvas) -> String {
    let runs: Vec<_> = rows.iter().filter_map(|row| Some((row.program.name.as_str(), row.typical()?))).collect();
    let Some(longest) = runs.iter().map(|(_, run)| run.cost.time).max() else { return String::new() };
    // A long command is known by its beginning here: the table has the whole of it.
    let name_width = runs.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0).min(20);
    let end = canvas.lang.seconds(longest);
    let width = canvas.width.saturating_sub(name_width + 1).max(20);

    let column =
        |time: u64| usize::try_from(u128::from(time) * width as u128 / u128::from(longest.max(1))).unwrap_or(width);
    let mut text = format!("{:name_width$} 0{end:>1$}\n", "", width - 1);
    for (name, run) in runs {
        let (from, to) = (column(run.cost.lead), column(run.cost.lead + run.timeline.figures().span));
        let from = from.min(width - 1);
        let band = run.timeline.band(to.clamp(from + 1, width) - from, run.timeline.figures().span);
        let cells: String = band.into_iter().map(|count| canvas.level((count * 8).div_ceil(pages.into()))).collect();
        let name: String = name.chars().take(name_width).collect();
        let _ = writeln!(text, "{name:name_width$} {:from$}{}", "", cells.trim_end());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::Run;
    use crate::programs::Program;

    fn row(program: &Program) -> Row<'_> {
        let cost = Cost {
            time: 119_999_000,
            floor: 1_002_000,
            above: 118_997_000,
            lead: 0,
            cpu: 118_000_000,
            site_cpu: 9_876_000,
            memory: Some(1_234_500_000),
            threads: Some(10_002),
            connections: 10_000,
            in_flight: 10_000,
        };
        let timeline = site::Timeline::new(&[]);
        Row { program, runs: vec![Run { cost, timeline }], failure: None }
    }

    #[test]
    fn large_figures_fit_80_columns_in_both_languages() {
        let program = |name: &str| Program { name: name.to_owned(), command: Vec::new() };
        let programs = [program("Python requests"), program("a-program --with many --arguments=and -a 'long name'")];
        for lang in [Lang::En, Lang::Ru] {
            let table = table(&programs.each_ref().map(row), 10_000, 80, lang);
            for line in table.lines() {
                assert!(line.chars().count() <= 80, "{line}");
            }
            let figures = ["120.0", "1.002", "119.0", "118.0", "9.876", "1234", "10,002", "10,000"];
            for figure in figures {
                let figure = lang.pick(figure.to_owned(), figure.replace(',', "\u{a0}").replace('.', ","));
                assert!(table.split(' ').any(|part| part.trim() == figure), "{figure}:\n{table}");
            }
        }
    }

    #[test]
    fn a_missing_figure_is_a_dash_and_a_failure_has_its_reason() {
        let program = Program { name: "03 tokio".to_owned(), command: Vec::new() };
        let mut failed = row(&program);
        failed.failure = Some("no thread".to_owned());
        let mut without = row(&program);
        without.runs[0].cost.threads = None;
        let table = table(&[failed, without], 10, 80, Lang::En);
        assert!(table.contains("\n03 tokio        failed\n"), "{table}");
        assert!(table.ends_with("\n03 tokio: no thread\n"), "{table}");
        assert!(table.contains(" — "), "{table}");
    }

    #[test]
    fn lanes_share_a_scale() {
        let programs = ["quick", "slow"].map(|name| Program { name: name.to_owned(), command: Vec::new() });
        let mut rows = programs.each_ref().map(row);
        rows[0].runs[0].cost.time = 1_000_000;
        rows[1].runs[0].cost.time = 2_000_000;
        rows[1].runs[0].cost.lead = 1_000_000;
        for unicode in [true, false] {
            let canvas = Canvas { width: 46, unicode, colour: false, lang: Lang::En };
            let drawn = lanes(&rows, 10, canvas);
            let lines: Vec<_> = drawn.lines().collect();
            assert_eq!(lines[0], format!("      0{:>39}", "2.00 s"));
            assert!(lines[1].starts_with("quick") && lines[2].starts_with("slow"));
        }
        assert_eq!(lanes(&[], 10, Canvas { width: 46, unicode: true, colour: false, lang: Lang::En }), "");
    }
}
