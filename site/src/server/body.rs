//! The bodies of responses.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use hyper::body::{Body, Bytes, Frame, SizeHint};
use tokio::sync::watch;
use tokio::time::{Sleep, sleep};

use super::connection::{ConnectionReset, Peer};
use crate::content::Content;
use crate::gatekeeper::Passage;
#[cfg(feature = "page")]
use crate::live::Part;
use crate::log::{InFlight, Outcome};
use crate::quota::Permit;

/// The body of any response.
#[cfg_attr(feature = "page", expect(clippy::large_enum_variant, reason = "nearly all are pages"))]
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

/// Waiting for the limit to be raised. It gives the limit back; nothing when there is none any more.
type Waiting = Pin<Box<dyn Future<Output = Option<watch::Receiver<u64>>> + Send>>;

/// The body of a page's answer. It tells the log when and how the exchange ends.
pub struct PageBody {
    pub rest: Content,
    /// How many bytes are sent between two pauses, and how many are left until the next one.
    piece: u64,
    until_pause: u64,
    /// How long a pause is.
    pause: Duration,
    pausing: Option<Pin<Box<Sleep>>>,
    sent: u64,
    /// How far it may be sent, if the site's owner says so.
    pub limit: Option<watch::Receiver<u64>>,
    waiting: Option<Waiting>,
    /// The connection to reset after the first piece, if any.
    cut: Option<Arc<Peer>>,
    pub exchange: Option<InFlight>,
    pub passage: Option<Passage>,
    pub permit: Option<Permit>,
}

impl PageBody {
    pub fn new(body: Content, exchange: Option<InFlight>) -> Self {
        let piece = body.len();
        Self {
            rest: body,
            piece,
            until_pause: piece,
            pause: Duration::ZERO,
            pausing: None,
            sent: 0,
            limit: None,
            waiting: None,
            cut: None,
            exchange,
            passage: None,
            permit: None,
        }
    }

    pub fn drip(&mut self, time: Duration) {
        const PIECES: u32 = 20;
        self.pause_each(self.rest.len().div_ceil(PIECES.into()), time / PIECES);
    }

    pub fn cut(&mut self, peer: Arc<Peer>) {
        // A pause, so that hyper sends the first piece before the reset.
        self.pause_each(self.rest.len() / 2, Duration::from_millis(10));
        self.cut = Some(peer);
    }

    fn pause_each(&mut self, piece: u64, pause: Duration) {
        (self.piece, self.until_pause, self.pause) = (piece, piece, pause);
    }

    /// How many more bytes may be sent now.
    fn poll_limit(&mut self, cx: &mut Context<'_>) -> Poll<u64> {
        loop {
            if let Some(waiting) = &mut self.waiting {
                self.limit = ready!(waiting.as_mut().poll(cx));
                self.waiting = None;
            }
            let Some(mut limit) = self.limit.take() else { return Poll::Ready(u64::MAX) };
            let (most, sent) = (*limit.borrow_and_update(), self.sent);
            if most > sent {
                self.limit = Some(limit);
                return Poll::Ready(most - sent);
            }
            self.waiting = Some(Box::pin(async move {
                let is_raised = limit.wait_for(|most| *most > sent).await.is_ok();
                is_raised.then_some(limit)
            }));
        }
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
        let most = ready!(self.poll_limit(cx)).min(self.until_pause);
        let piece = self.rest.take(most);
        let size = piece.len() as u64;
        (self.sent, self.until_pause) = (self.sent + size, self.until_pause - size);
        if let Some(exchange) = &mut self.exchange {
            exchange.bytes += size;
        }
        if self.until_pause == 0 && !self.rest.is_empty() {
            self.until_pause = self.piece;
            self.pausing = Some(Box::pin(sleep(self.pause)));
        }
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.rest.len())
    }
}

impl Drop for PageBody {
    fn drop(&mut self) {
        if self.rest.is_empty() {
            self.end(Outcome::Answered);
        }
    }
}
