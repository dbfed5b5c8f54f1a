//! What is written about a bar.

use std::fmt::{self, Write as _};

use console::Lang;

use super::super::model::{Bar, Subject};
use crate::log::Outcome;
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

    /// All details of the bar, in one line.
    pub(super) fn exact(&self, lang: Lang) -> String {
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
        if self.bytes > 0 {
            parts.push(lang.count(self.bytes, ["byte", "bytes"], ["байт", "байта", "байт"]));
        }
        parts.push(format!("{} {}", lang.pick("connection", "соединение"), self.connection));
        parts.join(" · ")
    }
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
    fn a_strangers_text_stays_text() {
        assert_eq!(Escaped("<script>\"&\u{1}я").to_string(), "&lt;script&gt;&quot;&amp;\u{fffd}я");
    }
}
