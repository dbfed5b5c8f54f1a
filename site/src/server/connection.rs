//! A client's connection.

use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep};

use crate::log::ConnectionNumber;
use crate::quota::Permit;

/// How long a write may wait for a client that does not read.
const WRITE_PATIENCE: Duration = Duration::from_secs(30);

/// The other end of a connection.
pub struct Peer {
    pub client: IpAddr,
    pub number: ConnectionNumber,
    /// Whether to close the connection with a reset, as a fault of the scenario may ask for.
    reset: AtomicBool,
    /// The client's permit for this connection, kept until it is closed.
    _permit: Permit,
}

impl Peer {
    pub fn new(client: IpAddr, permit: Permit) -> Self {
        Self { client, number: ConnectionNumber::default(), reset: AtomicBool::new(false), _permit: permit }
    }

    /// Makes the connection end with a reset.
    pub fn reset(&self) {
        self.reset.store(true, Ordering::Relaxed);
    }
}

/// A connection whose writes fail when the client has not read for [`WRITE_PATIENCE`].
pub struct Connection {
    stream: TcpStream,
    peer: Arc<Peer>,
    /// The deadline of a write that waits; `None` while nothing waits.
    stuck: Option<Pin<Box<Sleep>>>,
}

impl Connection {
    pub fn new(stream: TcpStream, peer: Arc<Peer>) -> Self {
        Self { stream, peer, stuck: None }
    }

    fn poll_with_patience(
        &mut self,
        cx: &mut Context<'_>,
        write: impl FnOnce(Pin<&mut TcpStream>, &mut Context<'_>) -> Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        let written = write(Pin::new(&mut self.stream), cx);
        if written.is_ready() {
            self.stuck = None;
            return written;
        }
        let stuck = self.stuck.get_or_insert_with(|| Box::pin(sleep(WRITE_PATIENCE)));
        stuck.as_mut().poll(cx).map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if self.peer.reset.load(Ordering::Relaxed) {
            // If this fails, the client sees a normal close instead of a reset, and still no answer.
            let _ = self.stream.set_zero_linger();
        }
    }
}

impl AsyncRead for Connection {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.poll_with_patience(cx, |stream, cx| stream.poll_write(cx, buf))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.poll_with_patience(cx, |stream, cx| stream.poll_write_vectored(cx, bufs))
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// The error that ends a connection without an answer.
#[derive(Debug)]
pub struct ConnectionReset;

impl std::fmt::Display for ConnectionReset {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the scenario resets this connection")
    }
}

impl std::error::Error for ConnectionReset {}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use tokio::io::AsyncWriteExt;
    use tokio::net::TcpListener;

    use crate::quota::Quota;

    use super::*;

    /// The clock is paused: it jumps to the next timer when nothing else can run.
    #[tokio::test(start_paused = true)]
    async fn a_client_that_never_reads_is_left() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let _deaf = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (stream, client) = listener.accept().await.unwrap();
        let permit = Arc::new(Quota::new(None)).enter(client.ip()).unwrap();
        let mut connection = Connection::new(stream, Arc::new(Peer::new(client.ip(), permit)));
        let began = tokio::time::Instant::now();
        let failed = loop {
            if let Err(why) = connection.write_all(&[0; 8 * 1024]).await {
                break why;
            }
        };
        assert_eq!(failed.kind(), io::ErrorKind::TimedOut);
        assert!(began.elapsed() >= WRITE_PATIENCE);
    }
}
