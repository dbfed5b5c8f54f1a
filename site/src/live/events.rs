//! Server-sent events for those who watch: each gets what has changed since the last time that it could take something.

use std::sync::Arc;
use std::time::Duration;

use hyper::body::Bytes;
use tokio::sync::mpsc;
use tokio::time::sleep;

use super::address::Address;
use super::blocking::blocking;
use super::board::Snapshot;
use super::snapshots::Snapshots;
use super::view::{self, Shown, View};
use crate::log::{Log, Record};

/// Shows a browser and everything between that the connection is alive.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How long a browser waits before it connects anew, in milliseconds.
const RETRY: u32 = 500;
/// What is in flight grows in a picture by steps of this part of its width, and no sooner than after `PACE`.
const STEP: u64 = 500;
const PACE: Duration = Duration::from_millis(100);

/// Sends what changes, until nobody takes it any more.
pub async fn watch(snapshots: &Snapshots, view: &Arc<View>, address: &Address, sender: &mpsc::Sender<Bytes>) {
    let mut shown = Shown::default();
    let mut retry = format!("retry: {RETRY}\n");
    while let Ok(place) = sender.reserve().await {
        let snapshot = snapshots.next().await;
        let drawing = {
            let (view, address, snapshot) = (Arc::clone(view), address.clone(), Arc::clone(&snapshot));
            blocking(move || (view::changes(&view, &address, &snapshot, &mut shown), shown))
        };
        let changes;
        (changes, shown) = drawing.await;
        match changes {
            Some(changes) => place.send(event(&std::mem::take(&mut retry), &changes)),
            None => drop(place),
        }
        if !wait_for_more(snapshots.log(), address, &snapshot).await {
            // A comment, which a browser passes over.
            let _ = sender.send(Bytes::from_static(b":\n\n")).await;
        }
    }
}

/// Waits until there is something new to show; or not, for the time of a heartbeat.
async fn wait_for_more(log: &Log, address: &Address, snapshot: &Snapshot) -> bool {
    let step = Duration::from_micros(address.scale(snapshot) / STEP).max(PACE);
    tokio::select! {
        () = log.wait_for(|record: &Record| record.changes() != snapshot.changes) => true,
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
