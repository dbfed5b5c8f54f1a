//! Sizes: how large pages are.

use std::fmt;
use std::str::FromStr;

use super::target::Target;
use super::text::{Invalid, deserialize_from_words};

/// The largest page, in bytes.
const LARGEST: u64 = 1_000_000_000_000;

/// The units of a size, the longest names first.
const UNITS: [(&str, u64); 7] = [
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
    ("KB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("B", 1),
];

/// How large one page is, or all pages that no other rule names. Written `3:64MB` or `64MB`. A page is never smaller than
/// its cars need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "files", derive(serde::Deserialize), serde(try_from = "String"))]
pub struct SizeRule {
    /// The page; `None` for all that no other rule names.
    pub page: Option<u32>,
    /// Its size in bytes.
    pub bytes: u64,
}

impl FromStr for SizeRule {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let Some((target, size)) = text.split_once(':') else { return Ok(Self { page: None, bytes: bytes(text)? }) };
        match target.parse()? {
            Target::Page(page) => Ok(Self { page: Some(page), bytes: bytes(size)? }),
            Target::Car(_) => Err(Invalid::new("a size is one of listing pages: write it like 3:64MB")),
        }
    }
}

impl fmt::Display for SizeRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = |&&(_, unit): &&(&str, u64)| self.bytes.is_multiple_of(unit);
        let (name, unit) = UNITS[3..].iter().filter(whole).max_by_key(|(_, unit)| *unit).unwrap_or(&("B", 1));
        if let Some(page) = self.page {
            write!(f, "{page}:")?;
        }
        write!(f, "{}{name}", self.bytes / unit)
    }
}

deserialize_from_words!(SizeRule);

/// A size as people write it: `64MB`, `100 KiB`, `512B`.
///
/// # Errors
/// When it is written otherwise, or is too large.
pub fn bytes(text: &str) -> Result<u64, Invalid> {
    let unknown = || Invalid(format!("'{text}' is no size: write it like 300KB or 64MB"));
    let size = text.trim();
    let (number, unit) =
        UNITS.iter().find_map(|(name, unit)| Some((size.strip_suffix(name)?, *unit))).ok_or_else(unknown)?;
    let number: u64 = number.trim_end().parse().map_err(|_| unknown())?;
    let bytes = number.checked_mul(unit).filter(|bytes| *bytes <= LARGEST);
    bytes.ok_or_else(|| Invalid(format!("'{text}' is more than 1000GB")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_written_with_its_unit() {
        for (text, size) in
            [("64MB", 64_000_000), ("1GB", 1_000_000_000), ("2 MiB", 2 << 20), ("0B", 0), ("7KB", 7_000)]
        {
            assert_eq!(bytes(text), Ok(size), "{text}");
        }
        for wrong in ["", "64", "MB", "-1MB", "1.5MB", "64mb", "1TB"] {
            assert_eq!(
                bytes(wrong).unwrap_err().to_string(),
                format!("'{wrong}' is no size: write it like 300KB or 64MB")
            );
        }
        for large in ["1001GB", "18446744073709551615GB"] {
            assert_eq!(bytes(large).unwrap_err().to_string(), format!("'{large}' is more than 1000GB"));
        }
    }

    #[test]
    fn a_rule_is_for_one_page_or_for_the_others() {
        for (text, page) in [("64MB", None), ("3:64MB", Some(3)), ("7B", None), ("2:1500KB", Some(2))] {
            let rule: SizeRule = text.parse().unwrap();
            assert_eq!((rule.page, rule.to_string().as_str()), (page, text));
        }
        for wrong in ["0:1MB", "details/7:1MB", "3:", ":1MB"] {
            assert!(wrong.parse::<SizeRule>().is_err(), "{wrong}");
        }
    }
}
