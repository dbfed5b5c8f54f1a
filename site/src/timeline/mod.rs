//! Timelines: logs drawn as bars over time.
//!
//! - `database`: the queries and transactions, and what they come to
//! - `model`: the requests and what they come to; knows no picture
//! - `terminal`, `svg/`: the same model in characters and as a picture

mod database;
mod model;
mod svg;
mod terminal;

pub use database::DatabaseFigures;
#[cfg(feature = "page")]
pub(crate) use database::{Bracket, DatabasePart, QueryBar};
#[cfg(feature = "page")]
pub(crate) use model::Bar;
pub use model::{Figures, Timeline};
pub use svg::comparison_svg;
#[cfg(feature = "page")]
pub(crate) use svg::{Axis, PALETTES, Picture, RULES};
