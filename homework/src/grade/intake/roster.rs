//! The class, as its teacher lists it: a CSV file with a line for each learner.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use console::Lang;
use csv::{ErrorKind, Position, ReaderBuilder, StringRecord, Trim};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;

use super::{name, repository};

/// The columns that a roster can have.
const COLUMNS: [&str; 5] = ["learner", "path", "time", "group", "lang"];

/// A learner of the class.
#[derive(Debug, PartialEq, Eq)]
pub struct Row {
    /// The learner's name, as it is written.
    pub name: String,
    /// Where the answers are, if that is told.
    pub place: Option<Place>,
    /// When they were handed in.
    pub time: Option<Timestamp>,
    /// The learner's group.
    pub group: Option<String>,
    /// The learner's language.
    pub lang: Option<Lang>,
}

/// Where a learner's answers are.
#[derive(Debug, PartialEq, Eq)]
pub enum Place {
    /// At a path in the folder, without `..`.
    Path(PathBuf),
    /// In a git repository.
    Repository(String),
}

/// Reads a roster.
///
/// # Errors
/// One line with the file, the line in it, and what is wrong.
pub fn read(path: &Path) -> Result<Vec<Row>, String> {
    let bytes = fs::read(path).map_err(|why| format!("{} can't be read: {why}", path.display()))?;
    parse(&bytes, &path.display().to_string())
}

fn parse(bytes: &[u8], file: &str) -> Result<Vec<Row>, String> {
    let broken = |why: csv::Error| {
        let line = why.position().map(|at| format!(", line {}", line_at(bytes, at))).unwrap_or_default();
        let why = match why.kind() {
            ErrorKind::UnequalLengths { expected_len, len, .. } => {
                format!(
                    "{len} columns instead of {expected_len}; a comma inside of a column needs \"quotes\" around it"
                )
            }
            ErrorKind::Utf8 { .. } => "this is not UTF-8: save it as \"CSV UTF-8\"".to_owned(),
            _ => why.to_string(),
        };
        format!("{file}{line}: {why}")
    };
    let mut reader = ReaderBuilder::new().trim(Trim::All).from_reader(bytes);
    let columns = columns(reader.headers().map_err(broken)?, file)?;
    let mut rows: Vec<Row> = Vec::new();
    let mut positions: HashMap<String, Position> = HashMap::new();
    for record in reader.records() {
        let record = record.map_err(broken)?;
        let position = record.position().cloned().unwrap_or_else(Position::new);
        let row = row(&record, &columns).map_err(|why| format!("{file}, line {}: {why}", line_at(bytes, &position)))?;
        if let Some(first) = positions.insert(row.name.clone(), position.clone()) {
            let [first, second] = [first, position].map(|position| line_at(bytes, &position));
            let name = name::shown(&row.name);
            return Err(format!("{file}, lines {first} and {second}: {name} is there twice: tell the two apart"));
        }
        rows.push(row);
    }
    if rows.is_empty() { Err(format!("{file} lists no learner")) } else { Ok(rows) }
}

/// The number of the line that a record begins in: its position may be that of empty lines before it.
fn line_at(bytes: &[u8], position: &Position) -> usize {
    let at = usize::try_from(position.byte()).unwrap_or(usize::MAX).min(bytes.len());
    let is_end = |byte: &&u8| matches!(**byte, b'\r' | b'\n');
    let skipped = bytes[at..].iter().take_while(is_end).count();
    bytes[..at + skipped].split(|byte| *byte == b'\n').count()
}

/// Which of the known columns is where.
fn columns(header: &StringRecord, file: &str) -> Result<Vec<&'static str>, String> {
    let mut columns = Vec::new();
    for text in header {
        let Some(column) = COLUMNS.into_iter().find(|column| column.eq_ignore_ascii_case(text)) else {
            let (text, known) = (name::shown(text), COLUMNS.join(","));
            return Err(format!("{file}, line 1: '{text}' is no column's name: there are {known}, between commas"));
        };
        if columns.contains(&column) {
            return Err(format!("{file}, line 1: the column {column} is there twice"));
        }
        columns.push(column);
    }
    if columns.contains(&"learner") {
        Ok(columns)
    } else {
        Err(format!("{file}, line 1: the column learner is missing: the first line names the columns"))
    }
}

fn row(record: &StringRecord, columns: &[&str]) -> Result<Row, String> {
    let text = |column: &str| {
        let at = columns.iter().position(|other| *other == column)?;
        record.get(at).filter(|text| !text.is_empty())
    };
    Ok(Row {
        name: text("learner").ok_or("the learner's name is missing")?.to_owned(),
        place: text("path").map(place).transpose()?,
        time: text("time").map(time).transpose()?,
        group: text("group").map(name::shown),
        lang: text("lang").map(str::parse).transpose().map_err(|_| "the lang is neither en nor ru")?,
    })
}

fn place(text: &str) -> Result<Place, String> {
    let is_repository = text.contains("://") || text.strip_suffix(".git").is_some();
    if is_repository && (repository::is_elsewhere(text) || Path::new(text).is_absolute()) {
        return Ok(Place::Repository(text.to_owned()));
    }
    let steps = text.split('/').filter(|step| !step.is_empty() && *step != ".");
    let leads_elsewhere = |step: &str| step == ".." || step.contains(char::is_control);
    let path: PathBuf = steps.clone().collect();
    if text.starts_with('/') || steps.clone().any(leads_elsewhere) || path.as_os_str().is_empty() {
        let text = name::shown(text);
        return Err(format!("the path {text} leads elsewhere: it should be that of something in the folder"));
    }
    Ok(if is_repository { Place::Repository(text.to_owned()) } else { Place::Path(path) })
}

/// A time in RFC 3339's format. Without a zone it is UTC.
fn time(text: &str) -> Result<Timestamp, String> {
    let local = |text: &str| text.parse::<DateTime>().ok().and_then(|time| Offset::UTC.to_timestamp(time).ok());
    // A day alone would be its first moment, which nobody means by it; a zone's name would be passed over.
    let is_time = text.contains(':') && !text.contains('[');
    let time = is_time.then(|| text.parse().ok().or_else(|| local(text))).flatten();
    time.ok_or_else(|| format!("the time {} is not written as 2026-11-25T23:59:00+03:00", name::shown(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<Vec<Row>, String> {
        parse(text.as_bytes(), "r.csv")
    }

    #[test]
    fn only_the_learner_is_needed() {
        let row = |name: &str| Row { name: name.to_owned(), place: None, time: None, group: None, lang: None };
        assert_eq!(parsed("\u{feff}learner\r\nAnna\r\n\"Ben, B.\"\r\n"), Ok(vec![row("Anna"), row("Ben, B.")]));
        assert_eq!(parsed("learner,path,time,group,lang\n Anna ,,,,\n"), Ok(vec![row("Anna")]));
        let all = Row {
            place: Some(Place::Path("1/anna.zip".into())),
            time: "2026-11-25T20:59:00Z".parse().ok(),
            group: Some("A\\u{202e}".to_owned()),
            lang: Some(Lang::Ru),
            ..row("Анна")
        };
        let text = "Lang,group,TIME,path,learner\nru,A\u{202e},2026-11-25T23:59:00+03:00,./1//anna.zip,Анна\n";
        assert_eq!(parsed(text), Ok(vec![all]));
    }

    #[test]
    fn names_that_differ_a_little_are_two_learners() {
        let rows = parsed("learner\nAnna\nanna\nй\nи\u{306}\n").unwrap();
        assert_eq!(rows.len(), 4);
    }

    #[test]
    fn a_time_without_a_zone_is_utc() {
        let expected = "2026-11-25T23:59:00Z".parse::<Timestamp>().unwrap();
        for text in ["2026-11-25T23:59:00Z", "2026-11-25 23:59", "2026-11-25T23:59:00", "2026-11-26 02:59:00+03:00"] {
            assert_eq!(time(text), Ok(expected), "{text}");
        }
        for text in ["2026-11-25", "25.11.2026 23:59", "23:59", "2026-02-30 23:59", "2026-11-25T23:59[Europe/Moscow]"] {
            let why = format!("the time {text} is not written as 2026-11-25T23:59:00+03:00");
            assert_eq!(time(text), Err(why));
        }
    }

    #[test]
    fn a_path_stays_in_the_folder() {
        for text in ["..", "../x", "../x.git", "a/../../x", "/etc", "/", ".", "a\u{0}"] {
            assert!(place(text).unwrap_err().starts_with("the path "), "{text}");
        }
        assert_eq!(place("a/./b/"), Ok(Place::Path("a/b".into())));
        for text in
            ["https://example.org/anna", "file:///x/y.git", "git@example.org:anna/x.git", "/srv/x.git", "a/.git"]
        {
            assert_eq!(place(text), Ok(Place::Repository(text.to_owned())));
        }
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        for (text, why) in [
            ("", ", line 1: the column learner is missing: the first line names the columns"),
            ("path\nx\n", ", line 1: the column learner is missing: the first line names the columns"),
            (
                "learner;path\nAnna;x\n",
                ", line 1: 'learner;path' is no column's name: there are learner,path,time,group,lang, between commas",
            ),
            ("learner,learner\nx,y\n", ", line 1: the column learner is there twice"),
            ("learner\n", " lists no learner"),
            ("learner,path\nAnna,x\n,y\n", ", line 3: the learner's name is missing"),
            ("learner\nAnna\nBen\n\nAnna\n", ", lines 2 and 5: Anna is there twice: tell the two apart"),
            ("\u{feff}learner\r\nA\r\n\r\nA\r\n", ", lines 2 and 4: A is there twice: tell the two apart"),
            ("learner,group\nA,\"1\n2\"\nA,", ", lines 2 and 4: A is there twice: tell the two apart"),
            ("learner,lang\nAnna,de\n", ", line 2: the lang is neither en nor ru"),
            (
                "learner,group\nAnna\n",
                ", line 2: 1 columns instead of 2; a comma inside of a column needs \"quotes\" around it",
            ),
        ] {
            assert_eq!(parsed(text), Err(format!("r.csv{why}")), "{text}");
        }
        let why = parse(b"learner\nAnna\n\xc0\xed\xed\xe0\n", "r.csv").unwrap_err();
        assert_eq!(why, "r.csv, line 3: this is not UTF-8: save it as \"CSV UTF-8\"");
        let why = read(Path::new("/no/r.csv")).unwrap_err();
        assert!(why.starts_with("/no/r.csv can't be read: "), "{why}");
    }
}
