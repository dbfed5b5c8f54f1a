//! The line that a program prints about a page.

use std::fmt;

use anstream::adapter::strip_str;

/// A line about a page that was answered: `Page: 3 Status: 200`, or with the first car's price in dollars
/// `Page: 3 Status: 200 Price: 9050`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageLine {
    /// The page's number.
    pub page: u32,
    /// The status of its answer.
    pub status: u16,
    /// The price of the first car on it, where the line tells it.
    pub price: Option<u32>,
}

impl PageLine {
    /// Reads a line that looks on a terminal exactly as the course writes it. Escape sequences, a byte order mark and
    /// white space at the ends are not seen there.
    pub fn read(line: &str) -> Option<Self> {
        let line = visible(line);
        let (page, rest) = line.strip_prefix("Page: ")?.split_once(" Status: ")?;
        let (status, price) = match rest.split_once(" Price: ") {
            Some((status, price)) => (status, Some(price.parse().ok()?)),
            None => (rest, None),
        };
        let read = Self { page: page.parse().ok()?, status: status.parse().ok()?, price };
        // Rust's numbers may have a sign and leading zeros, these may not.
        (read.to_string() == line).then_some(read)
    }

    /// The lines in one that is nothing but several lines about pages, answered or not to be had, without anything between
    /// them; the line itself if it is anything else.
    pub fn apart(line: &str) -> Vec<String> {
        let whole = visible(line);
        let mut starts: Vec<usize> = whole.match_indices("Page: ").map(|(start, _)| start).collect();
        let has_one_at_its_start = starts.first() == Some(&0);
        starts.push(whole.len());
        let parts: Vec<&str> = starts.windows(2).map(|ends| &whole[ends[0]..ends[1]]).collect();
        let is_one = |part: &&str| Self::read(part).is_some() || Self::read_error(part).is_some();
        if has_one_at_its_start && parts.len() > 1 && parts.iter().all(is_one) {
            parts.into_iter().map(str::to_owned).collect()
        } else {
            vec![line.to_owned()]
        }
    }

    /// Reads a line about a page that could not be had, and why: `Page: 7 Error: timeout`.
    pub fn read_error(line: &str) -> Option<(u32, String)> {
        let line = visible(line);
        let (page, why) = line.strip_prefix("Page: ")?.split_once(" Error: ")?;
        let page: u32 = page.parse().ok()?;
        (format!("Page: {page} Error: {why}") == line).then(|| (page, why.to_owned()))
    }

    /// The page of a line that can only be meant as one of these, in the right form or not, such as `page 3, STATUS 200
    /// OK`: it begins with `page` and a number, and `status` comes later.
    pub fn is_meant(line: &str) -> Option<u32> {
        let line = visible(line).to_ascii_lowercase();
        let no_word = |c: char| !c.is_alphanumeric();
        let number = line.trim_start_matches(no_word).strip_prefix("page")?.trim_start_matches(no_word);
        let end = number.find(|c: char| !c.is_ascii_digit())?;
        let page = number[..end].parse().ok()?;
        number[end..].contains("status").then_some(page)
    }
}

/// The line as the course writes it.
impl fmt::Display for PageLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Page: {} Status: {}", self.page, self.status)?;
        self.price.map_or(Ok(()), |price| write!(f, " Price: {price}"))
    }
}

/// What a terminal shows of a line, without white space at its ends.
pub fn visible(line: &str) -> String {
    const BYTE_ORDER_MARK: char = '\u{feff}';
    let text = strip_str(line).to_string();
    text.trim_start_matches(|c: char| c == BYTE_ORDER_MARK || c.is_whitespace()).trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::PageLine;

    #[test]
    fn a_line_is_read_as_a_terminal_shows_it() {
        let read = |line: &str| PageLine::read(line).map(|read| (read.page, read.status, read.price));
        for line in [
            "Page: 3 Status: 200",
            "Page: 3 Status: 200\r",
            "  Page: 3 Status: 200 \t",
            "\u{feff}Page: 3 Status: 200",
            "\x1b[0m\u{feff}Page: 3 Status: 200",
            "\x1b[32mPage: 3 Status: \x1b[1;38;2;1;2;3m200\x1b[0m",
            "\r\x1b[KPage: 3 Status: 200",
            "\x1b]8;;http://localhost/\x1b\\Page: 3\x1b]8;;\x1b\\ Status: 200",
        ] {
            assert_eq!(read(line), Some((3, 200, None)), "{line:?}");
        }
        assert_eq!(read("\x1b[1mPage: 12\x1b[m Status: 500 Price: 9050 "), Some((12, 500, Some(9050))));
        for line in [
            "",
            "Page: 3",
            "Page: 3 Status: 200 OK",
            "Page: 3, Status: 200",
            "Page:3 Status:200",
            "page: 3 status: 200",
            "Page:  3 Status: 200",
            "Page: 03 Status: 200",
            "Page: +3 Status: 200",
            "Page: -3 Status: 200",
            "Page: 3 Status: 0200",
            "Page: 3 Status: 200 Price:",
            "Page: 3 Status: 200 Price: Some(9050)",
            "Page: 3 Status: 200 Price: 9,050",
            "Page: 4294967296 Status: 200",
            "\"Page: 3 Status: 200\"",
            "Page: 3\u{a0}Status: 200",
        ] {
            assert_eq!(read(line), None, "{line:?}");
        }
    }

    #[test]
    fn a_line_about_a_failure_is_read() {
        let read = |line: &str| PageLine::read_error(line);
        assert_eq!(read("\x1b[31mPage: 7 Error: timeout\x1b[m\r"), Some((7, "timeout".to_owned())));
        assert_eq!(read("Page: 12 Error: the body broke off"), Some((12, "the body broke off".to_owned())));
        for line in ["Page: 07 Error: timeout", "Page: 7 Error:", "page: 7 error: timeout", "Page: 7 Status: 200"] {
            assert_eq!(read(line), None, "{line}");
        }
    }

    #[test]
    fn several_on_a_line_are_told_apart() {
        for (line, parts) in [
            ("\x1b[1mPage: 3 Status: 200\x1b[mPage: 12 Status: 404\r", ["Page: 3 Status: 200", "Page: 12 Status: 404"]),
            (
                "Page: 3 Status: 200 Price: 9050Page: 4 Status: 200",
                ["Page: 3 Status: 200 Price: 9050", "Page: 4 Status: 200"],
            ),
            ("Page: 3 Error: timeoutPage: 4 Status: 200", ["Page: 3 Error: timeout", "Page: 4 Status: 200"]),
        ] {
            assert_eq!(PageLine::apart(line), parts, "{line:?}");
        }
        for line in [
            "",
            "Page: 3 Status: 200 ",
            "Page: 3 Status: 200, Page: 4 Status: 200",
            "Page: 3Page: 4 Status: 200",
            "a Page: 3 Status: 200Page: 4 Status: 200",
        ] {
            assert_eq!(PageLine::apart(line), [line]);
        }
    }

    #[test]
    fn what_is_meant_as_such_a_line_is_known() {
        for line in [
            "Page: 3 Status: 200",
            "page 3 status 200",
            "Page:3, Status:200",
            "PAGE 3: STATUS OK",
            "Page: 3 Status: 200 OK",
            "Page: 3 Status: asking...",
            "Page: 03 Status: 200",
            "Page: 3Status: 200",
            "Page #3 - status_code=200",
            "Page: 3 Status: 200 Price: Some(9050)",
            "\"Page: 3 Status: 200\"",
            "\x1b[31mPage\x1b[0m 3 Status 500",
            "\u{feff}Page: 3  Status: 200",
        ] {
            assert_eq!(PageLine::is_meant(line), Some(3), "{line:?}");
        }
        for line in [
            "",
            "Page",
            "Page: 3",
            "Page 3 took 0.2 s",
            "Pages to fetch: 10",
            "Pages: 10, status unknown",
            "Status of page 3: 200",
            "Fetching page 3, status unknown",
            "Page status: 200",
            "Page: three Status: 200",
            "Page: 4294967296 Status: 200",
            "Paged 3 status",
        ] {
            assert_eq!(PageLine::is_meant(line), None, "{line:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(page: u32, status: u16, price: Option<u32>) {
            let line = PageLine { page, status, price };
            prop_assert_eq!(PageLine::read(&line.to_string()), Some(line));
            prop_assert_eq!(PageLine::is_meant(&line.to_string()), Some(page));
        }

        #[test]
        fn any_text_can_be_asked_about(text: String, tail in "[pP]age.{0,12}") {
            let line = text + &tail;
            if let Some(read) = PageLine::read(&line) {
                prop_assert_eq!(PageLine::is_meant(&line), Some(read.page));
            }
            prop_assert!(!PageLine::apart(&line).is_empty());
        }
    }
}
