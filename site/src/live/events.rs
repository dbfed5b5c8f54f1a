//! Server-sent events for browsers that watch. Each event has what changed since the browser could take the last one.

use std::sync::Arc;
use std::time::Duration;

use hyper::body::Bytes;
use tokio::sync::mpsc;
use tokio::time::sleep;

use super::address::Address;
use super::blocking::blocking;
use super::board::Snapshot;
use super::cuts::Cuts;
use super::snapshots::Snapshots;
use super::view::{self, Shown, View};
use crate::log::{Log, Record};

/// How often something is sent to keep the connection alive.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// A comment, which browsers ignore.
const NOTHING: &[u8] = b":\n\n";
/// How long a browser waits before it reconnects, in milliseconds.
const RETRY: u32 = 500;
/// Bars of requests and queries in flight grow in steps of one such part of the picture's width, at most once in [`PACE`].
const STEP: u64 = 500;
const PACE: Duration = Duration::from_millis(100);

/// Sends changes until the receiver is gone.
pub async fn watch(
    snapshots: &Snapshots,
    cuts: &Arc<Cuts>,
    view: &Arc<View>,
    address: &Address,
    sender: &mpsc::Sender<Bytes>,
) {
    if !address.chosen.is_empty() {
        return keep_alive(sender).await;
    }
    let mut shown = Shown::default();
    let mut retry = format!("retry: {RETRY}\n");
    while let Ok(place) = sender.reserve().await {
        let snapshot = snapshots.next().await;
        let drawing = {
            let (cuts, view) = (Arc::clone(cuts), Arc::clone(view));
            let (address, snapshot) = (address.clone(), Arc::clone(&snapshot));
            blocking(move || {
                let snapshot = cuts.apply(&snapshot, &address.cuts());
                (view::changes(&view, &address, &snapshot, &mut shown), shown)
            })
        };
        let changes;
        (changes, shown) = drawing.await;
        match changes {
            Some(changes) => place.send(event(&std::mem::take(&mut retry), &changes)),
            None => drop(place),
        }
        if !wait_for_more(snapshots.log(), address, &snapshot).await {
            let _ = sender.send(Bytes::from_static(NOTHING)).await;
        }
    }
}

/// Lets a browser that shows a replay know that the site is there. The frames it asks for by itself.
async fn keep_alive(sender: &mpsc::Sender<Bytes>) {
    let mut next = Bytes::from(format!("retry: {RETRY}\n\n"));
    while sender.send(next).await.is_ok() {
        sleep(HEARTBEAT).await;
        next = Bytes::from_static(NOTHING);
    }
}

/// Waits until there is something new to show, and returns true; or for the time of a heartbeat, and returns false.
async fn wait_for_more(log: &Log, address: &Address, snapshot: &Snapshot) -> bool {
    let step = Duration::from_micros(address.longest_scale(snapshot) / STEP).max(PACE);
    tokio::select! {
        () = log.wait_for(|record: &Record| record.changes() != snapshot.changes) => true,
        () = sleep(step), if snapshot.grows => true,
        () = sleep(HEARTBEAT) => false,
    }
}

fn event(preamble: &str, data: &str) -> Bytes {
    let mut event = preamble.to_owned();
    for line in data.lines() {
        event.push_str("data: ");
        // A carriage return would end the line too.
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
