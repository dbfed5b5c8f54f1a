//! Expectations of what the database was asked for, and what is in it.

use std::collections::{BTreeMap, BTreeSet};

use console::Lang;
use serde::Deserialize;
use site::{CARS_A_PAGE, Car, FaultKind, Query, Target};

use super::judgement::{Expectation, Hint, Judgement, met_if, plain};
use crate::plan::Plan;
use crate::run::{DatabaseSeen, HalfPage, Run};
use crate::stage::Parts;
use crate::stage::site::is_failure;
use crate::text::Text;
use crate::words::{connections, harmless};

plain! {
    /// In the end the table `cars` has each car of each page once, as it was served, and nothing else.
    Rows,
    /// At no commit some of a page's cars are in the table, and others are not.
    WholePages,
}

/// How many database connections there are.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct DatabaseConnections {
    /// So many have a statement in flight at some moment.
    reaches: Option<u32>,
    /// Never more at once.
    at_most: Option<u32>,
    /// Shown when it is not met.
    pub(super) hint: Option<Text>,
}

fn needs_database(parts: Parts<'_>, name: &str) -> Option<String> {
    parts.database.is_none().then(|| format!("{name} is about a database: add [database]"))
}

/// The most intervals that overlap. An interval without an end goes on for ever.
fn overlap(intervals: impl Iterator<Item = (u64, Option<u64>)>) -> usize {
    let mut changes: Vec<(u64, isize)> = Vec::new();
    for (from, to) in intervals {
        changes.push((from, 1));
        changes.extend(to.map(|to| (to.max(from + 1), -1)));
    }
    changes.sort_unstable();
    let mut open = 0isize;
    changes
        .into_iter()
        .map(|(_, change)| {
            open += change;
            open.unsigned_abs()
        })
        .max()
        .unwrap_or(0)
}

/// The most connections that had a statement in flight at once.
fn busy_at_once(queries: &[Query]) -> usize {
    let waiting = queries.iter().filter(|query| query.statement.verb.waits());
    overlap(waiting.map(|query| (query.arrived, query.finished)))
}

/// The most connections that were open at once, each at least from its first statement to its last one's end.
fn open_at_once(queries: &[Query]) -> usize {
    let mut lives: BTreeMap<u64, (u64, Option<u64>)> = BTreeMap::new();
    for query in queries {
        let (_, end) = lives.entry(query.connection).or_insert((query.arrived, query.finished));
        *end = query.finished;
    }
    overlap(lives.into_values())
}

impl Expectation for DatabaseConnections {
    fn contradiction(&self, parts: Parts<'_>) -> Option<String> {
        let Some(database) = parts.database else { return needs_database(parts, "database-connections") };
        let hold = database.hold.as_ref().map(|hold| *hold.get_ref());
        match (self.reaches, self.at_most) {
            (None, None) => Some("database-connections needs reaches, at-most or both".to_owned()),
            (Some(reaches), Some(at_most)) if reaches > at_most => {
                Some(format!("database-connections are to reach {reaches}, and to be at most {at_most}"))
            }
            (_, Some(at_most)) if hold.is_some_and(|hold| hold > at_most) => {
                Some(format!("the database waits for more connections than the {at_most} that are allowed"))
            }
            // Else it would be a question of speed.
            (Some(reaches), _) if hold.is_none_or(|hold| hold < reaches) => {
                Some(format!("{reaches} connections are reached where statements are held: hold = {reaches}"))
            }
            _ => None,
        }
    }

    fn expected(&self, _plan: &Plan, lang: Lang) -> String {
        let reaches = self.reaches.map(|count| connections(count.into(), lang));
        let at_most = self.at_most.map(|count| lang.number(count.into()));
        match (reaches, at_most) {
            (Some(reaches), Some(at_most)) => lang.pick(
                format!("{reaches} to the database busy at once, and never more than {at_most} open"),
                format!("с базой данных одновременно работает {reaches}, а открыто не больше {at_most}"),
            ),
            (Some(reaches), None) => lang.pick(
                format!("{reaches} to the database busy at once"),
                format!("с базой данных одновременно работает {reaches}"),
            ),
            (None, at_most) => {
                let at_most = at_most.unwrap_or_default();
                lang.pick(
                    format!("never more than {at_most} open to the database"),
                    format!("соединений с базой данных открыто не больше {at_most}"),
                )
            }
        }
    }

    fn judge(&self, run: &Run, lang: Lang) -> Judgement {
        let queries = run.database.as_ref().map_or(&[][..], |database| &database.queries);
        if queries.is_empty() {
            return Judgement::unmet(lang.pick("the database was never asked", "к базе данных не обращались"));
        }
        let (busy, open) = (busy_at_once(queries), open_at_once(queries));
        let enough = self.reaches.is_none_or(|reaches| busy >= reaches as usize);
        let few = self.at_most.is_none_or(|at_most| open <= at_most as usize);
        let [busy, open] = [busy, open].map(|count| lang.number(count as u64));
        let seen = if few {
            lang.pick(format!("{busy} busy at once"), format!("одновременно работали: {busy}"))
        } else {
            lang.pick(format!("{open} open at once"), format!("одновременно открыто: {open}"))
        };
        Judgement::new(met_if(enough && few), seen)
    }
}

impl Expectation for WholePages {
    fn contradiction(&self, parts: Parts<'_>) -> Option<String> {
        let held = "whole-pages looks at the table after each statement: leave out the database's latency";
        match parts.database {
            Some(database) => database.latency.is_some().then(|| held.to_owned()),
            None => needs_database(parts, "whole-pages"),
        }
    }

    fn expected(&self, _plan: &Plan, lang: Lang) -> String {
        lang.pick(
            "a page's cars get into the table all together",
            "машины одной страницы появляются в таблице все вместе",
        )
        .to_owned()
    }

    fn judge(&self, run: &Run, lang: Lang) -> Judgement {
        match run.database {
            Some(DatabaseSeen { half: Some(HalfPage { page, cars, after }), .. }) => Judgement::unmet(lang.pick(
                format!("after `{after}` {cars} of page {page}'s {CARS_A_PAGE} cars were in the table, the others not"),
                format!("после `{after}` в таблице было машин страницы {page}: {cars} из {CARS_A_PAGE}"),
            )),
            Some(DatabaseSeen { has_stored: true, .. }) => {
                Judgement::met(lang.pick("whole after each statement", "после каждой команды — целиком"))
            }
            _ => {
                let seen = lang.pick("no car was ever in the table", "в таблице не было ни одной машины");
                Judgement::unknown(seen).hinting(Hint::Later)
            }
        }
    }
}

/// A row of the table, as text.
type Row = Vec<String>;

/// A car as a row: id, make, model, year, price.
fn row(car: &Car) -> Row {
    vec![car.id.to_string(), car.make.to_owned(), car.model.to_owned(), car.year.to_string(), car.price_usd.to_string()]
}

/// What is wrong with the rows, if anything is.
fn first_fault(plan: &Plan, rows: &[Row], lang: Lang) -> Option<String> {
    let mut served: BTreeMap<String, (u32, Row)> = BTreeMap::new();
    for page in (1..=plan.pages()).filter(|page| has_cars(plan, *page)) {
        served.extend(site::cars(plan.seed, page).iter().map(|car| (car.id.to_string(), (page, row(car)))));
    }
    let mut seen = BTreeSet::new();
    for row in rows {
        let id = row.first().map(String::as_str).unwrap_or_default();
        let shown = harmless(&row.join(", "));
        let Some((page, right)) = served.get(id) else {
            return Some(
                lang.pick(format!("no page has the car ({shown})"), format!("такой машины нет на сайте: ({shown})")),
            );
        };
        if row != right {
            let right = right.join(", ");
            return Some(lang.pick(
                format!("page {page} has ({right}), and the table has ({shown})"),
                format!("на странице {page}: ({right}), а в таблице: ({shown})"),
            ));
        }
        if !seen.insert(id) {
            return Some(lang.pick(
                format!("car {id} of page {page} is in the table more than once"),
                format!("машина {id} со страницы {page} записана больше одного раза"),
            ));
        }
    }
    let missing: Vec<u32> =
        served.iter().filter(|(id, _)| !seen.contains(id.as_str())).map(|(_, (page, _))| *page).collect();
    let page = missing.iter().min()?;
    let of_page = missing.iter().filter(|other| *other == page).count();
    Some(lang.pick(
        format!("{} cars are missing, {of_page} of them of page {page}", lang.number(missing.len() as u64)),
        format!("не хватает машин: {}, из них со страницы {page}: {of_page}", lang.number(missing.len() as u64)),
    ))
}

/// Whether a page shows cars, sooner or later.
fn has_cars(plan: &Plan, page: u32) -> bool {
    let fault = plan.fault_of(Target::Page(page));
    let fails_for_good = |kind| is_failure(kind) && !matches!(kind, FaultKind::FailFirst { .. });
    plan.is_answered_whole(page) && !fault.is_some_and(fails_for_good)
}

impl Expectation for Rows {
    fn contradiction(&self, parts: Parts<'_>) -> Option<String> {
        needs_database(parts, "rows")
    }

    fn expected(&self, _plan: &Plan, lang: Lang) -> String {
        lang.pick(
            "in the end the table `cars` has each car of each page once, as it was served: id, make, model, year, price",
            "в конце в таблице `cars` каждая машина каждой страницы ровно один раз, как её отдал сайт: id, make, model, \
             year, price",
        )
        .to_owned()
    }

    fn judge(&self, run: &Run, lang: Lang) -> Judgement {
        let Some(database) = &run.database else { return Judgement::unknown("") };
        let rows = match &database.rows {
            Ok(rows) => rows,
            Err(why) => {
                let (en, ru) = ("the table can't be read", "таблицу не удаётся прочитать");
                return Judgement::unmet(format!("{}: {}", lang.pick(en, ru), harmless(why)));
            }
        };
        if let Some(fault) = first_fault(&run.plan, rows, lang) {
            return Judgement::unmet(fault);
        }
        let rows = lang.count(rows.len() as u64, ["row", "rows"], ["строка", "строки", "строк"]);
        Judgement::met(lang.pick(format!("{rows}, all as served"), format!("{rows}, всё сходится")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stage::site::Conditions;

    #[test]
    fn intervals_that_touch_do_not_overlap() {
        assert_eq!(overlap([(0, Some(5)), (5, Some(9)), (6, Some(7))].into_iter()), 2);
        assert_eq!(overlap([(0, None), (3, None)].into_iter()), 2);
        assert_eq!(overlap([].into_iter()), 0);
    }

    #[test]
    fn what_is_wrong_with_rows_is_named() {
        let conditions: Conditions = toml::from_str("pages = [2]\nfaults = ['2:404']").unwrap();
        let plan = Plan::draw(Parts { site: Some(&conditions), database: None, files: None }, &[], 7);
        let right: Vec<Row> = site::cars(7, 1).iter().map(row).collect();
        let why = |change: &dyn Fn(&mut Vec<Row>)| {
            let mut rows = right.clone();
            change(&mut rows);
            first_fault(&plan, &rows, Lang::En)
        };
        assert_eq!(why(&|_| ()), None);
        let id = &right[3][0];
        assert_eq!(
            why(&|rows| rows.push(right[3].clone())),
            Some(format!("car {id} of page 1 is in the table more than once"))
        );
        assert_eq!(why(&|rows| drop(rows.split_off(15))), Some("5 cars are missing, 5 of them of page 1".to_owned()));
        assert!(why(&|rows| rows[3][4] = "1".to_owned()).unwrap().starts_with("page 1 has ("));
        let of_page_2: Vec<Row> = site::cars(7, 2).iter().map(row).collect();
        assert!(why(&|rows| rows.push(of_page_2[0].clone())).unwrap().starts_with("no page has the car ("));
    }
}
