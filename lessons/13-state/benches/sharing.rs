//! What an addition costs that many tasks do to the same prices: by a lock, by an actor, by atomics.
//!
//!     cargo bench -p lesson13
//!
//! The tasks do nothing else, so all of them want the same thing all the time: it is the worst case. Each figure is the
//! median of nine rounds, in nanoseconds for an addition, and beside it how many times the standard mutex's that is.

#[path = "../src/prices.rs"]
mod prices;

use std::env;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use prices::Prices;
use tokio::runtime::Runtime;
use tokio::sync::{self, mpsc, oneshot};
use tokio::task::JoinSet;

// #region trait
trait Share: Send + Sync + 'static {
    fn add(&self, price: u32) -> impl Future<Output = ()> + Send;
    fn prices(&self) -> impl Future<Output = Prices> + Send;
}

impl Share for Mutex<Prices> {
    async fn add(&self, price: u32) {
        self.lock().unwrap().add(price);
    }

    async fn prices(&self) -> Prices {
        *self.lock().unwrap()
    }
}
// #endregion trait

impl Share for sync::Mutex<Prices> {
    async fn add(&self, price: u32) {
        self.lock().await.add(price);
    }

    async fn prices(&self) -> Prices {
        *self.lock().await
    }
}

/// A task that owns the prices. The message has a way for an answer, if one is wanted.
struct Actor {
    mailbox: mpsc::Sender<(Option<u32>, Option<oneshot::Sender<Prices>>)>,
    /// Whether the answer to each addition is awaited.
    asks: bool,
}

impl Actor {
    fn start(asks: bool) -> Self {
        let (mailbox, mut messages) = mpsc::channel(100);
        tokio::spawn(async move {
            let mut prices = Prices::default();
            while let Some((price, to)) = messages.recv().await {
                if let Some(price) = price {
                    prices.add(price);
                }
                if let Some(to) = to {
                    let _: Result<_, Prices> = oneshot::Sender::send(to, prices);
                }
            }
        });
        Self { mailbox, asks }
    }

    async fn ask(&self, price: Option<u32>) -> Prices {
        let (to, answer) = oneshot::channel();
        self.mailbox.send((price, Some(to))).await.expect("an actor");
        answer.await.expect("an answer")
    }
}

impl Share for Actor {
    async fn add(&self, price: u32) {
        if self.asks {
            self.ask(Some(price)).await;
        } else {
            self.mailbox.send((Some(price), None)).await.expect("an actor");
        }
    }

    async fn prices(&self) -> Prices {
        self.ask(None).await
    }
}

/// Each is right by itself. Together they may show a sum to which a price was added that is not counted yet.
struct Atomics {
    count: AtomicU32,
    sum: AtomicU64,
    least: AtomicU32,
    greatest: AtomicU32,
}

impl Share for Atomics {
    async fn add(&self, price: u32) {
        self.count.fetch_add(1, Ordering::Relaxed);
        self.sum.fetch_add(price.into(), Ordering::Relaxed);
        self.least.fetch_min(price, Ordering::Relaxed);
        self.greatest.fetch_max(price, Ordering::Relaxed);
    }

    async fn prices(&self) -> Prices {
        Prices {
            count: self.count.load(Ordering::Relaxed),
            sum: self.sum.load(Ordering::Relaxed),
            least: Some(self.least.load(Ordering::Relaxed)),
            greatest: Some(self.greatest.load(Ordering::Relaxed)),
        }
    }
}

/// One `fetch_add`, and nothing else: what a counter alone costs.
struct Sum(AtomicU64);

impl Share for Sum {
    async fn add(&self, price: u32) {
        self.0.fetch_add(price.into(), Ordering::Relaxed);
    }

    async fn prices(&self) -> Prices {
        Prices { sum: self.0.load(Ordering::Relaxed), ..Prices::default() }
    }
}

/// How many nanoseconds an addition takes when so many tasks share so many of them.
async fn nanoseconds(shared: impl Share, tasks: u32, additions: u32) -> f64 {
    let shared = Arc::new(shared);
    let began = Instant::now();
    let mut running = JoinSet::new();
    for _ in 0..tasks {
        let shared = Arc::clone(&shared);
        running.spawn(async move {
            for price in 1..=additions / tasks {
                shared.add(price).await;
            }
        });
    }
    running.join_all().await;
    let prices = shared.prices().await;
    let took = began.elapsed();
    let each = u64::from(additions / tasks);
    assert_eq!(prices.sum, u64::from(tasks) * each * (each + 1) / 2);
    took.as_secs_f64() * 1e9 / f64::from(additions)
}

const NAMES: [&str; 6] = ["std Mutex", "tokio Mutex", "actor, told", "actor, asked", "four atomics", "one atomic"];

async fn round(tasks: u32, additions: u32) -> [f64; 6] {
    let atomics = || Atomics {
        count: AtomicU32::new(0),
        sum: AtomicU64::new(0),
        least: AtomicU32::new(u32::MAX),
        greatest: AtomicU32::new(0),
    };
    [
        nanoseconds(Mutex::new(Prices::default()), tasks, additions).await,
        nanoseconds(sync::Mutex::new(Prices::default()), tasks, additions).await,
        nanoseconds(Actor::start(false), tasks, additions).await,
        nanoseconds(Actor::start(true), tasks, additions).await,
        nanoseconds(atomics(), tasks, additions).await,
        nanoseconds(Sum(AtomicU64::new(0)), tasks, additions).await,
    ]
}

fn main() {
    // `cargo test --all-targets` runs benchmarks as well, to see whether they work.
    let (rounds, additions) =
        if env::args().any(|argument| argument == "--bench") { (9, 1_000_000) } else { (1, 1000) };
    let runtime = Runtime::new().expect("a runtime");
    println!("{} threads, {additions} additions, medians of {rounds} rounds", runtime.metrics().num_workers());
    for tasks in [1, 10, 1000] {
        let measured: Vec<_> = (0..rounds)
            // In a task, so that the actor's is no other thread's affair than that of the others.
            .map(|_| runtime.block_on(async move { tokio::spawn(round(tasks, additions)).await.expect("a round") }))
            .collect();
        let median = |way: usize| {
            let mut all: Vec<f64> = measured.iter().map(|round| round[way]).collect();
            all.sort_by(f64::total_cmp);
            all[all.len() / 2]
        };
        println!("tasks: {tasks}");
        for (way, name) in NAMES.iter().enumerate() {
            println!("  {name:<13}{:>7.0} ns{:>7.1} x", median(way), median(way) / median(0));
        }
    }
}
