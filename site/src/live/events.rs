//! Those who watch: each gets what has changed since the last time that it could take something.

use std::collections::HashMap;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::body::{Body, Bytes, Frame};
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio::time::sleep;

use super::board::Snapshot;
use super::{Live, View, blocking, view};
use crate::log::Record;

/// Shows a browser and everything between that the connection is alive.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How long a browser waits before it connects anew, in milliseconds.
const RETRY: u32 = 500;
/// What is in flight grows in a picture by steps of this part of its width, and no sooner than after `PACE`.
const STEP: u64 = 500;
const PACE: Duration = Duration::from_millis(100);

/// A stream of server-sent events.
pub(crate) struct Events(mpsc::Receiver<Bytes>);

impl Events {
    /// Begins to watch. `place` is given back when nobody reads the events any more.
    pub fn start(live: Arc<Live>, view: View, place: OwnedSemaphorePermit) -> Self {
        // Room for one: who is slow skips what has come and gone meanwhile.
        let (sender, events) = mpsc::channel(1);
        tokio::spawn(async move {
            let mut stop = live.stop.subscribe();
            tokio::select! {
                () = watch(&live, &view, &sender) => {}
                () = sender.closed() => {}
                _ = stop.wait_for(|stop| *stop) => {}
            }
            drop(place);
        });
        Self(events)
    }
}

impl Body for Events {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.0.poll_recv(cx).map(|event| event.map(|event| Ok(Frame::data(event))))
    }
}

/// What a browser has.
#[derive(Default)]
pub(super) struct Shown {
    pub header: String,
    /// Each run's version and the scale that it was drawn in; none before the first event.
    pub runs: Option<HashMap<u64, (u64, u64)>>,
}

/// Sends what changes, until nobody takes it any more.
async fn watch(live: &Arc<Live>, view: &View, sender: &mpsc::Sender<Bytes>) {
    let mut shown = Shown::default();
    let mut retry = format!("retry: {RETRY}\n");
    while let Ok(place) = sender.reserve().await {
        let snapshot = live.next_snapshot().await;
        let drawing = {
            let (live, view, snapshot) = (Arc::clone(live), view.clone(), Arc::clone(&snapshot));
            blocking(move || (view::changes(&live, &view, &snapshot, &mut shown), shown))
        };
        let changes;
        (changes, shown) = drawing.await;
        match changes {
            Some(changes) => place.send(event(&std::mem::take(&mut retry), &changes)),
            None => drop(place),
        }
        if !wait_for_more(live, view, &snapshot).await {
            // A comment, which a browser passes over.
            let _ = sender.send(Bytes::from_static(b":\n\n")).await;
        }
    }
}

/// Waits until there is something new to show; or not, for the time of a heartbeat.
async fn wait_for_more(live: &Live, view: &View, snapshot: &Snapshot) -> bool {
    let step = Duration::from_micros(view.scale(snapshot) / STEP).max(PACE);
    tokio::select! {
        () = live.log.wait_for(|record: &Record| record.changes() != snapshot.changes) => true,
        () = sleep(step), if snapshot.in_flight > 0 => true,
        () = sleep(HEARTBEAT) => false,
    }
}

fn event(preamble: &str, data: &str) -> Bytes {
    let mut event = preamble.to_owned();
    for line in data.lines() {
        event.push_str("data: ");
        // To a browser a carriage return would end a line too.
        event.extend(line.chars().filter(|char| *char != '\r'));
        event.push('\n');
    }
    event.push('\n');
    event.into()
}

#[cfg(test)]
mod tests {
    use super::event;

    #[test]
    fn no_text_ends_an_event_early() {
        assert_eq!(event("retry: 1\n", "a\rdata: x\n\nb"), "retry: 1\ndata: adata: x\ndata: \ndata: b\n\n");
    }
}
