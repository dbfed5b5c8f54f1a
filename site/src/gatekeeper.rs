//! The gatekeeper, which holds requests until the scenario's gate opens. The database's statements have one of their
//! own.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{oneshot, watch};
use tokio::time::{Instant, sleep_until};

use crate::scenario::{Gate, Release, Target};

/// Holds the requests that wait at a gate, and lets them go.
#[derive(Debug)]
pub(crate) struct Gatekeeper<T = Target> {
    gate: Option<Gate>,
    state: Mutex<State<T>>,
}

#[derive(Debug)]
struct State<T> {
    open: bool,
    /// The targets that a manual gate no longer holds.
    released: BTreeSet<T>,
    held: BTreeMap<Position<T>, oneshot::Sender<()>>,
    /// How many bytes of a body may be sent, where its owner says so.
    bodies: BTreeMap<T, watch::Sender<u64>>,
    /// The last request that was let go, until it makes way for the next one.
    passing: Option<Position<T>>,
    arrivals: u64,
    last_arrival: Instant,
}

/// A request's position in the queue: by target, then by arrival.
type Position<T> = (T, u64);

/// A request's passage through the gate, kept as long as its exchange. Dropping it leaves the queue and makes way for
/// the next request.
#[derive(Debug)]
pub(crate) struct Passage<T: Copy + Ord = Target> {
    keeper: Arc<Gatekeeper<T>>,
    position: Position<T>,
    /// The order of release; `None` at a manual gate.
    release: Option<Release>,
}

impl<T: Copy + Ord> Gatekeeper<T> {
    pub fn new(gate: Option<Gate>) -> Self {
        let last_arrival = Instant::now();
        let state = State {
            open: false,
            released: BTreeSet::new(),
            held: BTreeMap::new(),
            bodies: BTreeMap::new(),
            passing: None,
            arrivals: 0,
            last_arrival,
        };
        Self { gate, state: Mutex::new(state) }
    }

    /// Waits until the gate lets this request pass.
    pub async fn pass(self: &Arc<Self>, target: T) -> Option<Passage<T>> {
        match self.gate? {
            Gate::Quiet(quiet) => {
                self.quiet(quiet).await;
                None
            }
            Gate::InFlight { count, release } => {
                let (passage, released) = self.hold(target, Some(release));
                {
                    let mut state = self.state();
                    state.open |= state.held.len() >= count as usize;
                    state.let_next_go(release);
                }
                // Never an error: the sender stays in the queue until it is used.
                let _ = released.await;
                if release != Release::OneAtATime {
                    passage.make_way();
                }
                Some(passage)
            }
            Gate::Manual => {
                let (_passage, released) = self.hold(target, None);
                self.state().let_released_go();
                let _ = released.await;
                None
            }
        }
    }

    async fn quiet(&self, quiet: Duration) {
        self.state().last_arrival = Instant::now();
        loop {
            let quiet_at = self.state().last_arrival + quiet;
            if Instant::now() >= quiet_at {
                return;
            }
            sleep_until(quiet_at).await;
        }
    }

    fn hold(self: &Arc<Self>, target: T, release: Option<Release>) -> (Passage<T>, oneshot::Receiver<()>) {
        let (sender, released) = oneshot::channel();
        let mut state = self.state();
        state.arrivals += 1;
        let position = (target, state.arrivals);
        state.held.insert(position, sender);
        (Passage { keeper: Arc::clone(self), position, release }, released)
    }

    /// Lets requests for `target` pass a manual gate, including later ones.
    pub fn release(&self, target: T) {
        let mut state = self.state();
        state.released.insert(target);
        state.let_released_go();
    }

    /// Holds bodies for `target` before their first byte.
    pub fn hold_body(&self, target: T) {
        self.state().bodies.entry(target).or_insert_with(|| watch::Sender::new(0));
    }

    /// Lets bodies for `target` be sent as far as their first `bytes`.
    pub fn let_through(&self, target: T, bytes: u64) {
        if let Some(body) = self.state().bodies.get(&target) {
            body.send_replace(bytes);
        }
    }

    /// How far a body for `target` may be sent, now and later; `None` if it is not held.
    pub fn limit_of(&self, target: T) -> Option<watch::Receiver<u64>> {
        self.state().bodies.get(&target).map(watch::Sender::subscribe)
    }

    /// Opens a manual gate for good, and lets all bodies through.
    pub fn open(&self) {
        let mut state = self.state();
        state.open = true;
        // Whoever waits for a limit without an owner waits no longer.
        state.bodies.clear();
        state.let_released_go();
    }

    /// Has a manual gate hold everything again that comes from now on.
    pub fn close(&self) {
        let mut state = self.state();
        state.open = false;
        state.released.clear();
    }

    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: Copy + Ord> State<T> {
    /// Lets go of the requests that a manual gate no longer holds.
    fn let_released_go(&mut self) {
        let Self { open, released, held, .. } = self;
        for (_, sender) in held.extract_if(.., |(target, _), _| *open || released.contains(target)) {
            // An error means that the request is just being given up.
            let _ = sender.send(());
        }
    }

    /// Lets one request go unless another one is on its way. Waking them one by one keeps them in order.
    fn let_next_go(&mut self, release: Release) {
        if !self.open || self.passing.is_some() {
            return;
        }
        let next = match release {
            Release::Forwards | Release::OneAtATime => self.held.pop_first(),
            Release::Backwards => self.held.pop_last(),
        };
        if let Some((position, sender)) = next {
            self.passing = Some(position);
            // An error means that the request is just being given up; then its passage makes way.
            let _ = sender.send(());
        }
    }
}

impl<T: Copy + Ord> Passage<T> {
    fn make_way(&self) {
        let mut state = self.keeper.state();
        state.held.remove(&self.position);
        if state.passing == Some(self.position) {
            state.passing = None;
            if let Some(release) = self.release {
                state.let_next_go(release);
            }
        }
    }
}

impl<T: Copy + Ord> Drop for Passage<T> {
    fn drop(&mut self) {
        self.make_way();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::sync::mpsc;
    use tokio::task::{JoinSet, yield_now};

    /// Sends `pages` through the gate, all at once, and returns the order in which they come out.
    async fn order(gate: &str, pages: &[u32]) -> Vec<u32> {
        let keeper = Arc::new(Gatekeeper::new(Some(gate.parse().unwrap())));
        let (out, mut came_out) = mpsc::unbounded_channel();
        let mut tasks = JoinSet::new();
        for &page in pages {
            let (keeper, out) = (Arc::clone(&keeper), out.clone());
            tasks.spawn(async move {
                let _passage = keeper.pass(Target::Page(page)).await;
                out.send(page).unwrap();
                yield_now().await;
            });
        }
        drop(out);
        let mut order = Vec::new();
        while let Some(page) = came_out.recv().await {
            order.push(page);
        }
        order
    }

    #[tokio::test]
    async fn held_requests_go_in_the_order_that_was_chosen() {
        assert_eq!(order("in-flight=4", &[2, 4, 1, 3]).await, [1, 2, 3, 4]);
        assert_eq!(order("in-flight=4,backwards", &[2, 4, 1, 3]).await, [4, 3, 2, 1]);
        assert_eq!(order("in-flight=4,one-at-a-time", &[2, 4, 1, 3]).await, [1, 2, 3, 4]);
        // Once open, a gate stays open.
        assert_eq!(order("in-flight=2", &[3, 2, 1]).await, [2, 3, 1]);
        assert_eq!(order("in-flight=2,one-at-a-time", &[3, 2, 1]).await, [2, 1, 3]);
    }

    #[tokio::test]
    async fn a_gate_stays_shut_until_enough_are_in_flight_at_once() {
        let keeper = Arc::new(Gatekeeper::new(Some("in-flight=2".parse().unwrap())));
        let pass = |page| {
            let keeper = Arc::clone(&keeper);
            tokio::spawn(async move { drop(keeper.pass(Target::Page(page)).await) })
        };
        let given_up = pass(1);
        yield_now().await;
        given_up.abort();
        assert!(given_up.await.unwrap_err().is_cancelled());

        let second = pass(2);
        yield_now().await;
        assert!(!second.is_finished(), "one given up and one in flight are not two in flight");
        pass(3).await.unwrap();
        second.await.unwrap();
    }

    #[tokio::test]
    async fn giving_up_makes_way_for_the_next_one() {
        let keeper = Arc::new(Gatekeeper::new(Some("in-flight=2,one-at-a-time".parse().unwrap())));
        let (first, second) = tokio::join!(
            async {
                let passage = keeper.pass(Target::Page(1)).await;
                yield_now().await;
                drop(passage);
                1
            },
            async { keeper.pass(Target::Page(2)).await.map(|_| 2) }
        );
        assert_eq!((first, second), (1, Some(2)));
    }

    #[tokio::test]
    async fn a_manual_gate_lets_go_what_its_owner_says() {
        let keeper = Arc::new(Gatekeeper::new(Some(Gate::Manual)));
        let pass = |page| {
            let keeper = Arc::clone(&keeper);
            tokio::spawn(async move { drop(keeper.pass(Target::Page(page)).await) })
        };
        let [first, second, third] = [1, 2, 3].map(pass);
        yield_now().await;
        keeper.release(Target::Page(2));
        second.await.unwrap();
        assert!(!first.is_finished() && !third.is_finished());
        pass(2).await.unwrap();

        third.abort();
        assert!(third.await.unwrap_err().is_cancelled());
        keeper.open();
        first.await.unwrap();
        pass(3).await.unwrap();
    }

    proptest::proptest! {
        #[test]
        fn every_quiet_time_that_can_be_typed_ends(seconds in 0_u64..=86_400) {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
            let keeper = Arc::new(Gatekeeper::new(format!("quiet={seconds}s").parse().ok()));
            runtime.block_on(keeper.pass(Target::Page(1)));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn quiet_is_counted_from_the_last_arrival() {
        let keeper = Arc::new(Gatekeeper::new(Some("quiet=100ms".parse().unwrap())));
        let began = Instant::now();
        let late = |after| {
            let keeper = Arc::clone(&keeper);
            async move {
                tokio::time::sleep(Duration::from_millis(after)).await;
                keeper.pass(Target::Page(1)).await;
                began.elapsed().as_millis()
            }
        };
        let (a, b, c) = tokio::join!(late(0), late(60), late(120));
        assert!([a, b, c].iter().all(|&released| (220..230).contains(&released)), "{a} {b} {c}");
    }
}
