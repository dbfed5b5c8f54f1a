//! What a program prints: the first of it kept, the rest read and counted.

use tokio::io::{AsyncRead, AsyncReadExt};

/// As much as a pipe holds by default; more is never there at once.
const PIECE: usize = 64 << 10;

/// What is kept of an output, and how much there was.
#[derive(Clone, Debug, Default)]
pub struct Captured {
    /// The first of it. What is no UTF-8 is replaced.
    pub text: String,
    /// How many bytes there were in all.
    pub bytes: u64,
}

/// An output that is being read.
pub struct Output<Pipe> {
    /// None once it has ended.
    pipe: Option<Pipe>,
    piece: Box<[u8]>,
    captured: Captured,
    /// The bytes that may still be kept.
    room: usize,
    /// Whether there were more.
    cut: bool,
    /// The first bytes of a character whose others have not come yet.
    unfinished: Vec<u8>,
    /// How much of the text has been given as lines.
    told: usize,
}

impl<Pipe: AsyncRead + Unpin> Output<Pipe> {
    /// An output of which so many bytes are kept.
    pub fn new(pipe: Option<Pipe>, kept: usize) -> Self {
        let (piece, captured) = (vec![0; PIECE].into(), Captured::default());
        Self { pipe, piece, captured, room: kept, cut: false, unfinished: Vec::new(), told: 0 }
    }

    /// Whether more can come.
    pub fn is_open(&self) -> bool {
        self.pipe.is_some()
    }

    /// What has been kept.
    pub fn captured(&self) -> &Captured {
        &self.captured
    }

    /// Reads what comes next; pending for ever once it has ended. Cancel safe.
    pub async fn read(&mut self) {
        let Some(pipe) = &mut self.pipe else { return std::future::pending().await };
        match pipe.read(&mut self.piece).await {
            Ok(length @ 1..) => self.keep(length),
            // What can't be read has ended, for the reader.
            Ok(0) | Err(_) => self.pipe = None,
        }
    }

    /// Keeps the first `length` bytes of the piece, as far as there is room.
    fn keep(&mut self, length: usize) {
        self.captured.bytes += length as u64;
        let kept = length.min(self.room);
        self.room -= kept;
        self.cut |= kept < length;
        self.unfinished.extend_from_slice(&self.piece[..kept]);
        let bytes = std::mem::take(&mut self.unfinished);
        let mut chunks = bytes.utf8_chunks().peekable();
        while let Some(chunk) = chunks.next() {
            self.captured.text.push_str(chunk.valid());
            let invalid = chunk.invalid();
            let unfinished =
                chunks.peek().is_none() && str::from_utf8(invalid).is_err_and(|why| why.error_len().is_none());
            if unfinished {
                self.unfinished = invalid.to_vec();
            } else if !invalid.is_empty() {
                self.captured.text.push(char::REPLACEMENT_CHARACTER);
            }
        }
    }

    /// The next complete line, without its end.
    pub fn line(&mut self) -> Option<String> {
        let (line, _) = self.captured.text[self.told..].split_once('\n')?;
        self.told += line.len() + 1;
        Some(line.strip_suffix('\r').unwrap_or(line).to_owned())
    }

    /// What stands after the last line's end; nothing if it was cut off for want of room.
    pub fn rest(&mut self) -> Option<String> {
        if self.cut {
            return None;
        }
        if !std::mem::take(&mut self.unfinished).is_empty() {
            self.captured.text.push(char::REPLACEMENT_CHARACTER);
        }
        let rest = self.captured.text[self.told..].to_owned();
        self.told = self.captured.text.len();
        (!rest.is_empty()).then_some(rest)
    }
}
