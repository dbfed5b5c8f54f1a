//! What is written about a bar, a query and a transaction.

use std::fmt::{self, Write as _};

use console::Lang;

use super::super::database::{Bracket, QueryBar};
use super::super::model::{Bar, Subject};
use crate::log::{Outcome, TransactionEnd};
use crate::scenario::Target;

impl Bar {
    /// The label, shortened to the end of a path or of a car's id if there is no room for it.
    pub(super) fn short_name(&self) -> String {
        const LONGEST: usize = 4;
        let name = self.name();
        match name.char_indices().rev().nth(LONGEST - 1) {
            Some((from, _)) if from > 0 && !matches!(self.subject, Subject::Target(Target::Page(_))) => {
                format!("…{}", &name[from..])
            }
            _ => name,
        }
    }

    /// Whether its details may need two lines: beside the usual ones there are those of a gate or of what it lacks.
    pub(super) fn tells_more(&self) -> bool {
        self.gated || self.missed(0).is_some()
    }

    /// All details of the bar, in two parts that may be lines of their own.
    pub(super) fn exact(&self, lang: Lang) -> [String; 2] {
        let mut subject = match &self.subject {
            Subject::Target(Target::Page(page)) => format!("{} {page}", lang.pick("page", "страница")),
            Subject::Target(Target::Car(id)) => format!("{} {id}", lang.pick("car", "объявление")),
            Subject::Path(path) => path.chars().take(48).collect(),
        };
        if self.attempt > 1 {
            let attempt = self.attempt;
            subject += &lang.pick(format!(", request {attempt} for it"), format!(", запрос {attempt}"));
        }
        let after = |time: u64| lang.millis(time.saturating_sub(self.start));
        let mut parts = vec![
            format!("{subject}: {} {}", lang.pick("asked for at", "запрос в момент"), lang.millis(self.start)),
            self.status.map_or_else(|| lang.pick("no status", "без статуса").to_owned(), |status| status.to_string()),
        ];
        if self.gated {
            parts.push(match self.released {
                Some(released) => {
                    format!("{} {}", lang.pick("let go by the gate after", "барьер пропустил через"), after(released))
                }
                None => lang.pick("not past the gate", "барьер не пройден").to_owned(),
            });
        }
        let asked = std::mem::take(&mut parts);
        if let Some(answered) = self.answered {
            parts.push(format!("{} {}", lang.pick("answer began after", "ответ начался через"), after(answered)));
        }
        let end = match self.outcome {
            Outcome::Answered => lang.pick("complete after", "получен через"),
            Outcome::GivenUp => lang.pick("given up after", "клиент отказался через"),
            Outcome::Reset => lang.pick("reset after", "соединение оборвано через"),
            Outcome::Held => lang.pick("waiting for", "ждёт"),
        };
        parts.push(format!("{end} {}", after(self.end)));
        // Whatever the scale, which decides on what is drawn only.
        if let Some(due) = self.missed(0) {
            let missed = lang.pick("would have been complete after", "был бы получен через");
            parts.push(format!("{missed} {}", after(due)));
        }
        if self.bytes > 0 {
            parts.push(lang.count(self.bytes, ["byte", "bytes"], ["байт", "байта", "байт"]));
        }
        parts.push(format!("{} {}", lang.pick("connection", "соединение"), self.connection));
        [asked, parts].map(|parts| parts.join(" · "))
    }
}

impl QueryBar {
    /// All details of the query, and its statement's text, each a line of its own.
    pub(super) fn exact(&self, lang: Lang) -> [String; 2] {
        let failed = self.failed();
        let asked = lang.pick("asked at", "запрос в момент");
        let mut parts = vec![format!("{}: {asked} {}", self.name(), lang.millis(self.start))];
        parts.extend(self.sqlstate.map(|state| format!("{} {state}", lang.pick("error", "ошибка"))));
        let rows = |rows| lang.count(rows, ["row", "rows"], ["строка", "строки", "строк"]);
        parts.extend(self.rows.map(rows));
        let end = match self.outcome {
            Outcome::Answered if failed => lang.pick("failed after", "завершён через"),
            Outcome::Answered => lang.pick("answered after", "выполнен через"),
            Outcome::GivenUp => lang.pick("given up after", "клиент отказался через"),
            Outcome::Reset => lang.pick("connection closed after", "соединение закрыто через"),
            Outcome::Held => lang.pick("waiting for", "ждёт"),
        };
        parts.push(format!("{end} {}", lang.millis(self.end - self.start)));
        parts.extend(self.transaction.map(|id| format!("{} {id}", lang.pick("transaction", "транзакция"))));
        parts.push(database_connection(self.connection, lang));
        [parts.join(" · "), self.text.to_string()]
    }
}

impl Bracket {
    /// All details of the transaction.
    pub(super) fn exact(self, lang: Lang) -> String {
        let Self { id, start, end, how, connection } = self;
        let end_is = match how {
            TransactionEnd::Committed => lang.pick("committed after", "зафиксирована через"),
            TransactionEnd::RolledBack => lang.pick("rolled back after", "отменена через"),
            TransactionEnd::Open => lang.pick("not ended for", "не закончена, длится"),
        };
        let began =
            lang.pick("transaction {}: began at", "транзакция {}: начата в момент").replace("{}", &id.to_string());
        let connection = database_connection(connection, lang);
        format!("{began} {} · {end_is} {} · {connection}", lang.millis(start), lang.millis(end - start))
    }
}

fn database_connection(number: u64, lang: Lang) -> String {
    format!("{} {number}", lang.pick("database connection", "соединение с базой"))
}

/// A client's text, escaped for XML. Characters that XML does not allow are replaced.
pub struct Escaped<'a>(pub &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for char in self.0.chars() {
            match char {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\u{fffe}' | '\u{ffff}' => f.write_char(char::REPLACEMENT_CHARACTER)?,
                _ if char.is_control() => f.write_char(char::REPLACEMENT_CHARACTER)?,
                _ => f.write_char(char)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn details_tell_of_the_gate_and_of_what_was_missed() {
        let bar = Bar {
            subject: Subject::Target(Target::Page(3)),
            attempt: 1,
            connection: 2,
            start: 1_000,
            gated: true,
            released: Some(3_000),
            due: Some(9_000),
            answered: None,
            end: 5_000,
            status: None,
            bytes: 0,
            outcome: Outcome::GivenUp,
        };
        assert_eq!(
            bar.exact(Lang::En),
            [
                "page 3: asked for at 1.0 ms · no status · let go by the gate after 2.0 ms",
                "given up after 4.0 ms · would have been complete after 8.0 ms · connection 2"
            ]
        );
        let held = Bar { released: None, due: None, outcome: Outcome::Held, ..bar };
        assert_eq!(
            held.exact(Lang::Ru),
            ["страница 3: запрос в момент 1,0 мс · без статуса · барьер не пройден", "ждёт 4,0 мс · соединение 2"]
        );
    }

    #[test]
    fn a_strangers_text_stays_text() {
        assert_eq!(Escaped("<script>\"&\u{1}я").to_string(), "&lt;script&gt;&quot;&amp;\u{fffd}я");
    }
}
