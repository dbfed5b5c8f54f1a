//! What a stream can show.

use std::env;
use std::io::{self, IsTerminal};

use anstream::{AutoStream, ColorChoice};
use terminal_size::{Height, Width, terminal_size_of};

use crate::Lang;

/// What there is to draw on.
#[derive(Clone, Copy, Debug)]
pub struct Canvas {
    /// How many characters a line may have.
    pub width: usize,
    /// Whether block characters can be shown; else ASCII is drawn.
    pub unicode: bool,
    /// Whether to use colours.
    pub colour: bool,
    /// The language of the words.
    pub lang: Lang,
}

/// The widest line that anything is drawn for, whatever `COLUMNS` says.
const WIDEST: usize = 1000;

impl Canvas {
    /// The narrowest line that anything is drawn for: fewer characters are taken for so many.
    pub const NARROWEST: usize = 24;

    /// What standard error can show. A stream that is no terminal gets 80 columns, or `COLUMNS`, and no colours.
    pub fn of_stderr(lang: Lang) -> Self {
        Self::of(&io::stderr(), terminal_size_of(io::stderr()), lang)
    }

    /// What standard output can show, likewise.
    pub fn of_stdout(lang: Lang) -> Self {
        Self::of(&io::stdout(), terminal_size_of(io::stdout()), lang)
    }

    fn of(stream: &(impl anstream::stream::RawStream + IsTerminal), size: Option<(Width, Height)>, lang: Lang) -> Self {
        let columns = || env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
        let width = size.map(|(Width(width), _)| usize::from(width)).or_else(columns).unwrap_or(80);
        let colour = AutoStream::choice(stream) != ColorChoice::Never;
        Self { width: width.clamp(Self::NARROWEST, WIDEST), unicode: shows_unicode(), colour, lang }
    }

    /// A character that is filled from below to this many eighths; more than 8 are 8. In ASCII it is filled or not.
    pub fn level(self, eighths: u64) -> char {
        const LEVELS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
        let level = usize::try_from(eighths).map_or(8, |eighths| eighths.min(8));
        match (self.unicode, level) {
            (true, _) => LEVELS[level],
            (false, 0) => ' ',
            (false, _) => '#',
        }
    }
}

/// Whether the locale's character set is UTF-8. Windows' terminals of today show Unicode whatever the locale.
fn shows_unicode() -> bool {
    let linux_console = env::var_os("TERM").is_some_and(|term| term == "linux");
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().filter_map(|name| env::var(name).ok());
    let utf8 = |locale: String| locale.to_ascii_uppercase().replace('-', "").contains("UTF8");
    cfg!(windows) || (!linux_console && locale.into_iter().find(|value| !value.is_empty()).is_some_and(utf8))
}
