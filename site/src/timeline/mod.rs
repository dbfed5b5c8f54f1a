//! Timelines: logs drawn as bars over time.
//!
//! - `model`: the requests and what they come to; knows no picture
//! - `terminal`, `svg/`: the same model in characters and as a picture

mod model;
mod svg;
mod terminal;

#[cfg(feature = "page")]
pub(crate) use model::Bar;
pub use model::{Figures, Timeline};
pub use svg::comparison_svg;
#[cfg(feature = "page")]
pub(crate) use svg::{PALETTES, Picture, RULES};
