//! The name that a program gives itself in its URLs: `/as/NAME/…` is served exactly like `/…`.

use crate::listing::{DETAILS_PATH, LISTING_PATH};

const PREFIX: &str = "/as";
/// The longest name, in bytes.
const LONGEST: usize = 32;

/// Splits a path into the program's name, if it has one, and the path that the site knows. A path with a name that is
/// not allowed is left whole, and so is none of the site's.
pub fn split(path: &str) -> (Option<&str>, &str) {
    let named = || {
        let rest = path.strip_prefix(PREFIX)?.strip_prefix('/')?;
        let (name, _) = rest.split_once('/')?;
        is_name(name).then(|| (Some(name), &rest[name.len()..]))
    };
    named().unwrap_or((None, path))
}

fn is_name(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (1..=LONGEST).contains(&name.len()) && name.bytes().all(allowed)
}

/// A page whose links keep the name of the program that it is for.
pub fn with_links_of(name: &str, html: &str) -> String {
    [LISTING_PATH, DETAILS_PATH].iter().fold(html.to_owned(), |html, path| {
        html.replace(&format!("href=\"{path}"), &format!("href=\"{PREFIX}/{name}{path}"))
    })
}

/// The URL prefix of a program with this name, to which a page's number is appended. `authority` is the site's host and
/// port.
#[cfg(feature = "page")]
pub fn url_prefix(authority: impl std::fmt::Display, name: &str) -> String {
    crate::listing::url_prefix(format_args!("{authority}{PREFIX}/{name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_short_word() {
        assert_eq!(split("/as/lesson_03-b/search/all/"), (Some("lesson_03-b"), "/search/all/"));
        assert_eq!(split("/as/a/"), (Some("a"), "/"));
        let longest = format!("/as/{}/", "a".repeat(32));
        assert_eq!(split(&longest).1, "/");
        let longer = format!("/as/{}/", "a".repeat(33));
        for path in [
            "/",
            "/search/all/",
            "/as",
            "/as/",
            "/as/a",
            "/as//x",
            "/as/a.b/x",
            "/as/ё/x",
            "/as/a%20/x",
            "/asx/a/x",
            &longer,
        ] {
            assert_eq!(split(path), (None, path));
        }
        // A name within a name is part of the path, which the site does not know.
        assert_eq!(split("/as/a/as/b/search/all/"), (Some("a"), "/as/b/search/all/"));
    }

    #[test]
    fn only_links_to_pages_keep_the_name() {
        let html = "<a href=\"/\"> <a href=\"/search/all/?page=2\"> <a href=\"/details/7\"> /details/7";
        let expected = "<a href=\"/\"> <a href=\"/as/me/search/all/?page=2\"> <a href=\"/as/me/details/7\"> /details/7";
        assert_eq!(with_links_of("me", html), expected);
    }
}
