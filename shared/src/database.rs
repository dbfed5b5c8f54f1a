//! Starting a lesson that asks a database: the practice database, unless the command line names another one.

use clap::Args;
use console::say;
use site::{DatabaseOptions, DatabaseScenario};

use crate::{Lesson, NoOptions, Result, start_on};

/// Like [`crate::start`], with a database.
///
/// # Errors
/// As [`crate::start`].
pub fn start() -> Result<Lesson> {
    let (lesson, NoOptions {}) = start_with(|_| (u32::MAX, true))?;
    Ok(lesson)
}

/// Like [`crate::start_with`], for a lesson whose options also say whether it asks a database.
///
/// # Errors
/// As [`crate::start`].
pub fn start_with<Own: Args>(needs: impl FnOnce(&Own) -> (u32, bool)) -> Result<(Lesson, Own)> {
    let mut asks_database = false;
    let (mut lesson, WithDatabase { database, own, .. }) = start_on(|options: &WithDatabase<Own>| {
        let in_flight;
        (in_flight, asks_database) = needs(&options.own);
        let practice = || options.practice.clone().apply(DatabaseScenario::default());
        (in_flight, (asks_database && options.database.is_none()).then(practice))
    })?;
    if let Some(DatabaseUrl(url)) = database.filter(|_| asks_database) {
        lesson.database_url = url;
    } else if let Some(url) = lesson.run.site.as_ref().and_then(site::Site::database_url) {
        let words = lesson.run.lang.pick("The practice database is at", "Учебная база данных:");
        say(format_args!("{words} {url}\n"));
        lesson.database_url = url;
    }
    Ok((lesson, own))
}

impl Lesson {
    /// The URL of the database; empty if none is asked.
    pub fn database_url(&self) -> &str {
        &self.database_url
    }

    /// Whether the database is not the practice database, which is there for certain.
    pub fn has_other_database(&self) -> bool {
        let practice = self.run.site.as_ref().and_then(site::Site::database_url);
        !self.database_url.is_empty() && practice.is_none()
    }
}

#[derive(Args)]
struct WithDatabase<Own: Args> {
    /// Ask this PostgreSQL, as postgres://user:password@host/name, and start no practice database
    #[expect(clippy::doc_markdown, reason = "it is shown in a terminal")]
    #[arg(long, value_name = "URL", env = "DATABASE_URL", hide_env_values = true)]
    #[arg(conflicts_with_all = ["statement_latency", "statement_gate", "statement_fault", "database_connections"])]
    database: Option<DatabaseUrl>,

    #[command(flatten)]
    practice: DatabaseOptions,

    #[command(flatten)]
    own: Own,
}

/// A database's URL. What is wrong beyond its beginning is for the driver to say.
#[derive(Clone)]
struct DatabaseUrl(String);

impl std::str::FromStr for DatabaseUrl {
    type Err = &'static str;

    fn from_str(url: &str) -> std::result::Result<Self, Self::Err> {
        let is_one = url.starts_with("postgres://") || url.starts_with("postgresql://");
        is_one.then(|| Self(url.to_owned())).ok_or("write it like postgres://user:password@127.0.0.1:5432/name")
    }
}
