//! What a page's body holds: its HTML, and filler where the page is to be larger. The filler is made as it is taken, so
//! that a page of any size needs no memory.

use std::ops::Range;

use hyper::body::Bytes;

/// A line of filler, and how many are made at a time.
const LINE: usize = 64;
const BLOCK: usize = 1024 * LINE;

/// The body of an answer, or what is left of it.
#[derive(Clone, Debug)]
pub struct Content {
    head: Bytes,
    /// Which bytes of the filler follow.
    filler: Range<u64>,
    tail: Bytes,
}

impl From<Bytes> for Content {
    fn from(head: Bytes) -> Self {
        Self { head, filler: 0..0, tail: Bytes::new() }
    }
}

impl Content {
    /// A page that is made at least `size` bytes large by filler at the end of what it shows.
    pub(crate) fn grown(html: Bytes, size: u64) -> Self {
        let missing = size.saturating_sub(html.len() as u64);
        if missing == 0 {
            return html.into();
        }
        let end = html.windows(7).rposition(|words| words == b"</main>").unwrap_or(html.len());
        let lines = missing / LINE as u64 * LINE as u64;
        // What is too short for a line.
        let mut tail = vec![b'\n'; usize::try_from(missing - lines).unwrap_or_default()];
        tail.extend_from_slice(&html[end..]);
        Self { head: html.slice(..end), filler: 0..lines, tail: tail.into() }
    }

    /// How many bytes there are.
    pub fn len(&self) -> u64 {
        self.head.len() as u64 + (self.filler.end - self.filler.start) + self.tail.len() as u64
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Takes the next bytes: at most so many, and none only if there are none.
    pub fn take(&mut self, most: u64) -> Bytes {
        let of = |bytes: &mut Bytes| bytes.split_to(usize::try_from(most).unwrap_or(usize::MAX).min(bytes.len()));
        if !self.head.is_empty() {
            return of(&mut self.head);
        }
        if self.filler.is_empty() {
            return of(&mut self.tail);
        }
        let start = self.filler.start;
        let number = start / BLOCK as u64;
        let block = number * BLOCK as u64;
        let end = self.filler.end.min(block + BLOCK as u64).min(start.saturating_add(most));
        self.filler.start = end;
        let place = |position: u64| usize::try_from(position - block).unwrap_or(BLOCK);
        filler(number).slice(place(start)..place(end))
    }
}

/// A block of filler. Its first line has its number, so that no two are the same.
fn filler(number: u64) -> Bytes {
    let line = |number: u64| format!("<p class=\"filler\">{number:041}</p>\n");
    let mut block = line(0).repeat(BLOCK / LINE).into_bytes();
    block[..LINE].copy_from_slice(line(number).as_bytes());
    block.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(mut content: Content, most: u64) -> Vec<u8> {
        let mut bytes = Vec::new();
        while !content.is_empty() {
            let piece = content.take(most);
            assert!(!piece.is_empty() && piece.len() as u64 <= most);
            bytes.extend_from_slice(&piece);
        }
        bytes
    }

    #[test]
    fn a_page_grows_within_itself() {
        const PAGE: &str = "<main>cars</main></html>\n";
        assert_eq!(filler(12).len(), BLOCK);
        for size in [0, 25, 26, 1_000, 200_000] {
            let content = Content::grown(PAGE.into(), size);
            assert_eq!(content.len(), size.max(PAGE.len() as u64));
            let text = String::from_utf8(all(content.clone(), u64::MAX)).unwrap();
            assert!(text.starts_with("<main>cars") && text.ends_with("</main></html>\n"), "{text}");
            assert_eq!(text.as_bytes(), all(content, 777));
        }
    }
}
