//! SQL as text: its tokens, statements and their kinds. It understands no grammar; SQLite does.

use std::ops::Range;

use super::failure::{Failure, state};
use crate::scenario::Verb;

/// A part of a statement that has a meaning of its own; spaces and comments are none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    pub kind: Kind,
    /// Its place in the text.
    pub place: Range<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A keyword or a name.
    Word,
    /// A name in double quotes.
    Quoted,
    /// A string in single quotes, with dollars, or with escapes (`E'…'`).
    Text,
    Number,
    /// `$1` and so on, with its number.
    Parameter(u16),
    /// Anything else: one character, or one of `::`, `<=`, `>=`, `<>`, `!=`, `||`, `->`, `->>`.
    Symbol,
}

/// A statement's text with its tokens.
#[derive(Clone, Debug)]
pub struct Sql {
    pub text: String,
    pub tokens: Vec<Token>,
}

impl Sql {
    /// The statements of a text; those without a token are left out.
    ///
    /// # Errors
    /// 42601 for a string, a quoted name or a comment that does not end, and for a character that SQL does not have.
    pub fn statements(text: &str) -> Result<Vec<Self>, Failure> {
        let tokens = tokens(text)?;
        let is_end = |token: &Token| &text[token.place.clone()] == ";" && token.kind == Kind::Symbol;
        let of = |tokens: &[Token]| {
            let (first, last) = (tokens.first()?, tokens.last()?);
            let start = first.place.start;
            let moved =
                |token: &Token| Token { kind: token.kind, place: token.place.start - start..token.place.end - start };
            Some(Self { text: text[start..last.place.end].to_owned(), tokens: tokens.iter().map(moved).collect() })
        };
        Ok(tokens.split(is_end).filter_map(of).collect())
    }

    /// The text of a token; empty after the last one.
    pub fn at(&self, index: usize) -> &str {
        self.tokens.get(index).map_or("", |token| &self.text[token.place.clone()])
    }

    /// Whether a token is this keyword, which is in upper case.
    pub fn is(&self, index: usize, keyword: &str) -> bool {
        self.tokens.get(index).is_some_and(|token| token.kind == Kind::Word)
            && self.at(index).eq_ignore_ascii_case(keyword)
    }

    /// Whether these keywords stand one after another.
    pub fn are(&self, index: usize, keywords: &[&str]) -> bool {
        keywords.iter().enumerate().all(|(offset, keyword)| self.is(index + offset, keyword))
    }

    /// The name that a token is, in the way in which names are compared: lower case unless quoted.
    pub fn name(&self, index: usize) -> Option<String> {
        match self.tokens.get(index)?.kind {
            Kind::Word => Some(self.at(index).to_lowercase()),
            Kind::Quoted => {
                let quoted = self.at(index);
                Some(quoted[1..quoted.len() - 1].replace("\"\"", "\""))
            }
            _ => None,
        }
    }

    /// The kind of the statement.
    pub fn verb(&self) -> Verb {
        let word = self.at(0).to_ascii_uppercase();
        match word.as_str() {
            "SELECT" | "VALUES" | "(" => Verb::Select,
            "WITH" => self.verb_after_with(),
            "INSERT" => Verb::Insert,
            "UPDATE" => Verb::Update,
            "DELETE" | "TRUNCATE" => Verb::Delete,
            "CREATE" => Verb::Create,
            "ALTER" => Verb::Alter,
            "DROP" => Verb::Drop,
            "BEGIN" => Verb::Begin,
            "START" if self.is(1, "TRANSACTION") => Verb::Begin,
            "COMMIT" | "END" => Verb::Commit,
            "ROLLBACK" if self.rolls_back_to().is_some() => Verb::Savepoint,
            "ROLLBACK" | "ABORT" => Verb::Rollback,
            "SAVEPOINT" | "RELEASE" => Verb::Savepoint,
            "SET" | "SHOW" | "RESET" | "DISCARD" | "DEALLOCATE" | "CLOSE" | "UNLISTEN" => Verb::Set,
            _ => Verb::Other,
        }
    }

    /// The index of the savepoint's name in `ROLLBACK [WORK | TRANSACTION] TO [SAVEPOINT] name`.
    pub fn rolls_back_to(&self) -> Option<usize> {
        let after = 1 + usize::from(self.is(1, "WORK") || self.is(1, "TRANSACTION"));
        (self.is(0, "ROLLBACK") && self.is(after, "TO"))
            .then(|| after + 1 + usize::from(self.is(after + 1, "SAVEPOINT")))
    }

    /// The kind of the statement that follows on common table expressions.
    fn verb_after_with(&self) -> Verb {
        let mut depth = 0_usize;
        for index in 0..self.tokens.len() {
            match self.at(index) {
                "(" => depth += 1,
                ")" => depth = depth.saturating_sub(1),
                _ if depth > 0 => {}
                _ if self.is(index, "INSERT") => return Verb::Insert,
                _ if self.is(index, "UPDATE") => return Verb::Update,
                _ if self.is(index, "DELETE") => return Verb::Delete,
                _ => {}
            }
        }
        Verb::Select
    }

    /// The number of the highest parameter.
    pub fn parameters(&self) -> usize {
        let number = |token: &Token| match token.kind {
            Kind::Parameter(number) => usize::from(number),
            _ => 0,
        };
        self.tokens.iter().map(number).max().unwrap_or(0)
    }
}

fn tokens(text: &str) -> Result<Vec<Token>, Failure> {
    let bytes = text.as_bytes();
    let mut tokens = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        let next = |offset: usize| bytes.get(start + offset).copied().unwrap_or(0);
        let kind = match bytes[at] {
            space if space.is_ascii_whitespace() => {
                at += 1;
                continue;
            }
            b'-' if next(1) == b'-' => {
                at += text[at..].find('\n').unwrap_or(text.len() - at);
                continue;
            }
            b'/' if next(1) == b'*' => {
                at = end_of_comment(bytes, at).ok_or_else(|| unfinished("a comment", &text[start..]))?;
                continue;
            }
            b'\'' => {
                at = end_of_quoted(bytes, at, b'\'', false).ok_or_else(|| unfinished("a string", &text[start..]))?;
                Kind::Text
            }
            b'e' | b'E' if next(1) == b'\'' => {
                at = end_of_quoted(bytes, at + 1, b'\'', true).ok_or_else(|| unfinished("a string", &text[start..]))?;
                Kind::Text
            }
            b'"' => {
                at = end_of_quoted(bytes, at, b'"', false).ok_or_else(|| unfinished("a name", &text[start..]))?;
                Kind::Quoted
            }
            b'$' if next(1).is_ascii_digit() => {
                at = after(bytes, at + 1, |byte| byte.is_ascii_digit());
                let number = text[start + 1..at].parse().ok().filter(|number| *number > 0);
                let no_parameter = || {
                    Failure::new(
                        state::UNDEFINED_PARAMETER,
                        format!("there is no parameter {}", clipped(&text[start..at])),
                    )
                };
                Kind::Parameter(number.ok_or_else(no_parameter)?)
            }
            b'$' => {
                let tag = after(bytes, at + 1, |byte| byte.is_ascii_alphanumeric() || byte == b'_') + 1;
                let delimiter =
                    text.get(start..tag).filter(|delimiter| delimiter.ends_with('$') && delimiter.len() > 1);
                let delimiter = delimiter.ok_or_else(|| stray(&text[start..]))?;
                let length = text[tag..].find(delimiter).ok_or_else(|| unfinished("a string", &text[start..]))?;
                at = tag + length + delimiter.len();
                Kind::Text
            }
            digit if digit.is_ascii_digit() || (digit == b'.' && next(1).is_ascii_digit()) => {
                at = end_of_number(bytes, at);
                Kind::Number
            }
            letter if letter.is_ascii_alphabetic() || letter == b'_' || letter >= 0x80 => {
                at = after(bytes, at, |byte| {
                    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte >= 0x80
                });
                Kind::Word
            }
            0 | b'\\' | b'`' | b'?' | b'@' | b'#' | b'{' | b'}' => return Err(stray(&text[start..])),
            _ => {
                const LONG: [&str; 8] = ["->>", "::", "<=", ">=", "<>", "!=", "||", "->"];
                at += LONG.iter().find(|long| text[start..].starts_with(**long)).map_or(1, |long| long.len());
                Kind::Symbol
            }
        };
        tokens.push(Token { kind, place: start..at });
    }
    Ok(tokens)
}

fn after(bytes: &[u8], from: usize, belongs: impl Fn(u8) -> bool) -> usize {
    from + bytes[from..].iter().take_while(|byte| belongs(**byte)).count()
}

/// The end of what is in quotes, which are doubled inside.
fn end_of_quoted(bytes: &[u8], from: usize, quote: u8, has_escapes: bool) -> Option<usize> {
    let mut at = from + 1;
    loop {
        match bytes.get(at)? {
            b'\\' if has_escapes => at += 2,
            byte if *byte == quote && bytes.get(at + 1) == Some(&quote) => at += 2,
            byte if *byte == quote => return Some(at + 1),
            _ => at += 1,
        }
    }
}

/// The end of a comment; comments nest.
fn end_of_comment(bytes: &[u8], from: usize) -> Option<usize> {
    let (mut at, mut depth) = (from, 0_usize);
    loop {
        match (bytes.get(at)?, bytes.get(at + 1)?) {
            (b'/', b'*') => (at, depth) = (at + 2, depth + 1),
            (b'*', b'/') if depth == 1 => return Some(at + 2),
            (b'*', b'/') => (at, depth) = (at + 2, depth - 1),
            _ => at += 1,
        }
    }
}

fn end_of_number(bytes: &[u8], from: usize) -> usize {
    let mut at = after(bytes, from, |byte| byte.is_ascii_digit() || byte == b'.');
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        let digits = at + 1 + usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
        let end = after(bytes, digits.min(bytes.len()), |byte| byte.is_ascii_digit());
        if end > digits {
            at = end;
        }
    }
    at
}

fn unfinished(what: &str, rest: &str) -> Failure {
    Failure::new(state::SYNTAX_ERROR, format!("{what} does not end: {}", clipped(rest)))
}

fn stray(rest: &str) -> Failure {
    Failure::new(state::SYNTAX_ERROR, format!("syntax error at or near \"{}\"", clipped(rest)))
}

/// As much of a text as an error quotes.
fn clipped(text: &str) -> &str {
    &text[..text.floor_char_boundary(20)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<Vec<String>> {
        let statements = Sql::statements(text).unwrap();
        statements.iter().map(|sql| (0..sql.tokens.len()).map(|index| sql.at(index).to_owned()).collect()).collect()
    }

    #[test]
    fn a_text_is_split_where_no_string_or_comment_is() {
        assert_eq!(
            all("SELECT 'a;''b' -- ;\n, \"c;d\"; /* ; /* ; */ */ ;INSERT INTO t VALUES ($1::int4, 1.5e-3);"),
            [
                vec!["SELECT", "'a;''b'", ",", "\"c;d\""],
                vec!["INSERT", "INTO", "t", "VALUES", "(", "$1", "::", "int4", ",", "1.5e-3", ")"],
            ]
        );
        assert_eq!(all(r"SELECT E'a\';', $q$;'$q$, цена"), [[r"SELECT", r"E'a\';'", ",", "$q$;'$q$", ",", "цена"]]);
        assert!(all(" ; -- nothing").is_empty());
    }

    #[test]
    fn what_does_not_end_is_a_syntax_error() {
        for bad in [
            "SELECT 'a",
            "SELECT \"a",
            "/* a",
            "SELECT $q$ a",
            "SELECT E'a\\'",
            "SELECT \\",
            "SELECT @a",
            "a\0b",
            "SELECT $",
        ] {
            assert_eq!(Sql::statements(bad).unwrap_err().state, state::SYNTAX_ERROR, "{bad}");
        }
        for bad in ["SELECT $0", "SELECT $65536", "SELECT $99999999999"] {
            assert_eq!(Sql::statements(bad).unwrap_err().state, state::UNDEFINED_PARAMETER, "{bad}");
        }
    }

    #[test]
    fn a_statement_is_of_a_kind() {
        for (text, verb) in [
            ("select 1", Verb::Select),
            ("WITH a AS (SELECT 1) INSERT INTO t SELECT * FROM a", Verb::Insert),
            ("WITH a AS (SELECT 1) SELECT * FROM a", Verb::Select),
            ("start transaction", Verb::Begin),
            ("END", Verb::Commit),
            ("ROLLBACK TO SAVEPOINT a", Verb::Savepoint),
            ("ROLLBACK WORK", Verb::Rollback),
            ("UNLISTEN *", Verb::Set),
            ("COPY t FROM STDIN", Verb::Other),
        ] {
            assert_eq!(Sql::statements(text).unwrap()[0].verb(), verb, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,40}|['\"$/*;eE\\\\0-9. \n-]{0,20}") {
            let _ = Sql::statements(&text);
        }
    }
}
