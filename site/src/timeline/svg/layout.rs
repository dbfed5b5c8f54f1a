//! The lengths of a picture, and where a moment is on its axis.

#![expect(clippy::cast_precision_loss, reason = "lengths are drawn to a tenth of a unit")]

use console::Lang;

/// Lengths in the units of the SVG's view box.
#[derive(Debug)]
pub struct Layout {
    pub width: f64,
    pub margin: f64,
    /// The space to the left and right of the bars.
    pub left: f64,
    pub right: f64,
    /// Where names end, and where statuses and connections begin.
    pub names: f64,
    pub statuses: f64,
    pub connections: f64,
    /// The heights of the axis' labels, of the upper ends of its lines, and of the first panel.
    pub labels: f64,
    pub lines: f64,
    pub top: f64,
    /// The distance from bar to bar, which shrinks when all bars together would be higher than `highest`.
    pub row: f64,
    pub highest: f64,
    pub band: f64,
    /// The size of the letters.
    pub font: f64,
    /// The distance between two lines of text, and from the panels to the first line below them.
    pub line: f64,
    pub below: f64,
}

/// The layout of a file. On a slide it can be read from the last row.
pub const FILE: Layout = Layout {
    width: 960.0,
    margin: 24.0,
    left: 84.0,
    right: 150.0,
    names: 70.0,
    statuses: 826.0,
    connections: 874.0,
    labels: 36.0,
    lines: 46.0,
    top: 56.0,
    row: 30.0,
    highest: 1200.0,
    band: 280.0,
    font: 20.0,
    line: 30.0,
    below: 34.0,
};

/// The layout of a file of several timelines. On a slide, two of ten requests can be read from the last row.
pub const COMPARISON: Layout = Layout {
    margin: 8.0,
    connections: 866.8,
    labels: 20.0,
    lines: 26.0,
    top: 30.0,
    row: 16.0,
    font: 17.0,
    line: 21.0,
    below: 26.0,
    ..FILE
};

/// The layout on the live page. Two runs of ten requests fit on a screen.
#[cfg(feature = "page")]
pub const PAGE: Layout = Layout {
    width: 960.0,
    margin: 4.0,
    left: 56.0,
    right: 90.0,
    names: 47.0,
    statuses: 880.0,
    connections: 908.8,
    labels: 14.0,
    lines: 18.0,
    top: 22.0,
    row: 16.0,
    highest: 480.0,
    band: 150.0,
    font: 12.0,
    line: 17.0,
    below: 19.0,
};

/// The same for pictures with queries, whose names are longer than a page's number, and whose errors' codes are longer
/// than a status.
pub const FILE_WITH_QUERIES: Layout = Layout { left: 164.0, names: 150.0, connections: 906.0, ..FILE };

/// Likewise.
#[cfg(feature = "page")]
pub const PAGE_WITH_QUERIES: Layout = Layout { left: 104.0, names: 95.0, connections: 928.0, ..PAGE };

/// Likewise.
pub const COMPARISON_WITH_QUERIES: Layout = Layout { left: 142.0, names: 130.0, connections: 894.0, ..COMPARISON };

/// The area of a picture in which time goes from left to right.
#[derive(Clone, Copy, Debug)]
pub struct Plot {
    pub layout: &'static Layout,
    pub lang: Lang,
    /// The time that its width stands for, in microseconds.
    pub scale: u64,
}

impl Plot {
    pub fn x(&self, time: u64) -> f64 {
        self.layout.left + self.width() * time as f64 / self.scale.max(1) as f64
    }

    pub fn width(&self) -> f64 {
        let Layout { width, left, right, .. } = self.layout;
        width - left - right
    }

    /// Where the number of a connection ends. The numbers begin one below another, but a long one goes no further than the
    /// picture.
    pub fn end_of_connection(&self, number: u64) -> f64 {
        let Layout { connections, width, margin, .. } = self.layout;
        (connections + self.width_of(&format!("#{number}"))).min(width - margin / 2.0)
    }

    /// About how wide a text is, rather too much than too little.
    pub fn width_of(&self, text: &str) -> f64 {
        text.chars().count() as f64 * self.layout.font * 0.6
    }
}
