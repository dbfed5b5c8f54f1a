//! Prepared statements: what one is in SQLite's words, which types it has, and how its answer is sent.

use pgwire::messages::PgWireBackendMessage;
use pgwire::messages::data::{FieldDescription, RowDescription};
use rusqlite::types::Value;

use super::dialect::{rewrite, syntax_error};
use super::failure::{Failure, state};
use super::infer::{Shown, infer};
use super::snapshots::{Described, Work};
use super::sql::Sql;
use super::types::{Format, Type};
use crate::scenario::Verb;

/// A statement that is ready to be executed.
#[derive(Debug)]
pub struct Prepared {
    pub sql: Sql,
    pub verb: Verb,
    /// The statement in SQLite's words; empty for what the session does itself.
    pub rewritten: String,
    pub parameters: Vec<Type>,
    pub columns: Vec<Column>,
}

/// A column of a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    pub name: String,
    pub of: Type,
}

/// Whether statements of a kind are executed by SQLite.
pub fn is_for_sqlite(verb: Verb) -> bool {
    matches!(verb, Verb::Select | Verb::Insert | Verb::Update | Verb::Delete | Verb::Create | Verb::Alter | Verb::Drop)
}

impl Prepared {
    /// A statement that SQLite executes. `given` are the types of parameters that the client has said.
    ///
    /// # Errors
    /// What is wrong with the statement.
    pub fn new(sql: Sql, given: &[Option<Type>], work: &Work) -> Result<Self, Failure> {
        let verb = sql.verb();
        let rewritten = rewrite(&sql)?;
        let inferred = infer(&sql, given, |table| work.columns_of(table));
        let returns_rows = matches!(verb, Verb::Select | Verb::Insert | Verb::Update | Verb::Delete);
        let described = if returns_rows { work.describe(&rewritten)? } else { Described::new() };
        let parameters = inferred.parameters.into_iter().map(|of| of.unwrap_or(Type::Text)).collect();
        Ok(Self { columns: columns(described, &inferred.results), sql, verb, rewritten, parameters })
    }

    /// A statement that the session itself executes.
    ///
    /// # Errors
    /// 0A000 for what PostgreSQL has and this database has not, 42601 for anything else.
    pub fn of_session(sql: Sql) -> Result<Self, Failure> {
        const MISSING: [&str; 27] = [
            "ANALYZE",
            "CALL",
            "CHECKPOINT",
            "CLUSTER",
            "COMMENT",
            "COPY",
            "DECLARE",
            "DO",
            "EXECUTE",
            "EXPLAIN",
            "FETCH",
            "GRANT",
            "IMPORT",
            "LISTEN",
            "LOAD",
            "LOCK",
            "MERGE",
            "MOVE",
            "NOTIFY",
            "PREPARE",
            "REASSIGN",
            "REFRESH",
            "REINDEX",
            "REVOKE",
            "SECURITY",
            "TABLE",
            "VACUUM",
        ];
        let verb = sql.verb();
        let columns = if sql.is(0, "SHOW") {
            vec![Column { name: sql.name(1).unwrap_or_default(), of: Type::Text }]
        } else {
            Vec::new()
        };
        if verb == Verb::Other {
            return Err(match MISSING.iter().find(|word| sql.is(0, word)) {
                Some(word) => {
                    Failure::unsupported(format!("{word} is not available here: this is a practice database"))
                }
                None => syntax_error(&sql, 0),
            });
        }
        Ok(Self { sql, verb, rewritten: String::new(), parameters: Vec::new(), columns })
    }

    /// Whether it defines tables instead of changing rows.
    pub fn defines(&self) -> bool {
        matches!(self.verb, Verb::Create | Verb::Alter | Verb::Drop)
    }

    /// The description of its results, when they are sent in these formats.
    pub fn description(&self, formats: &[Format]) -> PgWireBackendMessage {
        let field = |(column, format): (&Column, &Format)| {
            let code = i16::from(*format == Format::Binary);
            FieldDescription::new(column.name.clone(), 0, 0, column.of.oid(), column.of.size(), -1, code)
        };
        PgWireBackendMessage::RowDescription(RowDescription::new(self.columns.iter().zip(formats).map(field).collect()))
    }

    /// The formats of its results from what a client asked for: one for all, or one each.
    ///
    /// # Errors
    /// 08P01 for another number, and for formats that there are not.
    pub fn formats(&self, codes: &[i16]) -> Result<Vec<Format>, Failure> {
        formats(codes, self.columns.len())
    }

    /// A row of its results as a message.
    ///
    /// # Errors
    /// When a value is none of its column's type.
    pub fn row(&self, values: &[Value], formats: &[Format]) -> Result<Vec<u8>, Failure> {
        let too_many = |_| Failure::new(state::PROGRAM_LIMIT_EXCEEDED, "a row is too large");
        let mut row = vec![b'D', 0, 0, 0, 0];
        row.extend(i16::try_from(self.columns.len()).map_err(too_many)?.to_be_bytes());
        for ((column, value), format) in self.columns.iter().zip(values).zip(formats) {
            let place = row.len();
            row.extend((-1_i32).to_be_bytes());
            if column.of.encode(value, *format, &mut row)?.is_some() {
                let length = i32::try_from(row.len() - place - 4).map_err(too_many)?;
                row[place..place + 4].copy_from_slice(&length.to_be_bytes());
            }
        }
        let length = i32::try_from(row.len() - 1).map_err(too_many)?;
        row[1..5].copy_from_slice(&length.to_be_bytes());
        Ok(row)
    }

    /// What its completion is called.
    pub fn tag(&self, rows: u64) -> String {
        match self.verb {
            Verb::Select => format!("SELECT {rows}"),
            Verb::Insert => format!("INSERT 0 {rows}"),
            Verb::Update => format!("UPDATE {rows}"),
            Verb::Delete if self.sql.is(0, "TRUNCATE") => "TRUNCATE TABLE".to_owned(),
            Verb::Delete => format!("DELETE {rows}"),
            Verb::Create | Verb::Alter | Verb::Drop => {
                let what = if self.sql.is(1, "UNIQUE") { "INDEX".to_owned() } else { self.sql.at(1).to_uppercase() };
                format!("{} {what}", self.sql.at(0).to_uppercase())
            }
            Verb::Begin if self.sql.is(0, "START") => "START TRANSACTION".to_owned(),
            Verb::Begin => "BEGIN".to_owned(),
            Verb::Commit => "COMMIT".to_owned(),
            Verb::Rollback => "ROLLBACK".to_owned(),
            Verb::Savepoint | Verb::Set | Verb::Other => {
                let first = self.sql.at(0).to_uppercase();
                match first.as_str() {
                    "DISCARD" => "DISCARD ALL".to_owned(),
                    "CLOSE" => "CLOSE CURSOR ALL".to_owned(),
                    _ => first,
                }
            }
        }
    }
}

/// One format for all, or one each, from a message's codes.
///
/// # Errors
/// 08P01 for another number, and for formats that there are not.
pub fn formats(codes: &[i16], count: usize) -> Result<Vec<Format>, Failure> {
    let format = |code: &i16| match code {
        0 => Ok(Format::Text),
        1 => Ok(Format::Binary),
        other => Err(Failure::new(state::PROTOCOL_VIOLATION, format!("there is no format {other}"))),
    };
    match codes {
        [] => Ok(vec![Format::Text; count]),
        [one] => Ok(vec![format(one)?; count]),
        each if each.len() == count => each.iter().map(format).collect(),
        each => {
            let why = format!("{} formats for {count} values", each.len());
            Err(Failure::new(state::PROTOCOL_VIOLATION, why))
        }
    }
}

/// The columns of a result: as SQLite describes them, with what was found out where it knows no type.
fn columns(described: Described, shown: &[Shown]) -> Vec<Column> {
    let count = described.len();
    // What follows on a star is counted from the end.
    let star = shown.iter().position(|item| *item == Shown::Star);
    let at = |place: usize| match star {
        Some(star) if place >= star => {
            let from_end = count - place;
            let behind = shown.len() - star - 1;
            if from_end <= behind { shown.get(shown.len() - from_end) } else { None }
        }
        _ => shown.get(place),
    };
    let column = |(place, (name, of)): (usize, (String, Option<Type>))| {
        let found = match at(place) {
            Some(Shown::One(of)) => *of,
            Some(Shown::Star) | None => None,
        };
        Column { name: named(name), of: of.or(found).unwrap_or(Type::Text) }
    };
    described.into_iter().enumerate().map(column).collect()
}

/// The name of a result. SQLite calls what has none by its text; PostgreSQL calls a function's result by the function's
/// name, and others so.
fn named(name: String) -> String {
    let is_plain = |name: &str| !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    if is_plain(&name) && !name.starts_with(|c: char| c.is_ascii_digit()) {
        return name;
    }
    let mut depth = 0_usize;
    let mut closes = name.char_indices().filter_map(|(place, c)| {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        (c == ')' && depth == 0).then_some(place)
    });
    match name.split_once(" (").filter(|_| closes.next() == Some(name.len() - 1)) {
        Some((function, _)) if is_plain(function) => function.to_lowercase(),
        _ if is_plain(&name.replace([' ', '-'], "_")) && !name.starts_with(|c: char| c.is_ascii_digit()) => name,
        _ => "?column?".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_behind_a_star_is_counted_from_the_end() {
        let described =
            ["a", "b", "count ( * )", "n"].map(|name| (name.to_owned(), (name == "a").then_some(Type::Int4)));
        let shown = [Shown::Star, Shown::One(Some(Type::Int8)), Shown::One(Some(Type::Bool))];
        let found: Vec<_> =
            columns(described.to_vec(), &shown).into_iter().map(|column| (column.name, column.of)).collect();
        let expected = [("a", Type::Int4), ("b", Type::Text), ("count", Type::Int8), ("n", Type::Bool)];
        assert_eq!(found, expected.map(|(name, of)| (name.to_owned(), of)));
    }

    #[test]
    fn formats_are_one_for_all_or_one_each() {
        assert_eq!(formats(&[], 2).unwrap(), [Format::Text; 2]);
        assert_eq!(formats(&[1], 2).unwrap(), [Format::Binary; 2]);
        assert_eq!(formats(&[0, 1], 2).unwrap(), [Format::Text, Format::Binary]);
        assert!(formats(&[0, 1, 1], 2).is_err() && formats(&[7], 1).is_err());
    }
}
