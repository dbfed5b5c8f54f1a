//! What a program prints: its lines, and its beginning and end to be shown.

use std::collections::VecDeque;

use tokio::io::{AsyncRead, AsyncReadExt};

/// As much as a pipe holds by default; more is never there at once.
const PIECE: usize = 64 << 10;
/// How much of a line is kept, in bytes.
const LONGEST_LINE: usize = 64 << 10;

/// What is kept of an output, and how much there was.
#[derive(Clone, Debug, Default)]
pub struct Captured {
    /// All of it, or its beginning if there was too much. What is no UTF-8 is replaced.
    pub beginning: String,
    /// Its end, if there was too much to keep all.
    pub end: String,
    /// How many bytes there were in all.
    pub bytes: u64,
    /// How many lines had nothing in them.
    pub blank_lines: u64,
}

/// An output that is being read.
pub struct Output<Pipe> {
    /// `None` once it has ended.
    pipe: Option<Pipe>,
    piece: Box<[u8]>,
    /// How many bytes are kept at the beginning, and as many at the end.
    kept: usize,
    beginning: Vec<u8>,
    end: VecDeque<u8>,
    bytes: u64,
    blank_lines: u64,
    /// Which lines are of interest. The others are dropped where they are found: there may be millions.
    is_wanted: fn(&[u8]) -> bool,
    /// The line that has not ended yet, as far as it is kept.
    unfinished: Vec<u8>,
    lines: VecDeque<String>,
}

impl<Pipe: AsyncRead + Unpin> Output<Pipe> {
    /// An output of which so many bytes are kept at the beginning and at the end, and those lines that `is_wanted` says.
    pub fn new(pipe: Option<Pipe>, kept: usize, is_wanted: fn(&[u8]) -> bool) -> Self {
        Self {
            pipe,
            piece: vec![0; PIECE].into(),
            kept,
            beginning: Vec::new(),
            end: VecDeque::new(),
            bytes: 0,
            blank_lines: 0,
            is_wanted,
            unfinished: Vec::new(),
            lines: VecDeque::new(),
        }
    }

    /// Whether more can come.
    pub fn is_open(&self) -> bool {
        self.pipe.is_some()
    }

    /// How many bytes have come.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// What has been kept.
    pub fn captured(&self) -> Captured {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let (front, back) = self.end.as_slices();
        Captured {
            beginning: text(&self.beginning),
            end: text(&[front, back].concat()),
            bytes: self.bytes,
            blank_lines: self.blank_lines,
        }
    }

    /// Reads what comes next; pending for ever once it has ended. Cancel safe.
    pub async fn read(&mut self) {
        let Some(pipe) = &mut self.pipe else { return std::future::pending().await };
        match pipe.read(&mut self.piece).await {
            Ok(length @ 1..) => {
                self.keep(length);
                self.find_lines(length);
            }
            // What can't be read has ended, for the reader.
            Ok(0) | Err(_) => self.pipe = None,
        }
    }

    /// Keeps the first `length` bytes of the piece to be shown, as far as there is room.
    fn keep(&mut self, length: usize) {
        self.bytes += length as u64;
        let (first, rest) = self.piece[..length].split_at(length.min(self.kept - self.beginning.len()));
        self.beginning.extend_from_slice(first);
        let rest = &rest[rest.len().saturating_sub(self.kept)..];
        let too_many = (self.end.len() + rest.len()).saturating_sub(self.kept);
        self.end.drain(..too_many);
        self.end.extend(rest);
    }

    fn find_lines(&mut self, length: usize) {
        let mut pieces = self.piece[..length].split(|byte| *byte == b'\n').peekable();
        while let Some(piece) = pieces.next() {
            let is_whole = pieces.peek().is_some();
            // Most lines, without a copy.
            let line = if is_whole && self.unfinished.is_empty() {
                piece
            } else {
                let room = LONGEST_LINE - self.unfinished.len();
                self.unfinished.extend_from_slice(&piece[..piece.len().min(room)]);
                &self.unfinished
            };
            if is_whole {
                self.blank_lines += u64::from(matches!(line, b"" | b"\r"));
                self.lines.extend(wanted(line, self.is_wanted));
                self.unfinished.clear();
            }
        }
    }

    /// The next wanted line, without its end.
    pub fn line(&mut self) -> Option<String> {
        self.lines.pop_front()
    }

    /// What stands after the last line's end, if it is wanted.
    pub fn rest(&mut self) -> Option<String> {
        let rest = std::mem::take(&mut self.unfinished);
        if rest.is_empty() { None } else { wanted(&rest, self.is_wanted) }
    }
}

fn wanted(bytes: &[u8], is_wanted: fn(&[u8]) -> bool) -> Option<String> {
    let bytes = &bytes[..bytes.len().min(LONGEST_LINE)];
    let bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
    is_wanted(bytes).then(|| String::from_utf8_lossy(bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read(output: &mut Output<&[u8]>) -> Vec<String> {
        while output.is_open() {
            output.read().await;
        }
        let mut lines: Vec<String> = std::iter::from_fn(|| output.line()).collect();
        lines.extend(output.rest());
        lines
    }

    #[tokio::test]
    async fn lines_are_read_to_the_end_whatever_is_kept() {
        let text = format!("first\n{}last\nrest", "<p>filler</p>\n".repeat(50_000));
        let mut output = Output::new(Some(text.as_bytes()), 10, |line| !line.starts_with(b"<p>"));
        assert_eq!(read(&mut output).await, ["first", "last", "rest"]);
        let Captured { beginning, end, bytes, blank_lines: 0 } = output.captured() else { panic!("no line is blank") };
        assert_eq!(
            (beginning.as_str(), end.as_str(), bytes),
            ("first\n<p>f", ">\nlast\nrest"[1..].into(), text.len() as u64)
        );
    }

    #[tokio::test]
    async fn blank_lines_are_counted() {
        let mut output = Output::new(Some(&b"\n\r\none\n\n \nrest"[..]), 10, |line| !line.is_empty());
        assert_eq!(read(&mut output).await, ["one", " ", "rest"]);
        assert_eq!(output.captured().blank_lines, 3);
    }

    #[tokio::test]
    async fn a_long_line_is_cut_and_the_next_one_is_whole() {
        let text = format!("{}\nnext\n", "long".repeat(100_000));
        let lines = read(&mut Output::new(Some(text.as_bytes()), 10, |_| true)).await;
        assert_eq!((lines[0].len(), lines[1].as_str()), (LONGEST_LINE, "next"));
    }
}
