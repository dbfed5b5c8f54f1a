//! Timelines as SVG pictures.
//!
//! - `style`: colours and shapes; `layout`: lengths, for a file and for the live page
//! - `details`: what is written about a bar; `signs`: the legend and its shapes; `axis`: the marks of time
//! - `panel`: the bars or the band of one timeline; `queries`: below them, what its database was asked
//! - `picture`: one or more panels on an axis

mod axis;
mod details;
mod layout;
mod panel;
mod picture;
mod queries;
mod signs;
mod style;

pub use picture::comparison_svg;
#[cfg(feature = "page")]
pub(crate) use picture::{Axis, Picture};
#[cfg(feature = "page")]
pub(crate) use style::{PALETTES, RULES};
