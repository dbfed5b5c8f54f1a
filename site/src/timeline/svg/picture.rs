//! Whole pictures: timelines below each other on one axis.

use std::fmt::{self, Write as _};

use console::Lang;

use super::super::model::{Bar, Sign, Timeline};
use super::layout::{COMPARISON, COMPARISON_WITH_QUERIES, FILE, FILE_WITH_QUERIES, Layout, Plot};
use super::panel::Panel;
use super::style::{PALETTES, RULES};
use super::{axis, queries, signs};

/// Timelines with how to draw them.
#[derive(Debug)]
pub(crate) struct Picture<'a> {
    panels: Vec<Panel<'a>>,
    plot: Plot,
    /// Whether it is a part of the live page, and not a file of its own.
    in_page: bool,
}

/// What pictures on the live page share, so that they can be compared.
#[cfg(feature = "page")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Axis {
    /// The time, in microseconds, that the width stands for.
    pub scale: u64,
    /// Whether there is room for the names of queries.
    pub has_queries: bool,
}

impl Timeline {
    /// The timeline as an SVG file that follows the reader's light or dark setting and fetches nothing.
    pub fn svg(&self, lang: Lang) -> String {
        let layout = if self.database.is_drawn() { &FILE_WITH_QUERIES } else { &FILE };
        let plot = Plot { layout, lang, scale: self.picture_scale() };
        let panels = vec![Panel { timeline: self, name: None, ids: None, moment: None }];
        Picture { panels, plot, in_page: false }.to_string()
    }
}

/// Several timelines as one SVG file: one below another, each with its name as the heading, on one axis.
pub fn comparison_svg(runs: &[(&str, &Timeline)], lang: Lang) -> String {
    let scale = runs.iter().map(|(_, timeline)| timeline.picture_scale()).max().unwrap_or(0);
    let panels =
        runs.iter().map(|(name, timeline)| Panel { timeline, name: Some(name), ids: None, moment: None }).collect();
    let is_drawn = runs.iter().any(|(_, timeline)| timeline.database.is_drawn());
    let layout = if is_drawn { &COMPARISON_WITH_QUERIES } else { &COMPARISON };
    Picture { panels, plot: Plot { layout, lang, scale }, in_page: false }.to_string()
}

#[cfg(feature = "page")]
impl<'a> Picture<'a> {
    /// A picture for the live page, whose style sheet has [`PALETTES`] and [`RULES`] already. `ids` is the prefix of
    /// the bars' ids.
    pub fn of_page(timeline: &'a Timeline, lang: Lang, axis: Axis, ids: &str) -> Self {
        let panels = vec![Panel { timeline, name: None, ids: Some(ids.to_owned()), moment: None }];
        let has_queries = axis.has_queries || timeline.draws_queries();
        let plot = Plot { layout: page(has_queries), lang, scale: axis.scale.max(timeline.picture_scale()) };
        Self { panels, plot, in_page: true }
    }

    /// Named runs on one axis, for the live page; as they were at `moment`, unless it is the end.
    pub fn of_runs(runs: &'a [(String, Timeline)], lang: Lang, moment: Option<u64>) -> Self {
        let scale = runs.iter().map(|(_, timeline)| timeline.picture_scale()).max().unwrap_or(0);
        let panels = runs.iter().enumerate().map(|(index, (name, timeline))| {
            let ids = Some(format!("bar-{index}"));
            Panel { timeline, name: Some(name), ids, moment }
        });
        let layout = page(runs.iter().any(|(_, timeline)| timeline.draws_queries()));
        Self { panels: panels.collect(), plot: Plot { layout, lang, scale }, in_page: true }
    }
}

#[cfg(feature = "page")]
fn page(has_queries: bool) -> &'static Layout {
    if has_queries { &super::layout::PAGE_WITH_QUERIES } else { &super::layout::PAGE }
}

impl Picture<'_> {
    /// The signs that occur in it.
    fn signs(&self) -> Vec<Sign> {
        let of = |Panel { timeline, .. }: &Panel<'_>| -> Vec<Sign> {
            timeline.signs(self.plot.scale).into_iter().chain(timeline.database.signs()).collect()
        };
        let mut signs: Vec<Sign> = self.panels.iter().flat_map(of).collect();
        signs.sort_unstable();
        signs.dedup();
        signs
    }

    /// Writes the lines of text below the panels, starting at `y`: the legend and, in a file of one timeline, the
    /// caption. Returns the position of the last line, which on the live page is left for a bar's details.
    fn write_foot(&self, out: &mut String, mut y: f64) -> f64 {
        let Layout { left, line, .. } = *self.plot.layout;
        let signs = self.signs();
        if !signs.is_empty() {
            y = signs::write_legend(out, self.plot, &signs, y);
        }
        if self.in_page {
            // What is drawn as a band has no legend, but details.
            let is_empty = self
                .panels
                .iter()
                .all(|Panel { timeline, .. }| timeline.figures.requests == 0 && !timeline.database.is_drawn());
            return if is_empty { y - line } else { y };
        }
        if let [Panel { timeline, name: None, .. }] = &self.panels[..] {
            let requests = timeline.page_caption(self.plot.lang);
            let requests = requests.chunks(3).map(|parts| parts.join(" · "));
            for said in requests.chain(queries::caption(&timeline.database, self.plot.lang)) {
                let _ = writeln!(out, "<text x=\"{left}\" y=\"{y}\">{said}</text>");
                y += line;
            }
        }
        y - line
    }
}

impl fmt::Display for Picture<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Layout { width, margin, top, below, font, line, .. } = *self.plot.layout;
        let lang = self.plot.lang;
        let bottom = top + self.panels.iter().map(|panel| panel.height(self.plot.layout)).sum::<f64>();
        let (mut picture, mut foot) = (String::new(), String::new());
        let last_line = self.write_foot(&mut foot, bottom + below);
        axis::write(&mut picture, self.plot, bottom);
        if self.panels.iter().any(|panel| !panel.timeline.bars.is_empty()) {
            axis::write_titles(&mut picture, self.plot);
        }
        let mut y = top;
        for panel in &self.panels {
            panel.write(&mut picture, self.plot, y, last_line);
            y += panel.height(self.plot.layout);
        }
        let tells_more =
            |panel: &Panel<'_>| panel.timeline.database.is_drawn() || panel.timeline.bars.iter().any(Bar::tells_more);
        let more = if self.in_page && self.panels.iter().any(tells_more) { line } else { 0.0 };
        let whole = last_line + more + margin;
        let captions = self.panels.iter().map(|panel| {
            let database = panel.timeline.database.caption(lang);
            let caption = [panel.timeline.page_caption(lang), database].concat().join(", ");
            panel.name.map_or_else(|| caption.clone(), |name| format!("{name}: {caption}"))
        });
        let caption = super::details::Escaped(&captions.collect::<Vec<_>>().join("; ")).to_string();
        if self.in_page {
            writeln!(
                f,
                "<svg class=\"timeline\" viewBox=\"0 0 {width} {whole:.1}\" role=\"group\" aria-label=\"{caption}\">"
            )?;
        } else {
            let title = lang.pick("What the practice site saw", "Что увидел учебный сайт");
            let [light, dark] = PALETTES;
            writeln!(
                f,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {whole:.0}\" width=\"{width}\" \
                 height=\"{whole:.0}\" role=\"img\" lang=\"{}\">\n\
                 <title>{title}</title>\n<desc>{caption}</desc>\n<style>svg{{{light};background:var(--ground);\
                 font:{font}px system-ui,'Segoe UI','DejaVu Sans',sans-serif}}\
                 @media (prefers-color-scheme:dark){{svg{{{dark}}}}}{RULES}</style>\n\
                 <rect width=\"{width}\" height=\"{whole:.0}\" fill=\"var(--ground)\"/>",
                lang.pick("en", "ru"),
            )?;
        }
        writeln!(f, "{picture}{foot}</svg>")
    }
}
