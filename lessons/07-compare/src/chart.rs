//! The comparison as a picture: bars for one number of pages; for several, how each program's figures grow with it.

#![expect(clippy::cast_precision_loss, reason = "figures are drawn to a pixel")]
#![expect(clippy::cast_possible_truncation, reason = "so are lengths, and all are far below the limits")]
#![expect(clippy::cast_possible_wrap, reason = "as above")]
#![expect(clippy::cast_sign_loss, reason = "and none is negative")]

use std::ops::Range;

use console::Lang;
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::compare::{Cost, Row};

const WIDTH: u32 = 1200;
const MARGIN: i32 = 20;
const FONT: &str = "system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif";
const TEXT: i32 = 20;

const GROUND: RGBColor = RGBColor(0xFF, 0xFF, 0xFF);
const INK: RGBColor = RGBColor(0x1F, 0x24, 0x30);
const LINE: RGBColor = RGBColor(0xD5, 0xD9, 0xE0);
/// Colours of Okabe and Ito's palette, which the colour-blind can tell apart, seen on white and on black.
const COLOURS: [RGBColor; 6] = [
    RGBColor(0x00, 0x72, 0xB2),
    RGBColor(0xD5, 0x5E, 0x00),
    RGBColor(0x00, 0x9E, 0x73),
    RGBColor(0xCC, 0x79, 0xA7),
    RGBColor(0xE6, 0x9F, 0x00),
    RGBColor(0x56, 0xB4, 0xE9),
];
/// The style that replaces colours of the light scheme where the reader's is dark.
const DARK: &str = "<style>@media (prefers-color-scheme:dark){[fill=\"#FFFFFF\"]{fill:#14171d}\
    [fill=\"#1F2430\"]{fill:#eceff4}[fill=\"#D5D9E0\"]{fill:#4b5361}[stroke=\"#D5D9E0\"]{stroke:#343a46}}</style>";

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Drawn = Result<(), Box<dyn std::error::Error>>;

/// A figure that is drawn.
struct Figure {
    title: &'static str,
    /// In the title's unit.
    of: fn(&Cost) -> Option<f64>,
    /// The part of it that no program can be faster than.
    floor: fn(&Cost) -> f64,
}

fn figures(lang: Lang) -> [Figure; 3] {
    [
        Figure {
            title: lang.pick("time, s", "время, с"),
            of: |cost| Some(cost.time as f64 / 1e6),
            floor: |cost| cost.floor as f64 / 1e6,
        },
        Figure {
            title: lang.pick("CPU time, s", "процессорное время, с"),
            of: |cost| Some(cost.cpu as f64 / 1e6),
            floor: |_| 0.0,
        },
        Figure {
            title: lang.pick("peak memory, MB", "пик памяти, МБ"),
            of: |cost| Some(cost.memory? as f64 / 1e6),
            floor: |_| 0.0,
        },
    ]
}

/// The picture of the tables, each with its number of pages.
///
/// # Errors
/// When there is nothing to draw.
pub fn svg(tables: &[(u32, Vec<Row>)], lang: Lang) -> Result<String, String> {
    let drawn = tables.iter().flat_map(|(_, rows)| rows).any(|row| row.median().is_some());
    if !drawn {
        return Err("there is nothing to draw: no program ended well".to_owned());
    }
    let mut svg = String::new();
    match tables {
        [(pages, rows)] => bars(&mut svg, *pages, rows, lang),
        _ => lines(&mut svg, tables, lang),
    }
    .map_err(|why| why.to_string())?;
    // After the opening tag.
    let head = svg.find('>').map_or(0, |end| end + 1);
    svg.insert_str(head, DARK);
    Ok(svg)
}

fn bars(svg: &mut String, pages: u32, rows: &[Row], lang: Lang) -> Drawn {
    const NAMES: i32 = 190;
    const TOP: i32 = 100;
    const ROW: i32 = 38;
    let height = TOP + ROW * rows.len() as i32 + MARGIN;
    let area = SVGBackend::with_string(svg, (WIDTH, height.cast_unsigned())).into_drawing_area();
    area.fill(&GROUND)?;
    let title = lang.count(pages.into(), ["page", "pages"], ["страница", "страницы", "страниц"]);
    text(&area, &title, (MARGIN, MARGIN), HPos::Left, 26)?;
    for (index, row) in rows.iter().enumerate() {
        let middle = TOP + ROW * index as i32 + ROW / 2;
        text(&area, &shortened(&row.program.name), (NAMES - 10, middle), HPos::Right, TEXT)?;
    }
    let figures = figures(lang);
    let panel = (WIDTH as i32 - NAMES) / figures.len() as i32;
    for (column, figure) in figures.iter().enumerate() {
        // The figure is written beside the longest bar as well.
        let (left, longest) = (NAMES + panel * column as i32, f64::from(panel - 100));
        text(&area, figure.title, (left, TOP - 25), HPos::Left, TEXT)?;
        let costs: Vec<_> = rows.iter().map(Row::median).collect();
        let most = costs.iter().flatten().filter_map(figure.of).fold(f64::MIN_POSITIVE, f64::max);
        let x = |figure: f64| left + (figure / most * longest).round() as i32;
        for (index, cost) in costs.iter().enumerate() {
            let (top, middle) = (TOP + ROW * index as i32, TOP + ROW * index as i32 + ROW / 2);
            let Some((cost, value)) = cost.as_ref().and_then(|cost| Some((cost, (figure.of)(cost)?))) else {
                let why = if rows[index].failure.is_some() { lang.pick("failed", "сбой") } else { "—" };
                text(&area, why, (left, middle), HPos::Left, TEXT)?;
                continue;
            };
            let floor = x((figure.floor)(cost).min(value));
            let end = x(value).max(left + 2);
            area.draw(&Rectangle::new([(left, top + 5), (floor, top + ROW - 5)], LINE.filled()))?;
            area.draw(&Rectangle::new([(floor, top + 5), (end, top + ROW - 5)], COLOURS[0].filled()))?;
            text(&area, &written(value, lang), (end + 8, middle), HPos::Left, TEXT)?;
        }
    }
    let legend =
        lang.pick("grey: the site's answers take as long as that", "серым — время, за которое отвечает сам сайт");
    text(&area, legend, (WIDTH as i32 - MARGIN, MARGIN), HPos::Right, TEXT)?;
    area.present()?;
    Ok(())
}

fn lines(svg: &mut String, tables: &[(u32, Vec<Row>)], lang: Lang) -> Drawn {
    const PANEL: i32 = 420;
    const ENTRY: i32 = 32;
    const COLUMNS: usize = 3;
    let programs: Vec<&str> = tables[0].1.iter().map(|row| row.program.name.as_str()).collect();
    let legend = ENTRY * programs.len().div_ceil(COLUMNS) as i32;
    let area = SVGBackend::with_string(svg, (WIDTH, (PANEL + legend + 2 * MARGIN).cast_unsigned())).into_drawing_area();
    area.fill(&GROUND)?;
    let (panels, below) = area.split_vertically(PANEL);
    for (panel, figure) in panels.split_evenly((1, 3)).iter().zip(figures(lang)) {
        let points: Vec<Vec<(f64, f64)>> = (0..programs.len())
            .map(|program| {
                let cost = |(pages, rows): &(u32, Vec<Row>)| Some((*pages, rows[program].median()?));
                let costs = tables.iter().filter_map(cost);
                costs.filter_map(|(pages, cost)| Some((f64::from(pages), (figure.of)(&cost)?))).collect()
            })
            .collect();
        let sizes = span(tables.iter().map(|(pages, _)| f64::from(*pages)));
        let values = span(points.iter().flatten().map(|(_, value)| *value));
        let mut chart = ChartBuilder::on(panel)
            .margin(MARGIN)
            .x_label_area_size(50)
            .y_label_area_size(70)
            .caption(figure.title, style(22))
            .build_cartesian_2d(sizes.log_scale(), values.log_scale())?;
        chart
            .configure_mesh()
            .bold_line_style(LINE)
            .light_line_style(TRANSPARENT)
            .axis_style(LINE)
            .label_style(style(18))
            .x_labels(tables.len())
            .y_labels(5)
            .x_desc(lang.pick("pages", "страницы"))
            .x_label_formatter(&|pages| lang.number(pages.round() as u64))
            .y_label_formatter(&|value| tick(*value, lang))
            .draw()?;
        for (program, points) in points.into_iter().enumerate() {
            let (colour, dashed) = look(program);
            if dashed {
                chart.draw_series(DashedLineSeries::new(points.clone(), 8, 5, colour.stroke_width(3)))?;
            } else {
                chart.draw_series(LineSeries::new(points.clone(), colour.stroke_width(3)))?;
            }
            chart.draw_series(points.into_iter().map(|point| Circle::new(point, 5, colour.filled())))?;
        }
    }
    let column = (WIDTH as i32 - 2 * MARGIN) / COLUMNS as i32;
    let lines = programs.len().div_ceil(COLUMNS);
    for (program, name) in programs.into_iter().enumerate() {
        let (x, y) = (MARGIN + column * (program / lines) as i32, ENTRY / 2 + ENTRY * (program % lines) as i32);
        let (colour, dashed) = look(program);
        // A line that is dashed above is dashed here.
        for (from, to) in if dashed { [(0, 14), (24, 38)] } else { [(0, 20), (18, 38)] } {
            below.draw(&PathElement::new([(x + from, y), (x + to, y)], colour.stroke_width(4)))?;
        }
        text(&below, &shortened(name), (x + 48, y), HPos::Left, TEXT)?;
    }
    area.present()?;
    Ok(())
}

/// The look of a program's line: a colour, and dashes once all colours are used.
fn look(program: usize) -> (RGBColor, bool) {
    (COLOURS[program % COLOURS.len()], program / COLOURS.len() % 2 == 1)
}

/// From somewhat less than the least number to somewhat more than the largest.
fn span(numbers: impl Iterator<Item = f64>) -> Range<f64> {
    let (least, most) = numbers.fold((f64::MAX, f64::MIN_POSITIVE), |(least, most), n| (n.min(least), n.max(most)));
    least.max(1e-6) / 1.3..most.max(1e-6) * 1.3
}

/// A number of three digits or more.
fn written(number: f64, lang: Lang) -> String {
    let decimals = match number {
        100.0.. => 0,
        10.0.. => 1,
        1.0.. => 2,
        _ => 3,
    };
    let text = format!("{number:.decimals$}");
    lang.pick(text.clone(), text.replace('.', ","))
}

/// A number beside an axis: a power of ten, or a few times one.
fn tick(number: f64, lang: Lang) -> String {
    let text = format!("{number:.6}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    lang.pick(text.to_owned(), text.replace('.', ","))
}

/// A name that fits beside bars: a long command's beginning.
fn shortened(name: &str) -> String {
    const LONGEST: usize = 17;
    match name.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.to_owned(),
    }
}

fn style(size: i32) -> TextStyle<'static> {
    (FONT, size).into_font().color(&INK)
}

/// Text with its middle at a height.
fn text(area: &Area, text: &str, place: (i32, i32), from: HPos, size: i32) -> Drawn {
    area.draw(&Text::new(text.to_owned(), place, style(size).pos(Pos::new(from, VPos::Center))))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_three_digits() {
        let all = [123.4, 12.34, 1.234, 0.0123].map(|number| written(number, Lang::En));
        assert_eq!(all, ["123", "12.3", "1.23", "0.012"]);
        assert_eq!(written(1.5, Lang::Ru), "1,50");
        assert_eq!([10.0, 0.01, 100.000_000_1].map(|number| tick(number, Lang::En)), ["10", "0.01", "100"]);
    }

    #[test]
    fn lines_are_told_apart() {
        let looks: Vec<_> = (0..12).map(|program| (look(program).0.0, look(program).0.1, look(program).1)).collect();
        for (index, one) in looks.iter().enumerate() {
            assert!(!looks[..index].contains(one));
        }
    }
}
