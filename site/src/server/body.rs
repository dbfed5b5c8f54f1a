//! The bodies of responses.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use hyper::body::{Body, Bytes, Frame, SizeHint};
use tokio::time::{Sleep, sleep};

use super::connection::{ConnectionReset, Peer};
use crate::gatekeeper::Passage;
#[cfg(feature = "page")]
use crate::live::Part;
use crate::log::{InFlight, Outcome};
use crate::quota::Permit;

/// The body of any response.
pub enum ResponseBody {
    Page(PageBody),
    #[cfg(feature = "page")]
    Live(Part),
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = ConnectionReset;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, ConnectionReset>>> {
        match self.get_mut() {
            Self::Page(page) => Pin::new(page).poll_frame(cx),
            #[cfg(feature = "page")]
            Self::Live(part) => Pin::new(part).poll_frame(cx).map_err(|never| match never {}),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Page(page) => page.is_end_stream(),
            #[cfg(feature = "page")]
            Self::Live(part) => part.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Page(page) => page.size_hint(),
            #[cfg(feature = "page")]
            Self::Live(part) => part.size_hint(),
        }
    }
}

/// The body of a page's answer. It tells the log when and how the exchange ends.
pub struct PageBody {
    pub rest: Bytes,
    /// How many bytes are sent at a time.
    piece: usize,
    /// How long to wait after each piece.
    pause: Duration,
    pausing: Option<Pin<Box<Sleep>>>,
    /// The connection to reset after the first piece, if any.
    cut: Option<Arc<Peer>>,
    pub exchange: Option<InFlight>,
    pub passage: Option<Passage>,
    pub permit: Option<Permit>,
}

impl PageBody {
    pub fn new(body: Bytes, exchange: Option<InFlight>) -> Self {
        let piece = body.len();
        Self {
            rest: body,
            piece,
            pause: Duration::ZERO,
            pausing: None,
            cut: None,
            exchange,
            passage: None,
            permit: None,
        }
    }

    pub fn drip(&mut self, time: Duration) {
        const PIECES: u32 = 20;
        self.piece = self.rest.len().div_ceil(PIECES as usize);
        self.pause = time / PIECES;
    }

    pub fn cut(&mut self, peer: Arc<Peer>) {
        self.piece = self.rest.len() / 2;
        // A pause, so that hyper sends the first piece before the reset.
        self.pause = Duration::from_millis(10);
        self.cut = Some(peer);
    }

    fn end(&mut self, outcome: Outcome) {
        if let Some(mut exchange) = self.exchange.take() {
            exchange.end(outcome);
        }
        self.passage = None;
        self.permit = None;
    }
}

impl Body for PageBody {
    type Data = Bytes;
    type Error = ConnectionReset;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, ConnectionReset>>> {
        if let Some(pausing) = &mut self.pausing {
            ready!(pausing.as_mut().poll(cx));
            self.pausing = None;
            if let Some(peer) = self.cut.take() {
                peer.reset();
                self.end(Outcome::Reset);
                return Poll::Ready(Some(Err(ConnectionReset)));
            }
        }
        if self.rest.is_empty() {
            return Poll::Ready(None);
        }
        let size = self.piece.min(self.rest.len());
        let piece = self.rest.split_to(size);
        if let Some(exchange) = &mut self.exchange {
            exchange.bytes += size as u64;
        }
        if !self.pause.is_zero() && !self.rest.is_empty() {
            self.pausing = Some(Box::pin(sleep(self.pause)));
        }
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.rest.len() as u64)
    }
}

impl Drop for PageBody {
    fn drop(&mut self) {
        if self.rest.is_empty() {
            self.end(Outcome::Answered);
        }
    }
}
