//! The two directions of a connection: whole messages come in, pieces of answers go out.
//!
//! `pgwire` reads the messages' contents. It takes for granted that they are complete, so that is checked first.

use std::io;
use std::time::Duration;

use bytes::{Buf, BytesMut};
use pgwire::messages::cancel::CancelRequest;
use pgwire::messages::response::ErrorResponse;
use pgwire::messages::startup::{GssEncRequest, SslRequest, Startup};
use pgwire::messages::{DecodeContext, Message, PgWireBackendMessage, PgWireFrontendMessage};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::time::timeout;

use super::failure::{Failure, state};

/// The longest message that is read, in bytes.
const LONGEST: usize = 4 << 20;
/// The longest first message.
const LONGEST_HELLO: usize = 10_000;
/// How long the rest of a message may take to come, and a write to be taken.
const PATIENCE: Duration = Duration::from_secs(30);
/// How much is written at a time.
const PIECE: usize = 64 * 1024;

/// What a connection begins with.
#[derive(Debug)]
pub enum Hello {
    /// A question whether it may be encrypted, which is answered with 'no'; the next one follows.
    Encryption,
    Startup(Startup),
    Cancel(CancelRequest),
}

/// Why nothing more comes in.
#[derive(Debug)]
pub enum End {
    /// The client has closed the connection, or can't be reached.
    Gone,
    /// What it sent is no message of the protocol.
    Broken(Failure),
}

/// What a client sends.
#[derive(Debug)]
pub struct Incoming {
    stream: OwnedReadHalf,
    buffer: BytesMut,
    gone: bool,
}

impl Incoming {
    pub fn new(stream: OwnedReadHalf) -> Self {
        Self { stream, buffer: BytesMut::new(), gone: false }
    }

    /// Whether the client has closed the connection, as far as is known.
    pub fn is_gone(&mut self) -> bool {
        while !self.gone && self.buffer.len() < LONGEST {
            self.buffer.reserve(1024);
            match self.stream.try_read_buf(&mut self.buffer) {
                Ok(0) => self.gone = true,
                Ok(_) => {}
                Err(why) if why.kind() == io::ErrorKind::WouldBlock => break,
                Err(_) => self.gone = true,
            }
        }
        self.gone
    }

    /// Waits until the client closes the connection. What else it sends is kept.
    pub async fn closed(&mut self) {
        while !self.gone {
            if self.buffer.len() >= LONGEST {
                // It sends without waiting for answers; that it is gone will be seen when it is answered.
                std::future::pending::<()>().await;
            }
            self.read().await;
        }
    }

    async fn read(&mut self) {
        self.buffer.reserve(8 * 1024);
        match self.stream.read_buf(&mut self.buffer).await {
            Ok(0) | Err(_) => self.gone = true,
            Ok(_) => {}
        }
    }

    /// The first message.
    ///
    /// # Errors
    /// When the client goes, or sends something else.
    pub async fn hello(&mut self) -> Result<Hello, End> {
        loop {
            if let Some(length) = self.length(0, 8, LONGEST_HELLO)?
                && self.buffer.len() >= length
            {
                return hello(self.buffer.split_to(length));
            }
            self.more().await?;
        }
    }

    /// The next message.
    ///
    /// # Errors
    /// When the client goes, or sends something else.
    pub async fn next(&mut self) -> Result<PgWireFrontendMessage, End> {
        loop {
            if let Some(length) = self.length(1, 4, LONGEST)?
                && self.buffer.len() > length
            {
                let message = message(self.buffer.split_to(length + 1));
                if self.buffer.is_empty() && self.buffer.capacity() > PIECE {
                    // One long message is no reason to keep so much memory.
                    self.buffer = BytesMut::new();
                }
                return message;
            }
            self.more().await?;
        }
    }

    /// The length of the message that begins in the buffer, after `skipped` bytes, if it can be read yet.
    fn length(&self, skipped: usize, shortest: usize, longest: usize) -> Result<Option<usize>, End> {
        let Some(mut bytes) = self.buffer.get(skipped..skipped + 4) else { return Ok(None) };
        let length = usize::try_from(bytes.get_u32()).unwrap_or(usize::MAX);
        if length < shortest {
            return Err(broken("a message has an impossible length"));
        }
        if length > longest {
            let why = format!("a message of {length} bytes: {longest} are the most here");
            return Err(End::Broken(Failure::new(state::PROGRAM_LIMIT_EXCEEDED, why)));
        }
        Ok(Some(length))
    }

    /// Waits for more; not for ever when a message has begun.
    async fn more(&mut self) -> Result<(), End> {
        if !self.gone {
            if self.buffer.is_empty() {
                self.read().await;
            } else if timeout(PATIENCE, self.read()).await.is_err() {
                return Err(broken("the rest of a message did not come"));
            }
        }
        if self.gone { Err(End::Gone) } else { Ok(()) }
    }
}

fn broken(why: &str) -> End {
    End::Broken(Failure::new(state::PROTOCOL_VIOLATION, why))
}

fn hello(mut frame: BytesMut) -> Result<Hello, End> {
    let context = DecodeContext::default();
    if SslRequest::is_ssl_request_packet(&frame) || GssEncRequest::is_gss_enc_request_packet(&frame) {
        return Ok(Hello::Encryption);
    }
    let wrong = || broken("the first message is none of PostgreSQL's protocol, version 3");
    if CancelRequest::is_cancel_request_packet(&frame) {
        if frame.len() < 16 {
            return Err(wrong());
        }
        let request = CancelRequest::decode(&mut frame, &context).ok().flatten();
        return request.map(Hello::Cancel).ok_or_else(wrong);
    }
    Startup::decode(&mut frame, &context).ok().flatten().map(Hello::Startup).ok_or_else(wrong)
}

fn message(mut frame: BytesMut) -> Result<PgWireFrontendMessage, End> {
    let mut context = DecodeContext::default();
    (context.awaiting_frontend_ssl, context.awaiting_frontend_startup) = (false, false);
    let kind = frame[0];
    if !is_complete(kind, &frame[5..]) {
        return Err(broken(&format!("a message of type {:?} is incomplete or unknown", char::from(kind))));
    }
    let message = PgWireFrontendMessage::decode(&mut frame, &context).ok().flatten();
    message.ok_or_else(|| broken(&format!("a message of type {:?} can't be read", char::from(kind))))
}

/// Whether a message has all that its type says. `body` is what follows on its length.
fn is_complete(kind: u8, body: &[u8]) -> bool {
    let mut fields = Fields(body);
    let complete = match kind {
        b'Q' | b'f' => fields.text(),
        b'P' => fields.text().and_then(|()| fields.text()).and_then(|()| fields.list(4)),
        b'B' => fields
            .text()
            .and_then(|()| fields.text())
            .and_then(|()| fields.list(2))
            .and_then(|()| fields.values())
            .and_then(|()| fields.list(2)),
        b'D' | b'C' => fields.skip(1).and_then(|()| fields.text()),
        b'E' => fields.text().and_then(|()| fields.skip(4)),
        b'H' | b'S' | b'X' | b'c' => Some(()),
        b'd' => fields.skip(fields.0.len()),
        _ => None,
    };
    complete.is_some() && fields.0.is_empty()
}

/// The fields of a message that are still to come.
struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn skip(&mut self, count: usize) -> Option<()> {
        self.0 = self.0.get(count..)?;
        Some(())
    }

    /// A text that ends with a zero.
    fn text(&mut self) -> Option<()> {
        let end = self.0.iter().position(|byte| *byte == 0)?;
        self.skip(end + 1)
    }

    fn count(&mut self) -> Option<usize> {
        let (bytes, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u16::from_be_bytes(*bytes).into())
    }

    /// A list of elements of this size.
    fn list(&mut self, size: usize) -> Option<()> {
        let count = self.count()?;
        self.skip(count * size)
    }

    /// A list of values, each with its length; -1 is null.
    fn values(&mut self) -> Option<()> {
        for _ in 0..self.count()? {
            let (bytes, rest) = self.0.split_first_chunk()?;
            self.0 = rest;
            match i32::from_be_bytes(*bytes) {
                -1 => {}
                length => self.skip(usize::try_from(length).ok()?)?,
            }
        }
        Some(())
    }
}

/// What a client is sent.
#[derive(Debug)]
pub struct Outgoing {
    stream: OwnedWriteHalf,
    buffer: BytesMut,
}

impl Outgoing {
    pub fn new(stream: OwnedWriteHalf) -> Self {
        Self { stream, buffer: BytesMut::new() }
    }

    /// Adds a message to what is to be sent.
    pub fn put(&mut self, message: &PgWireBackendMessage) {
        let length = self.buffer.len();
        if message.encode(&mut self.buffer).is_err() {
            // None of ours is too long.
            self.buffer.truncate(length);
        }
    }

    /// Adds an error; `is_fatal` says that the connection is closed after it.
    pub fn put_error(&mut self, failure: &Failure, is_fatal: bool) {
        let severity = if is_fatal { "FATAL" } else { "ERROR" };
        let message = &failure.message[..failure.message.floor_char_boundary(1_000)];
        self.put(&PgWireBackendMessage::ErrorResponse(ErrorResponse::new(vec![
            (b'S', severity.to_owned()),
            (b'V', severity.to_owned()),
            (b'C', failure.state.code().to_owned()),
            (b'M', message.replace('\0', "")),
        ])));
    }

    /// Adds bytes that are whole messages, and sends what has come together when it is much.
    ///
    /// # Errors
    /// When the client is gone, or does not read.
    pub async fn put_row(&mut self, row: &[u8]) -> io::Result<()> {
        self.buffer.extend_from_slice(row);
        if self.buffer.len() >= PIECE { self.send().await } else { Ok(()) }
    }

    /// Sends all that was added.
    ///
    /// # Errors
    /// When the client is gone, or does not read.
    pub async fn send(&mut self) -> io::Result<()> {
        while !self.buffer.is_empty() {
            let piece = self.buffer.len().min(PIECE);
            match timeout(PATIENCE, self.stream.write(&self.buffer[..piece])).await {
                Ok(written) => match written? {
                    0 => return Err(io::ErrorKind::WriteZero.into()),
                    count => self.buffer.advance(count),
                },
                Err(_) => return Err(io::ErrorKind::TimedOut.into()),
            }
        }
        if self.buffer.capacity() > PIECE * 2 {
            self.buffer = BytesMut::new();
        }
        Ok(())
    }

    /// Sends one byte that is no message: the answer to a question about encryption.
    ///
    /// # Errors
    /// When the client is gone.
    pub async fn refuse_encryption(&mut self) -> io::Result<()> {
        self.stream.write_all(b"N").await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(kind: u8, body: &[u8]) -> BytesMut {
        let length = u32::try_from(body.len() + 4).unwrap().to_be_bytes();
        BytesMut::from([&[kind], &length[..], body].concat().as_slice())
    }

    #[test]
    fn a_whole_message_is_read() {
        for (kind, body) in [
            (b'Q', &b"SELECT 1\0"[..]),
            (b'P', b"\0SELECT $1\0\0\x01\0\0\0\x17"),
            (b'B', b"\0\0\0\x01\0\0\0\x02\0\0\0\x01x\xff\xff\xff\xff\0\0"),
            (b'D', b"S\0"),
            (b'E', b"\0\0\0\0\0"),
            (b'C', b"Pname\0"),
            (b'S', b""),
            (b'X', b""),
        ] {
            assert!(message(frame(kind, body)).is_ok(), "{}", char::from(kind));
            for end in 0..body.len() {
                assert!(message(frame(kind, &body[..end])).is_err(), "{} {end}", char::from(kind));
            }
        }
        assert!(message(frame(b'p', b"password\0")).is_err());
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(kind in proptest::prelude::any::<u8>(), body in proptest::collection::vec(0_u8..4, 0..40)) {
            for kind in [kind, b'P', b'B', b'D', b'E', b'Q', b'f', b'd'] {
                let _ = message(frame(kind, &body));
            }
            let _ = hello(BytesMut::from([&[0; 8], &body[..]].concat().as_slice()));
            for code in [[4, 210, 22, 46], [0, 3, 0, 0], [0, 3, 0, 2]] {
                let length = u32::try_from(body.len() + 8).unwrap().to_be_bytes();
                let _ = hello(BytesMut::from([&length, &code, &body[..]].concat().as_slice()));
            }
        }
    }
}
