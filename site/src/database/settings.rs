//! A session's settings: `SET`, `SHOW` and `RESET`. They are remembered and shown, and change nothing.

use std::collections::BTreeMap;

use super::failure::{Failure, state};
use super::sql::{Kind, Sql};

/// How many settings a session may have, and how long each may be, in bytes.
const MOST: usize = 100;
const LONGEST: usize = 1_000;

/// What the server says of itself when a connection begins, and what SHOW shows.
pub const OF_SERVER: [(&str, &str); 13] = [
    // The major version is what clients decide by which statements to send.
    ("server_version", "16.0 (practice database)"),
    ("server_encoding", "UTF8"),
    ("client_encoding", "UTF8"),
    ("DateStyle", "ISO, MDY"),
    ("IntervalStyle", "postgres"),
    ("TimeZone", "UTC"),
    ("integer_datetimes", "on"),
    ("standard_conforming_strings", "on"),
    ("is_superuser", "off"),
    ("in_hot_standby", "off"),
    ("default_transaction_read_only", "off"),
    ("search_path", "public"),
    ("application_name", ""),
];

/// What else SHOW shows.
const SHOWN: [(&str, &str); 6] = [
    ("transaction_isolation", "repeatable read"),
    ("default_transaction_isolation", "repeatable read"),
    ("transaction_read_only", "off"),
    ("statement_timeout", "0"),
    ("lock_timeout", "0"),
    ("server_version_num", "160000"),
];

/// The settings that a session has changed, by their names in lower case.
#[derive(Debug, Default)]
pub struct Settings(BTreeMap<String, String>);

impl Settings {
    /// Executes a statement about settings; SHOW returns a value.
    ///
    /// # Errors
    /// 42704 for a setting that there is not, 42601 for what is no such statement.
    pub fn execute(&mut self, sql: &Sql) -> Result<Option<String>, Failure> {
        if sql.is(0, "SHOW") {
            return self.show(&name(sql, 1)).map(Some);
        }
        if sql.is(0, "RESET") {
            if sql.is(1, "ALL") {
                self.0.clear();
            } else {
                self.0.remove(&name(sql, 1));
            }
        }
        if sql.is(0, "DISCARD") {
            self.0.clear();
        }
        if sql.is(0, "SET") {
            self.set(sql)?;
        }
        Ok(None)
    }

    fn set(&mut self, sql: &Sql) -> Result<(), Failure> {
        let first = 1 + usize::from(sql.is(1, "SESSION") || sql.is(1, "LOCAL"));
        // How transactions are isolated is no choice here.
        if sql.is(first, "TRANSACTION") || sql.is(first, "CHARACTERISTICS") {
            return Ok(());
        }
        let is_time_zone = sql.is(first, "TIME") && sql.is(first + 1, "ZONE");
        let name = if is_time_zone { "timezone".to_owned() } else { name(sql, first) };
        let is_assigned = |token: &usize| sql.at(*token) == "=" || sql.is(*token, "TO");
        let assigned = (first..sql.tokens.len()).find(is_assigned);
        let value = match assigned {
            Some(place) => place + 1,
            None if is_time_zone => first + 2,
            None => {
                return Err(Failure::new(state::SYNTAX_ERROR, "syntax error: SET takes a name, = or TO, and a value"));
            }
        };
        let plain = |place: usize| match sql.tokens[place].kind {
            Kind::Text => sql.at(place).trim_matches('\'').replace("''", "'"),
            _ => sql.at(place).to_owned(),
        };
        let value: String = (value..sql.tokens.len()).map(plain).collect();
        if value.eq_ignore_ascii_case("default") {
            self.0.remove(&name);
        } else if name.len() + value.len() > LONGEST || (self.0.len() >= MOST && !self.0.contains_key(&name)) {
            return Err(Failure::new(state::PROGRAM_LIMIT_EXCEEDED, "too many settings, or a too long one"));
        } else {
            self.0.insert(name, value);
        }
        Ok(())
    }

    fn show(&self, name: &str) -> Result<String, Failure> {
        if let Some(value) = self.0.get(name) {
            return Ok(value.clone());
        }
        let known = OF_SERVER.iter().chain(&SHOWN).find(|(known, _)| known.eq_ignore_ascii_case(name));
        let unknown =
            || Failure::new(state::UNDEFINED_OBJECT, format!("unrecognized configuration parameter \"{name}\""));
        known.map(|(_, value)| (*value).to_owned()).ok_or_else(unknown)
    }
}

/// A setting's name, in lower case; it may have several parts.
fn name(sql: &Sql, from: usize) -> String {
    if sql.are(from, &["TRANSACTION", "ISOLATION", "LEVEL"]) {
        return "transaction_isolation".to_owned();
    }
    let mut name = sql.name(from).unwrap_or_default();
    let mut place = from + 1;
    while sql.at(place) == "." {
        name = format!("{name}.{}", sql.name(place + 1).unwrap_or_default());
        place += 2;
    }
    name.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_set_is_shown() {
        let mut settings = Settings::default();
        let mut execute = |text: &str| settings.execute(&Sql::statements(text).unwrap()[0]);
        for (set, show, value) in [
            ("SET TIME ZONE 'Asia/Bishkek'", "SHOW timezone", "Asia/Bishkek"),
            ("SET extra_float_digits TO 3", "SHOW extra_float_digits", "3"),
            ("SET LOCAL a.b = 'it''s'", "SHOW a.b", "it's"),
            (
                "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE",
                "SHOW TRANSACTION ISOLATION LEVEL",
                "repeatable read",
            ),
            ("RESET ALL", "SHOW TimeZone", "UTC"),
        ] {
            assert_eq!(execute(set), Ok(None), "{set}");
            assert_eq!(execute(show), Ok(Some(value.to_owned())), "{show}");
        }
        assert_eq!(execute("SHOW nothing").unwrap_err().state, state::UNDEFINED_OBJECT);
        assert_eq!(execute("SET nothing").unwrap_err().state, state::SYNTAX_ERROR);
    }
}
