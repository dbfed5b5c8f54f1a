//! The stage on which a program plays its acts: what it is given, and what happens to it.
//!
//! - `site`: what the practice site does
//! - `database`: what the practice database does
//! - `files`: lists that the program reads, and pages that it saves; `pipe`: a list that does not answer for a while
//! - `ground`: where all of it stands: a folder, or a cell
//! - `act`: the starts of the program

pub mod act;
pub mod database;
pub mod files;
mod ground;
mod pipe;
pub mod site;

use std::io;
use std::path::Path;

use ::site::Site;

use files::ListFiles;
pub use ground::Ground;
use tokio::net::TcpStream;

use crate::plan::Plan;
use crate::process::cell::Contents;
use crate::process::{Given, Reach};

/// A homework's conditions, a part each.
#[derive(Clone, Copy, Debug)]
pub struct Parts<'a> {
    /// What the practice site does, if there is one.
    pub site: Option<&'a site::Conditions>,
    /// What the practice database does, if there is one.
    pub database: Option<&'a database::Conditions>,
    /// The files that the program reads and saves, if there are some.
    pub files: Option<&'a files::Conditions>,
}

/// The parts of a stage, each started. It outlives the acts; its folder is removed with it.
#[derive(Debug)]
pub struct Stage {
    /// The practice site with its database, as far as the homework has them.
    pub site: Option<Site>,
    /// The lists of pages, if the homework has some.
    pub lists: Option<ListFiles>,
    ground: Ground,
}

impl Stage {
    /// Starts what a plan needs, in a cell if one is asked for.
    ///
    /// # Errors
    /// One line that says what can't be started.
    pub fn start(plan: &Plan, cell: Option<&Contents>) -> Result<Self, String> {
        let servers = plan.scenario.as_ref().map_or(0, |scenario| 1 + usize::from(scenario.database.is_some()));
        let mut ground = Ground::new(cell, servers, plan.lists.is_some())?;
        let site = match &plan.scenario {
            Some(scenario) => {
                // A connection for each page, a spare one, and the program's own, which has the same limit.
                console::open_files::allow_in_flight(scenario.pages, 2)?;
                let site = Site::start_on(scenario.clone(), ground.doors());
                Some(site.map_err(|why| format!("the practice site can't start: {why}"))?)
            }
            None => None,
        };
        let lists = match (&plan.lists, ground.given()) {
            (Some(lists), Some((folder, known_as))) => Some(ListFiles::new(lists, folder, known_as)?),
            _ => None,
        };
        Ok(Self { site, lists, ground })
    }

    /// The program's folder.
    pub fn folder(&self) -> &Path {
        self.ground.folder()
    }

    /// A connection to the site, from where the program is.
    ///
    /// # Errors
    /// When there is no site, or it can't be reached.
    pub async fn connect(&self) -> io::Result<TcpStream> {
        let site = self.site.as_ref().ok_or(io::ErrorKind::NotFound)?;
        self.ground.connect(site.address()).await
    }

    /// What a program gets of this stage in an act, and of `cache`, a folder that outlives the stage.
    ///
    /// # Errors
    /// One line that says what can't be given.
    pub fn given(&self, plan: &Plan, arguments: &[String], cache: Option<&Path>) -> Result<Given, String> {
        let mut given = Given {
            environment: Vec::new(),
            arguments: arguments.iter().map(Into::into).collect(),
            reach: Reach { ports: Vec::new(), cache: cache.map(Path::to_owned), cell: self.ground.cell() },
            layers: None,
        };
        if let (Some(site), Some(scenario)) = (&self.site, &plan.scenario) {
            given.environment.push(("PAGE_URL", site.url_prefix().into()));
            given.environment.push(("PAGES", scenario.pages.to_string().into()));
            given.reach.ports.push(site.address().port());
            if let (Some(url), Some(address)) = (site.database_url(), site.database_address()) {
                given.environment.push(("DATABASE_URL", url.into()));
                given.reach.ports.push(address.port());
            }
        }
        if let Some(lists) = &self.lists {
            given.environment.push(("PAGE_LISTS", lists.names()?));
        }
        Ok(given)
    }
}
