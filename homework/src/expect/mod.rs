//! Judging a run: what a homework expects, held against what was seen.
//!
//! - `requests`: expectations of what the site was asked for, and when
//! - `in_flight`: expectations of how many requests are in flight, and how far a program runs ahead
//! - `failures`: expectations of what becomes of pages that go wrong
//! - `interrupt`: expectations of a program that is interrupted
//! - `sums`: expectations of what is made of the details pages' prices
//! - `lines`: expectations of what was printed, and when
//! - `database`: expectations of what the database was asked for, and what is in it
//! - `files`: expectations of what was read and saved
//! - `program`: expectations of the program itself
//! - `judgement`: what an expectation is, and what comes of it
//! - `cause`: what of it is shown first, and with which hint
//!
//! An expectation is a type with its settings in homework.toml. To add one, write the type beside its like, name it in
//! [`expectations!`] below, and describe it in homework/README.md: a test compares.

mod cause;
mod database;
mod failures;
mod files;
mod in_flight;
mod interrupt;
mod judgement;
mod lines;
mod program;
mod requests;
mod sums;

use std::ops::Range;

use console::Lang;
use serde::Deserialize;
use toml::Spanned;

use crate::language::Language;
use crate::run::Run;
use crate::stage::Parts;
use crate::text::Text;
use judgement::{Expectation, Hint, Judgement};

pub use judgement::{Finding, Status};

/// An expectation of a homework.
struct Expected<'a> {
    name: &'static str,
    /// Its bytes in homework.toml.
    place: Range<usize>,
    /// The homework's own hint for it.
    hint: Option<&'a Text>,
    expectation: &'a dyn Expectation,
}

/// Makes the tables `[expect.NAME]` of homework.toml out of the list of expectations, in the order in which they are
/// judged: a failure that may explain others comes before them. Each type has a `hint`.
macro_rules! expectations {
    ($($field:ident $name:literal: $type:ty),* $(,)?) => {
        /// What must be seen. The names are those of verdicts; homework/README.md says what each means.
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct Expectations {
            $(#[serde(rename = $name)] $field: Option<Spanned<$type>>,)*
        }

        impl Expectations {
            /// Their names, in the order in which they are judged.
            #[cfg(test)]
            pub const NAMES: &[&str] = &[$($name),*];

            /// Those that a homework has.
            fn all(&self) -> impl Iterator<Item = Expected<'_>> {
                let all: [Option<Expected<'_>>; _] = [$(self.$field.as_ref().map(|it| Expected {
                    name: $name,
                    place: it.span(),
                    hint: it.get_ref().hint.as_ref(),
                    expectation: it.get_ref(),
                }),)*];
                all.into_iter().flatten()
            }
        }
    };
}

expectations! {
    each_page_once "each-page-once": requests::EachPageOnce,
    in_flight "in-flight": in_flight::InFlight,
    page_order "page-order": requests::PageOrder,
    kept_full "kept-full": in_flight::KeptFull,
    details_in_flight "details-in-flight": in_flight::InFlight<in_flight::DetailsPages>,
    ahead "ahead": in_flight::Ahead,
    connections "connections": requests::Connections,
    database_connections "database-connections": database::DatabaseConnections,
    whole_pages "whole-pages": database::WholePages,
    rows "rows": database::Rows,
    others_given_up "others-given-up": requests::OthersGivenUp,
    given_up_at_once "given-up-at-once": interrupt::GivenUpAtOnce,
    nothing_after_interrupt "nothing-after-interrupt": interrupt::NothingAfterInterrupt,
    interrupted "interrupted": interrupt::Interrupted,
    lists "lists": files::Lists,
    streamed "streamed": files::Streamed,
    files "files": files::Files,
    lines "lines": lines::Lines,
    line_at_once "line-at-once": lines::LineAtOnce,
    progress "progress": sums::Progress,
    total "total": sums::Total,
    attempts "attempts": failures::Attempts,
    given_up "given-up": failures::GivenUp,
    nothing_after_failure "nothing-after-failure": failures::NothingAfterFailure,
    idle_while_waiting "idle-while-waiting": program::IdleWhileWaiting,
    exit "exit": program::Exit,
}

impl Expectations {
    /// The first thing that contradicts itself or the conditions: where, and what.
    pub fn contradiction(&self, parts: Parts<'_>) -> Option<(Range<usize>, String)> {
        self.all().find_map(|it| Some((it.place, it.expectation.contradiction(parts)?)))
    }

    /// The names of those that a homework has.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.all().map(|it| it.name)
    }

    /// Whether it matters what the program does while it waits.
    pub fn watch_idle(&self) -> bool {
        self.idle_while_waiting.is_some()
    }

    /// Whether it is said how the program must end.
    pub fn say_how_to_end(&self) -> bool {
        self.exit.is_some()
    }

    /// Holds a run against them. What was not met comes in the order in which it is to be read: a cause before its
    /// consequences, and the hint with the cause alone.
    pub fn judge(&self, run: &Run, lang: Lang) -> Vec<Finding> {
        let judged = self.all().map(|Expected { name, hint: of_homework, expectation, .. }| {
            let Judgement { status, seen, hint } = expectation.judge(run, lang);
            let hint = match hint {
                // They speak of Rust.
                Hint::OfHomework => match of_homework.filter(|_| run.language == Language::Rust) {
                    Some(hint) => Hint::Words(hint.pick(lang).to_owned()),
                    None => Hint::Later,
                },
                other => other,
            };
            (Finding { name, status, expected: expectation.expected(&run.plan, lang), seen, hint: None }, hint)
        });
        cause::first(judged.collect(), run, lang)
    }
}

#[cfg(test)]
mod tests {
    use super::Expectations;

    #[test]
    fn the_readmes_list_every_expectation_in_order() {
        for (readme, heading) in [
            (include_str!("../../README.md"), "### What must be seen"),
            (include_str!("../../README.ru.md"), "### Что должно быть видно"),
        ] {
            let (_, section) = readme.split_once(heading).expect("a section on expectations");
            let rows = section.lines().skip_while(|line| !line.starts_with("| ---")).skip(1);
            let names: Vec<&str> =
                rows.map_while(|row| row.strip_prefix("| `")).filter_map(|row| Some(row.split_once('`')?.0)).collect();
            assert_eq!(names, Expectations::NAMES);
        }
    }
}
