//! What PostgreSQL's SQL says otherwise than SQLite's, put into SQLite's words: types, casts, `SERIAL`, `TRUNCATE`,
//! strings with dollars. Whatever else differs stays SQLite's.

use super::failure::{Failure, state};
use super::sql::{Kind, Sql};
use super::types::{NAMES, Type};
use crate::scenario::Verb;

/// The name of the function that gives a sequence's next number.
pub const NEXT_NUMBER: &str = "nextval";

/// A statement in SQLite's words.
///
/// # Errors
/// 0A000 for what PostgreSQL has and this database has not, 42601 for what neither has, 42704 for an unknown type.
pub fn rewrite(sql: &Sql) -> Result<String, Failure> {
    if let Some(place) = (0..sql.tokens.len()).find(|&place| {
        sql.is(place, "FOR") && (sql.is(place + 1, "UPDATE") || sql.is(place + 1, "SHARE") || sql.is(place + 1, "NO"))
    }) && sql.verb() == Verb::Select
    {
        return Err(Failure::unsupported(format!(
            "FOR {} takes no lock here: when two transactions change a row, the COMMIT of the later one fails with 40001",
            sql.at(place + 1).to_uppercase()
        )));
    }
    let mut out = Out::default();
    match sql.verb() {
        Verb::Create => create(sql, &mut out)?,
        Verb::Alter => alter(sql, &mut out)?,
        Verb::Drop => drop_object(sql, &mut out)?,
        Verb::Delete if sql.is(0, "TRUNCATE") => truncate(sql, &mut out)?,
        Verb::Insert if sql.is(1, "OR") => return Err(syntax_error(sql, 1)),
        _ => {
            copy(sql, 0, sql.tokens.len(), &mut out)?;
        }
    }
    Ok(out.parts.join(" "))
}

/// The statement in the making, part by part.
#[derive(Default)]
struct Out {
    parts: Vec<String>,
}

impl Out {
    fn push(&mut self, part: impl Into<String>) {
        self.parts.push(part.into());
    }

    /// Where the operand begins that ends the statement so far: a call, something in parentheses, a name with its
    /// qualifiers, or a single token.
    fn operand(&self) -> usize {
        let mut first = self.parts.len().saturating_sub(1);
        if self.parts.last().is_some_and(|last| last == ")") {
            let mut depth = 0_usize;
            for (place, part) in self.parts.iter().enumerate().rev() {
                match part.as_str() {
                    ")" => depth += 1,
                    "(" | "CAST(" => depth -= 1,
                    _ => {}
                }
                if depth == 0 {
                    first = place;
                    break;
                }
            }
            let is_name = |part: &String| part.starts_with(|c: char| c.is_alphabetic() || c == '_');
            let is_call = |name: &String| is_name(name) && !is_keyword(name);
            if first > 0 && self.parts[first] == "(" && is_call(&self.parts[first - 1]) {
                first -= 1;
            }
        }
        while first >= 2 && self.parts[first - 1] == "." {
            first -= 2;
        }
        first
    }
}

/// Whether a word can stand before parentheses and is no function.
fn is_keyword(word: &str) -> bool {
    const KEYWORDS: [&str; 13] =
        ["AND", "BY", "ELSE", "IN", "LIKE", "NOT", "ON", "OR", "SELECT", "THEN", "VALUES", "WHEN", "WHERE"];
    KEYWORDS.iter().any(|keyword| word.eq_ignore_ascii_case(keyword))
}

/// Copies the tokens from one place to another.
fn copy(sql: &Sql, from: usize, to: usize, out: &mut Out) -> Result<(), Failure> {
    let mut place = from;
    while place < to {
        match sql.tokens[place].kind {
            Kind::Symbol if sql.at(place) == "::" => {
                let (of, end) = type_at(sql, place + 1)?;
                let first = out.operand();
                if place == from || out.parts.get(first).is_none_or(|part| is_keyword(part)) {
                    return Err(syntax_error(sql, place));
                }
                out.parts.insert(first, "CAST(".to_owned());
                out.push(format!("AS {}", of.name()));
                out.push(")");
                place = end;
                continue;
            }
            Kind::Text => out.push(string(sql.at(place))),
            // SQLite would number `$2` by where it first occurs.
            Kind::Parameter(number) => out.push(format!("?{number}")),
            Kind::Word if sql.is(place, "PUBLIC") && sql.at(place + 1) == "." => place += 1,
            Kind::Word if sql.is(place, "ILIKE") => out.push("LIKE"),
            _ => out.push(sql.at(place)),
        }
        place += 1;
    }
    Ok(())
}

/// A string as SQLite writes it.
fn string(text: &str) -> String {
    if let Some(rest) = text.strip_prefix(['e', 'E']) {
        let inside = &rest[1..rest.len() - 1];
        let mut plain = String::with_capacity(inside.len());
        let mut rest = inside.chars();
        while let Some(next) = rest.next() {
            match next {
                '\\' => plain.push(match rest.next() {
                    Some('n') => '\n',
                    Some('t') => '\t',
                    Some('r') => '\r',
                    Some('b') => '\u{8}',
                    Some('f') => '\u{c}',
                    Some(other) => other,
                    None => '\\',
                }),
                other => plain.push(other),
            }
        }
        // Quotes that were doubled still are; those after a backslash are not.
        return format!("'{}'", plain.replace("''", "'").replace('\'', "''"));
    }
    match text.strip_prefix('$').and_then(|rest| rest.split_once('$')) {
        Some((tag, rest)) => format!("'{}'", rest[..rest.len() - tag.len() - 2].replace('\'', "''")),
        None => text.to_owned(),
    }
}

/// The type whose name begins at a place, and the place after it.
fn type_at(sql: &Sql, place: usize) -> Result<(Type, usize), Failure> {
    let first = sql.name(place).ok_or_else(|| syntax_error(sql, place))?;
    let two = |second| sql.is(place + 1, second).then(|| format!("{first} {}", second.to_lowercase()));
    let named = two("PRECISION").or_else(|| two("VARYING"));
    let mut end = place + 1 + usize::from(named.is_some());
    let name = named.unwrap_or(first);
    let of = Type::named(&name).ok_or_else(|| {
        Failure::new(state::UNDEFINED_OBJECT, format!("type \"{name}\" does not exist here: {NAMES} do"))
    })?;
    if sql.at(end) == "(" {
        while !matches!(sql.at(end), ")" | "") {
            end += 1;
        }
        end += 1;
    }
    if sql.at(end) == "[" {
        return Err(Failure::unsupported("there are no arrays here"));
    }
    Ok((of, end))
}

fn create(sql: &Sql, out: &mut Out) -> Result<(), Failure> {
    let is_table = sql.is(1, "TABLE");
    if !is_table {
        let of_index = 1 + usize::from(sql.is(1, "UNIQUE"));
        if !sql.is(of_index, "INDEX") && !sql.is(1, "VIEW") || sql.is(of_index + 1, "CONCURRENTLY") {
            return Err(Failure::unsupported("only tables, indexes and views can be created here"));
        }
        return copy(sql, 0, sql.tokens.len(), out);
    }
    let mut place = 2 + if sql.are(2, &["IF", "NOT", "EXISTS"]) { 3 } else { 0 };
    copy(sql, 0, place, out)?;
    place += if sql.is(place, "PUBLIC") && sql.at(place + 1) == "." { 2 } else { 0 };
    let table = sql.name(place).ok_or_else(|| syntax_error(sql, place))?;
    out.push(sql.at(place));
    place += 1;
    if sql.at(place) != "(" {
        return Err(if sql.is(place, "AS") {
            Failure::unsupported("CREATE TABLE AS is not available here: create the table, then INSERT … SELECT")
        } else {
            syntax_error(sql, place)
        });
    }
    out.push("(");
    place += 1;
    loop {
        let end = end_of_item(sql, place);
        item(sql, place, end, &table, out)?;
        match sql.at(end) {
            "," => out.push(","),
            ")" if end + 1 == sql.tokens.len() => break,
            _ => return Err(syntax_error(sql, end + 1)),
        }
        place = end + 1;
    }
    out.push(")");
    Ok(())
}

/// The place of the comma or parenthesis that ends an item of a list.
fn end_of_item(sql: &Sql, from: usize) -> usize {
    let mut depth = 0_usize;
    let mut place = from;
    while place < sql.tokens.len() {
        match sql.at(place) {
            "(" => depth += 1,
            ")" | "," if depth == 0 => break,
            ")" => depth -= 1,
            _ => {}
        }
        place += 1;
    }
    place
}

/// A column's definition, or a constraint of a table.
fn item(sql: &Sql, from: usize, end: usize, table: &str, out: &mut Out) -> Result<(), Failure> {
    if let Some(place) =
        (from..end).find(|&place| sql.are(place, &["ON", "CONFLICT"]) || sql.is(place, "AUTOINCREMENT"))
    {
        return Err(syntax_error(sql, place));
    }
    if ["CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"].iter().any(|word| sql.is(from, word)) {
        return copy(sql, from, end, out);
    }
    let column = sql.name(from).filter(|_| from < end).ok_or_else(|| syntax_error(sql, from))?;
    if column == "_rowid_" {
        return Err(Failure::unsupported("a column can't be called _rowid_ here"));
    }
    let (of, mut place) = type_at(sql, from + 1)?;
    out.push(sql.at(from));
    out.push(of.name());
    let sequence =
        format!("NOT NULL DEFAULT ({NEXT_NUMBER}('{}_{}_seq'))", table.replace('\'', "''"), column.replace('\'', "''"));
    if sql.name(from + 1).is_some_and(|name| name.contains("serial")) {
        out.push(sequence.as_str());
    }
    let mut copied = place;
    while place < end {
        if sql.is(place, "GENERATED") {
            copy(sql, copied, place, out)?;
            let identity = (place..end).find(|&place| sql.is(place, "IDENTITY"));
            let Some(identity) = identity else {
                return Err(Failure::unsupported("there are no generated columns here"));
            };
            out.push(sequence.as_str());
            place = if sql.at(identity + 1) == "(" { end_of_item(sql, identity + 2) + 1 } else { identity + 1 };
            copied = place;
        } else if sql.are(place, &["PRIMARY", "KEY"]) {
            // SQLite would allow nulls there.
            copy(sql, copied, place, out)?;
            out.push("NOT NULL PRIMARY KEY");
            place += 2;
            copied = place;
        } else {
            place += 1;
        }
    }
    copy(sql, copied, end, out)
}

fn alter(sql: &Sql, out: &mut Out) -> Result<(), Failure> {
    if !sql.is(1, "TABLE") {
        return Err(Failure::unsupported("only tables can be altered here"));
    }
    let Some(add) = (2..sql.tokens.len()).find(|&place| sql.is(place, "ADD")) else {
        return copy(sql, 0, sql.tokens.len(), out);
    };
    let column = add + 1 + usize::from(sql.is(add + 1, "COLUMN"));
    copy(sql, 0, column, out)?;
    let table = sql.name(2).unwrap_or_default();
    item(sql, column, sql.tokens.len(), &table, out)
}

fn drop_object(sql: &Sql, out: &mut Out) -> Result<(), Failure> {
    if !["TABLE", "INDEX", "VIEW"].iter().any(|word| sql.is(1, word)) {
        return Err(Failure::unsupported("only tables, indexes and views can be dropped here"));
    }
    let last = sql.tokens.len() - 1;
    let end = if sql.is(last, "CASCADE") || sql.is(last, "RESTRICT") { last } else { last + 1 };
    if (0..end).any(|place| sql.at(place) == ",") {
        return Err(Failure::unsupported("one is dropped at a time here"));
    }
    copy(sql, 0, end, out)
}

fn truncate(sql: &Sql, out: &mut Out) -> Result<(), Failure> {
    let table = 1 + usize::from(sql.is(1, "TABLE"));
    if (table..sql.tokens.len()).any(|place| sql.at(place) == ",") {
        return Err(Failure::unsupported("one table is truncated at a time here"));
    }
    out.push("DELETE FROM");
    let end = (table..sql.tokens.len())
        .find(|&place| ["RESTART", "CONTINUE", "CASCADE", "RESTRICT"].iter().any(|word| sql.is(place, word)));
    copy(sql, table, end.unwrap_or(sql.tokens.len()), out)
}

/// The error for a token that can't stand where it stands.
pub fn syntax_error(sql: &Sql, place: usize) -> Failure {
    let near = match sql.at(place) {
        "" => "at end of input".to_owned(),
        token => format!("at or near \"{}\"", &token[..token.floor_char_boundary(40)]),
    };
    Failure::new(state::SYNTAX_ERROR, format!("syntax error {near}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rewritten(text: &str) -> String {
        rewrite(&Sql::statements(text).unwrap()[0]).unwrap()
    }

    #[test]
    fn casts_become_calls() {
        for (text, expected) in [
            ("SELECT $1::int4 + a.b::text", "SELECT CAST( ?1 AS INT4 ) + CAST( a . b AS TEXT )"),
            ("SELECT sum(x)::bigint", "SELECT CAST( sum ( x ) AS INT8 )"),
            ("SELECT '5'::int::text", "SELECT CAST( CAST( '5' AS INT4 ) AS TEXT )"),
            ("SELECT 1 WHERE x IN (1, 2)", "SELECT 1 WHERE x IN ( 1 , 2 )"),
            ("SELECT (a)::varchar(10)", "SELECT CAST( ( a ) AS TEXT )"),
            ("SELECT * FROM public.cars WHERE a ILIKE 'x'", "SELECT * FROM cars WHERE a LIKE 'x'"),
            (r"SELECT E'it\'s ''', $a$it's$a$", r"SELECT 'it''s ''' , 'it''s'"),
        ] {
            assert_eq!(rewritten(text), expected);
        }
    }

    #[test]
    fn a_table_has_types_that_sqlite_knows_and_keeps_apart() {
        assert_eq!(
            rewritten(
                "CREATE TABLE IF NOT EXISTS cars (id BIGSERIAL PRIMARY KEY, n INTEGER, price double precision CHECK (price > 0), UNIQUE (n))"
            ),
            "CREATE TABLE IF NOT EXISTS cars ( id INT8 NOT NULL DEFAULT (nextval('cars_id_seq')) NOT NULL PRIMARY KEY , \
             n INT4 , price FLOAT8 CHECK ( price > 0 ) , UNIQUE ( n ) )"
        );
        assert_eq!(
            rewritten("CREATE TABLE t (id INT GENERATED ALWAYS AS IDENTITY (START 1) PRIMARY KEY)"),
            "CREATE TABLE t ( id INT4 NOT NULL DEFAULT (nextval('t_id_seq')) NOT NULL PRIMARY KEY )"
        );
        assert_eq!(rewritten("TRUNCATE TABLE t RESTART IDENTITY CASCADE"), "DELETE FROM t");
        assert_eq!(rewritten("DROP TABLE IF EXISTS t CASCADE"), "DROP TABLE IF EXISTS t");
    }

    #[test]
    fn what_is_missing_is_said() {
        for (text, expected) in [
            ("CREATE TABLE t (a timestamptz)", state::UNDEFINED_OBJECT),
            ("CREATE TEMP TABLE t (a int)", state::FEATURE_NOT_SUPPORTED),
            ("CREATE TABLE t AS SELECT 1", state::FEATURE_NOT_SUPPORTED),
            ("CREATE TRIGGER x", state::FEATURE_NOT_SUPPORTED),
            ("CREATE TABLE t (a int) WITHOUT ROWID", state::SYNTAX_ERROR),
            ("CREATE TABLE t (a int UNIQUE ON CONFLICT REPLACE)", state::SYNTAX_ERROR),
            ("CREATE TABLE t (", state::SYNTAX_ERROR),
            ("CREATE TABLE", state::SYNTAX_ERROR),
            ("INSERT OR REPLACE INTO t VALUES (1)", state::SYNTAX_ERROR),
            ("SELECT * FROM t FOR UPDATE", state::FEATURE_NOT_SUPPORTED),
            ("SELECT ::int", state::SYNTAX_ERROR),
            ("SELECT 1::", state::SYNTAX_ERROR),
            ("SELECT 1::int[]", state::FEATURE_NOT_SUPPORTED),
        ] {
            assert_eq!(rewrite(&Sql::statements(text).unwrap()[0]).unwrap_err().state, expected, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_statement_is_rewritten_or_refused(text in "(CREATE TABLE|ALTER TABLE|SELECT|DROP|TRUNCATE|CREATE)?( ?(a|t|int|::|\\(|\\)|,|'x'|E'\\\\''|\\$\\$|PRIMARY KEY|GENERATED|IDENTITY|ADD|1|\\.)){0,12}") {
            if let Ok(statements) = Sql::statements(&text) {
                for sql in statements {
                    let _ = rewrite(&sql);
                }
            }
        }
    }
}
