//! Learners' names: shown, compared, as names of files.

use std::collections::{HashMap, HashSet};
use std::fmt::Write;

use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;

/// The most bytes of a file's name, which others are added to: most systems end at 255.
const LONGEST: usize = 100;

/// How many of a hash's digits tell two files apart.
const DIGITS: usize = 8;

/// A text that strangers wrote as it is shown, in one line: what would not be seen, or move other characters, is
/// written as `\u{202e}`.
pub fn shown(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        let is_mark =
            matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if c.is_control() || is_mark || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}') {
            shown.extend(c.escape_unicode());
        } else {
            shown.push(c);
        }
    }
    shown
}

/// Whether two names are the same letters, however their accents are written.
pub fn is_same(one: &str, other: &str) -> bool {
    one.nfc().eq(other.nfc())
}

/// A learner's name as that of a file, which every system can have.
///
/// Letters and digits of any alphabet, spaces, `-`, `_` and `.` are kept. A name that had others, or was too long, ends
/// with a part of its hash, as do names that look as if they did.
pub fn file_name(learner: &str) -> String {
    let is_kept = |c: char| c.is_alphanumeric() || " -_.".contains(c);
    let mut name: String = learner.nfc().map(|c| if is_kept(c) { c } else { '_' }).collect();
    // Windows takes these off.
    let end = name.trim_end_matches([' ', '.']).len();
    name.truncate(end);
    if name.starts_with('.') {
        name.replace_range(..1, "_");
    }
    if name.is_empty() || is_reserved(&name) {
        name.insert(0, '_');
    }
    let is_as_given = name == learner && name.len() <= LONGEST && !ends_like_hash(&name);
    if is_as_given { name } else { with_hash(&name, learner) }
}

/// The names of learners' files, in the learners' order: each has its own, even where case makes no difference.
pub fn file_names<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let all: Vec<_> = names.map(|learner| (learner, file_name(learner))).collect();
    let mut count: HashMap<String, usize> = HashMap::new();
    for (_, name) in &all {
        *count.entry(folded(name)).or_default() += 1;
    }
    let mut taken = HashSet::new();
    let free = |(learner, name): (&str, String)| {
        let is_alone = count.get(&folded(&name)) == Some(&1);
        let name = if is_alone || ends_like_hash(&name) { name } else { with_hash(&name, learner) };
        // Two parts of hashes can be the same, too.
        let numbered = (2_usize..).map(|number| format!("{name}-{number}"));
        let free = [name.clone()].into_iter().chain(numbered).find(|name| taken.insert(folded(name)));
        free.unwrap_or(name)
    };
    all.into_iter().map(free).collect()
}

/// The SHA-256 of bytes, in hexadecimal digits.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut digits, byte| {
        // To write to a string does not fail.
        let _ = write!(digits, "{byte:02x}");
        digits
    })
}

fn with_hash(name: &str, learner: &str) -> String {
    let hash = sha256(learner.as_bytes());
    let end = name.floor_char_boundary(LONGEST - DIGITS - 1);
    format!("{}-{}", &name[..end], &hash[..DIGITS])
}

fn ends_like_hash(name: &str) -> bool {
    name.rsplit_once('-').is_some_and(|(_, end)| end.len() == DIGITS && end.chars().all(|c| c.is_ascii_hexdigit()))
}

/// A name without the differences that some file systems don't see.
fn folded(name: &str) -> String {
    name.to_uppercase().to_lowercase().nfc().collect()
}

/// Whether the class's own file has this name, or Windows takes it for a device, whatever follows the first dot.
fn is_reserved(name: &str) -> bool {
    if folded(name) == "class" {
        return true;
    }
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_uppercase();
    let port = stem.strip_prefix("COM").or_else(|| stem.strip_prefix("LPT"));
    let is_port =
        port.is_some_and(|rest| rest.chars().count() == 1 && rest.chars().all(|c| "0123456789¹²³".contains(c)));
    is_port || ["CON", "PRN", "AUX", "NUL"].contains(&stem.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_any_alphabet_are_kept() {
        for name in ["anna", "Анна Йелкина", "王小明", "Anne-Marie_2.b", "عمر", "i-12345678x"] {
            assert_eq!(file_name(name), name);
        }
    }

    #[test]
    fn a_changed_name_ends_with_a_hash() {
        for (name, begin) in [
            ("", "_-"),
            ("..", "_-"),
            (".ssh", "_ssh-"),
            ("../etc/passwd", "_._etc_passwd-"),
            ("C:\\x", "C__x-"),
            ("a\u{202e}b\n", "a_b_-"),
            ("anna.", "anna-"),
            ("con", "_con-"),
            ("NUL.txt", "_NUL.txt-"),
            ("COM1", "_COM1-"),
            ("lpt³.x", "_lpt³.x-"),
            ("i-12345678", "i-12345678-"),
            // The accent apart from its letter.
            ("и\u{306}", "й-"),
        ] {
            let file = file_name(name);
            assert!(file.starts_with(begin) && file.len() == begin.len() + DIGITS, "{name:?}: {file}");
        }
        assert_eq!(file_name("CONRAD COM LPT10"), "CONRAD COM LPT10");
    }

    #[test]
    fn a_long_name_is_cut_between_characters() {
        let names = ["я".repeat(50), "я".repeat(51), "x".repeat(99) + "я", ".".repeat(1000), "x/".repeat(500)];
        let files = names.each_ref().map(|name| file_name(name));
        assert_eq!(files[0], names[0]);
        assert!(files.iter().all(|file| file.len() <= LONGEST && !file.starts_with('.')), "{files:?}");
        assert!(files[1].starts_with(&"я".repeat(45)), "{files:?}");
    }

    #[test]
    fn no_two_learners_share_a_file() {
        let stolen = file_name("a/b");
        let names =
            ["Anna", "anna", "ANNA", "Ben", "a/b", "a:b", &stolen, "й", "и\u{306}", "Straße", "STRASSE", "x", "x"];
        let files = file_names(names.into_iter());
        let folded: HashSet<_> = files.iter().map(|file| folded(file)).collect();
        assert_eq!(folded.len(), names.len(), "{files:?}");
        assert_eq!([&files[3], &files[4]], ["Ben", &stolen]);
        // Whoever else is there, and in whatever order.
        let reversed = file_names(names[..3].iter().rev().copied());
        assert!(reversed.iter().rev().eq(&files[..3]), "{reversed:?} {files:?}");
    }

    #[test]
    fn what_would_not_be_seen_is_written_out() {
        assert_eq!(shown("Анна \u{1b}[2J\u{202e}b\n\u{2028}"), "Анна \\u{1b}[2J\\u{202e}b\\u{a}\\u{2028}");
        assert!(is_same("й", "и\u{306}") && !is_same("й", "и"));
    }
}
