//! The stage on which a program plays its acts: what it is given, and what happens to it.
//!
//! - `site`: what the practice site does
//! - `database`: what the practice database does
//! - `act`: the starts of the program
//!
//! A part that is to come (files that are there already) gets a file of its own here, an optional field in [`Stage`] and
//! in [`Parts`], and its share of [`Stage::given`].

pub mod act;
pub mod database;
pub mod site;

use std::path::Path;

use ::site::Site;

use crate::plan::Plan;
use crate::process::{Folder, Given, Reach};

/// A homework's conditions, a part each.
#[derive(Clone, Copy, Debug)]
pub struct Parts<'a> {
    /// What the practice site does, if there is one.
    pub site: Option<&'a site::Conditions>,
    /// What the practice database does, if there is one.
    pub database: Option<&'a database::Conditions>,
}

/// The parts of a stage, each started. It outlives the acts; its folder is removed with it.
#[derive(Debug)]
pub struct Stage {
    /// The practice site with its database, as far as the homework has them.
    pub site: Option<Site>,
    folder: Folder,
}

impl Stage {
    /// Starts what a plan needs.
    ///
    /// # Errors
    /// One line that says what can't be started.
    pub fn start(plan: &Plan) -> Result<Self, String> {
        let folder = Folder::new()?;
        let site = match &plan.scenario {
            Some(scenario) => {
                // A connection for each page, a spare one, and the program's own, which has the same limit.
                console::open_files::allow_in_flight(scenario.pages, 2)?;
                let site = Site::start(scenario.clone());
                Some(site.map_err(|why| format!("the practice site can't start: {why}"))?)
            }
            None => None,
        };
        Ok(Self { site, folder })
    }

    /// The program's folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// What a program gets of this stage in an act, and of `cache`, a folder that outlives the stage.
    pub fn given(&self, plan: &Plan, arguments: &[String], cache: Option<&Path>) -> Given {
        let mut given = Given {
            environment: Vec::new(),
            arguments: arguments.iter().map(Into::into).collect(),
            reach: Reach { ports: Vec::new(), cache: cache.map(Path::to_owned) },
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
        given
    }
}
