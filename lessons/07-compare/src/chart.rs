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
/// The least size that can be read where the picture is shown at three quarters of its width, as on a slide: plotters
/// divides a size by 1.24 for SVG.
const SMALL: i32 = 27;

const GROUND: RGBColor = RGBColor(0xFF, 0xFF, 0xFF);
const INK: RGBColor = RGBColor(0x1F, 0x24, 0x30);
const LINE: RGBColor = RGBColor(0xD5, 0xD9, 0xE0);
const FAINT: RGBColor = RGBColor(0x6B, 0x72, 0x80);
/// The style that replaces colours of the light scheme where the reader's is dark.
const DARK: &str = "<style>@media (prefers-color-scheme:dark){[fill=\"#FFFFFF\"]{fill:#14171d}\
    [fill=\"#1F2430\"]{fill:#eceff4}[fill=\"#D5D9E0\"]{fill:#4b5361}[fill=\"#6B7280\"]{fill:#a3abb8}\
    [stroke=\"#1F2430\"]{stroke:#eceff4}[stroke=\"#D5D9E0\"]{stroke:#343a46}[stroke=\"#6B7280\"]{stroke:#a3abb8}}</style>";

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
            area.draw(&Rectangle::new(
                [(floor, top + 5), (end, top + ROW - 5)],
                look(&rows[index].program.name).0.filled(),
            ))?;
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
    const HEIGHT: i32 = 520;
    /// Room for a name to the right of a line's end, and its height.
    const NAME: (i32, i32) = (128, 26);
    const LEADER: i32 = 18;
    let programs: Vec<&str> = tables[0].1.iter().map(|row| row.program.name.as_str()).collect();
    let area = SVGBackend::with_string(svg, (WIDTH, HEIGHT.cast_unsigned())).into_drawing_area();
    area.fill(&GROUND)?;
    for (panel, figure) in area.split_evenly((1, 3)).iter().zip(figures(lang)) {
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
            .margin(10)
            .margin_right(NAME.0)
            .x_label_area_size(60)
            .y_label_area_size(64)
            .caption(figure.title, style(SMALL))
            .build_cartesian_2d(sizes.log_scale(), values.log_scale())?;
        chart
            .configure_mesh()
            .bold_line_style(LINE)
            .light_line_style(TRANSPARENT)
            .axis_style(LINE)
            .label_style(style(SMALL))
            .x_labels(tables.len())
            .y_labels(5)
            .x_desc(lang.pick("pages; axes: log", "страницы; оси: log"))
            .x_label_formatter(&|pages| lang.number(pages.round() as u64))
            .y_label_formatter(&|value| tick(*value, lang))
            .draw()?;
        let ends: Vec<_> = points.iter().map(|points| points.last().map(|end| chart.backend_coord(end))).collect();
        for (program, points) in points.into_iter().enumerate() {
            let (colour, dashed) = look(programs[program]);
            if dashed {
                chart.draw_series(DashedLineSeries::new(points.clone(), 8, 5, colour.stroke_width(3)))?;
            } else {
                chart.draw_series(LineSeries::new(points.clone(), colour.stroke_width(3)))?;
            }
            chart.draw_series(points.into_iter().map(|point| Circle::new(point, 5, colour.filled())))?;
        }
        let ends: Vec<_> = ends.into_iter().enumerate().filter_map(|(program, end)| Some((program, end?))).collect();
        let heights = spread(&ends.iter().map(|(_, (_, y))| *y).collect::<Vec<_>>(), NAME.1, NAME.1..HEIGHT - NAME.1);
        for ((program, (x, y)), height) in ends.into_iter().zip(heights) {
            let leader = [(x + 5, y), (x + LEADER, height)];
            area.draw(&PathElement::new(leader, look(programs[program]).0))?;
            text(&area, &last_word(programs[program]), (x + LEADER + 3, height), HPos::Left, SMALL)?;
        }
    }
    area.present()?;
    Ok(())
}

/// Heights near those that are asked for, in the same order, at least `gap` apart and within `bounds` if there is room.
fn spread(wanted: &[i32], gap: i32, bounds: Range<i32>) -> Vec<i32> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by_key(|&index| wanted[index]);
    let mut heights = wanted.to_vec();
    let mut least = bounds.start;
    for &index in &order {
        heights[index] = heights[index].max(least);
        least = heights[index] + gap;
    }
    let mut most = bounds.end;
    for &index in order.iter().rev() {
        heights[index] = heights[index].min(most);
        most = heights[index] - gap;
    }
    heights
}

/// What a line is called at its end: a program's name without its lesson's number or its language.
fn last_word(name: &str) -> String {
    match name.split_once(' ') {
        Some((first, word)) if first == "Python" || first.parse::<u8>().is_ok() => word.to_owned(),
        _ => shortened(name),
    }
}

/// The look of a program's line, which its name at the end tells from others: a colour, and whether it is dashed.
fn look(name: &str) -> (RGBColor, bool) {
    if name.starts_with("Python") { (FAINT, true) } else { (INK, false) }
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
    fn names_do_not_overlap() {
        assert_eq!(spread(&[50, 10, 52, 51], 20, 20..200), [50, 20, 90, 70]);
        assert_eq!(spread(&[198, 199, 200], 20, 20..200), [160, 180, 200]);
        assert_eq!(
            ["01 blocking", "Python httpx", "python3 a/b/c/long.py"].map(last_word),
            ["blocking", "httpx", "python3 a/b/c/lon…"]
        );
    }
}
