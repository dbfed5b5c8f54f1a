//! Targets: what can be requested, held, delayed, failed and counted.

use std::fmt;
use std::str::FromStr;

use super::text::{Invalid, whole_number};

/// A listing page or a car's details page. Written `3` or `details/1234`, as in its URL.
///
/// Targets are ordered: listing pages by number, then cars by id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// A page of the listing, by its number from 1.
    Page(u32),
    /// The details page of a car, by the car's id.
    Car(u32),
}

impl Target {
    /// The number of the listing page, if it is one.
    pub fn page(self) -> Option<u32> {
        match self {
            Self::Page(page) => Some(page),
            Self::Car(_) => None,
        }
    }

    /// The id of the car, if it is a car's details page.
    pub fn car(self) -> Option<u32> {
        match self {
            Self::Page(_) => None,
            Self::Car(id) => Some(id),
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Page(page) => write!(f, "{page}"),
            Self::Car(id) => write!(f, "details/{id}"),
        }
    }
}

impl FromStr for Target {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        if let Some(id) = text.strip_prefix("details/") {
            return whole_number(id).map(Self::Car);
        }
        match text.parse() {
            Ok(0) => Err(Invalid::new("pages are numbered from 1, so there is no page 0")),
            Ok(page) => Ok(Self::Page(page)),
            Err(_) => {
                Err(Invalid(format!("'{text}' is neither a page's number nor a car's page: write 3 or details/1234")))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_written_as_in_its_url() {
        for (text, target) in
            [("3", Target::Page(3)), ("details/1234", Target::Car(1234)), ("details/0", Target::Car(0))]
        {
            assert_eq!((text.parse(), target.to_string().as_str()), (Ok(target), text));
        }
        for bad in ["", "0", "-1", "details", "details/", "details/x", "page/3", "4294967296", "details/4294967296"] {
            assert!(bad.parse::<Target>().is_err(), "{bad}");
        }
        assert!(Target::Page(u32::MAX) < Target::Car(0));
    }
}
