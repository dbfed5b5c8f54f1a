//! What every lesson uses: the options, the pages' URLs, the clock, and the practice site that it talks to.
//!
//! A lesson's program starts with [`start`] and ends with [`Lesson::finish`]; what lies between is the lesson's.

#![warn(missing_docs)]

mod cars;
#[cfg(feature = "database")]
pub mod database;
mod error;
mod options;
mod process;

use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use clap::Args;
use console::{Canvas, Lang, OutputFile, open_files, say};
use site::{DatabaseScenario, Scenario, Site, Timeline};
use url::Url;

pub use cars::{Car, cars, first_price};
pub use error::{Error, Result};
use options::Options;
pub use process::no_proxy;

/// A run of a lesson's program: which pages to ask for, where, and since when.
///
/// Dropped unfinished, because of an error, it still shows what the site saw.
#[derive(Debug)]
pub struct Lesson {
    pages: u32,
    url_prefix: String,
    #[cfg(feature = "database")]
    database_url: String,
    run: Arc<Run>,
}

/// The run as it must be shown, however the program ends.
#[derive(Debug)]
struct Run {
    started: Instant,
    lang: Lang,
    /// None when all that the lesson talks to is elsewhere.
    site: Option<Site>,
    /// Whether Ctrl-C is the program's own affair.
    leaves_ctrl_c: AtomicBool,
    /// None once it has been shown.
    to_show: Mutex<Option<Show>>,
}

/// The picture to write besides the drawing on stderr.
#[derive(Debug)]
struct Show {
    picture: Option<OutputFile>,
    /// How long the axes of both span at least.
    scale: Duration,
}

/// Starts a lesson that may have all its pages in flight at once.
///
/// Reads the command line, starts the practice site unless a URL is given, and starts the clock. What is wrong with the
/// command line is said in one line, and ends the program with status 1.
///
/// # Errors
/// When the site can't be started, or there are too few file descriptors for as many pages.
pub fn start() -> Result<Lesson> {
    let (lesson, NoOptions {}) = start_with(|_| u32::MAX)?;
    Ok(lesson)
}

/// Like [`start`], for a lesson that never has more than one page in flight.
///
/// # Errors
/// As [`start`].
pub fn start_one_by_one() -> Result<Lesson> {
    let (lesson, NoOptions {}) = start_with(|_| 1)?;
    Ok(lesson)
}

/// Like [`start`], for a lesson with options of its own, which say how many pages it may have in flight at most.
///
/// # Errors
/// As [`start`].
pub fn start_with<Own: Args>(in_flight: impl FnOnce(&Own) -> u32) -> Result<(Lesson, Own)> {
    start_on(|own| (in_flight(own), None))
}

/// Like [`start_with`], with a practice database if `needs` asks for one: it says how many pages may be in flight, and
/// what that database is to do.
fn start_on<Own: Args>(needs: impl FnOnce(&Own) -> (u32, Option<DatabaseScenario>)) -> Result<(Lesson, Own)> {
    let options = Options::<Own>::parse();
    let lang = options.lang();
    process::prepare();
    let (in_flight, database) = needs(&options.own);
    let in_flight = in_flight.min(options.pages);
    // A socket here, and one in the site if that is here too.
    open_files::allow_in_flight(in_flight, if options.url.is_none() { 2 } else { 1 })?;
    let show = Show { picture: options.svg.as_deref().map(OutputFile::create).transpose()?, scale: options.scale };

    let scenario = options.scenario()?;
    let site = if options.url.is_none() || database.is_some() {
        let site = Site::start(Scenario { database, ..scenario }.validated()?);
        Some(site.map_err(|why| format!("the practice site can't start: {why}"))?)
    } else {
        None
    };
    let url_prefix = match (options.url, &site) {
        (None, Some(site)) => {
            let prefix = site.url_prefix();
            say(format_args!("{} {prefix}\n", lang.pick("The practice site is at", "Учебный сайт:")));
            prefix
        }
        (url, _) => url.map(String::from).unwrap_or_default(),
    };
    let run = Arc::new(Run {
        started: Instant::now(),
        lang,
        site,
        leaves_ctrl_c: AtomicBool::new(false),
        to_show: Mutex::new(Some(show)),
    });
    process::attend(&run, options.pages)?;
    let lesson = Lesson {
        pages: options.pages,
        url_prefix,
        #[cfg(feature = "database")]
        database_url: String::new(),
        run,
    };
    Ok((lesson, options.own))
}

/// For lessons without options of their own.
#[derive(Args)]
struct NoOptions {}

impl Lesson {
    /// The numbers of the pages to ask for.
    pub fn pages(&self) -> RangeInclusive<u32> {
        1..=self.pages
    }

    /// The URL of a page.
    pub fn url(&self, page: u32) -> String {
        format!("{}{page}", self.url_prefix)
    }

    /// The URL of the details page of the first car on a page of the listing, whose HTML this is; `None` when it shows no
    /// cars. A details page shows its car's price as a listing does, for [`first_price`] to find.
    pub fn details_url(&self, html: &str) -> Option<String> {
        let page = Url::parse(&self.url(1)).ok()?;
        Some(page.join(cars::first_details(html)?).ok()?.into())
    }

    /// Leaves Ctrl-C to the program, which would end it else, and show what the site saw.
    pub fn leave_ctrl_c_to_the_program(&self) {
        self.run.leaves_ctrl_c.store(true, Ordering::Relaxed);
    }

    /// Prints the time it took, and shows what the site saw.
    ///
    /// # Errors
    /// When the picture can't be written.
    pub fn finish(self) -> Result {
        println!("Time: {:.2}", self.run.started.elapsed().as_secs_f64());
        self.run.show()
    }

    /// For a program that was built without TLS: refuses an https URL before anything is asked for.
    ///
    /// # Errors
    /// When the URL is an https one; says that `cure`, a command, is what helps.
    pub fn without_tls(&self, cure: &str) -> Result {
        if self.url_prefix.starts_with("https:") {
            return Err(Error::from(format!("{} needs TLS, which is not built in: {cure}", self.url_prefix)));
        }
        Ok(())
    }
}

impl Drop for Lesson {
    fn drop(&mut self) {
        if let Err(why) = self.run.show() {
            say(format_args!("Error: {why}\n"));
        }
    }
}

impl Run {
    /// Draws what the site saw, once.
    fn show(&self) -> Result {
        // Kept while drawing, so that a second caller does not end the program before the drawing is done.
        let mut to_show = self.to_show.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(show) = to_show.take() else { return Ok(()) };
        let Some(site) = &self.site else { return Ok(()) };
        // The site may be a moment behind: it has yet to see what the program gave up just now.
        site.settle(Duration::from_millis(500));
        let timeline = Timeline::of_log(site.log()).spanning(show.scale);
        say(format_args!("\n{}", timeline.draw(Canvas::of_stderr(self.lang))));
        match show.picture {
            Some(file) => Ok(file.finish(|out| out.write_all(timeline.svg(self.lang).as_bytes()))?),
            None => Ok(()),
        }
    }
}
