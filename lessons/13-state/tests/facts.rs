//! What lesson 13's README says about locks and channels, tried.

use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use arc_swap::ArcSwap;
use tokio::sync::{self, mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;

#[tokio::test]
async fn a_panic_poisons_the_standard_mutex() {
    let prices = Arc::new(Mutex::new(vec![3100]));
    // #region poisoned
    let theirs = Arc::clone(&prices);
    let task = tokio::spawn(async move {
        let mut prices = theirs.lock().unwrap();
        prices.push(39_900);
        panic!("in the middle of a change");
    });
    assert!(task.await.unwrap_err().is_panic());
    assert!(prices.is_poisoned());
    // Who knows that the change is whole goes on all the same.
    let prices = prices.lock().unwrap_or_else(PoisonError::into_inner);
    assert_eq!(*prices, [3100, 39_900]);
    // #endregion poisoned
}

#[tokio::test]
async fn a_panic_releases_tokios_mutex_silently() {
    let prices = Arc::new(sync::Mutex::new(vec![3100]));
    let theirs = Arc::clone(&prices);
    let task = tokio::spawn(async move {
        let mut prices = theirs.lock().await;
        prices.push(39_900);
        panic!("in the middle of a change");
    });
    assert!(task.await.unwrap_err().is_panic());
    assert_eq!(*prices.lock().await, [3100, 39_900]);
}

#[tokio::test]
async fn who_is_dropped_at_an_await_leaves_half_a_change() {
    let both = sync::Mutex::new((0, 0));
    // #region half
    let change = async {
        let mut both = both.lock().await;
        both.0 += 1;
        std::future::pending::<()>().await;
        both.1 += 1;
    };
    assert!(timeout(Duration::from_millis(10), change).await.is_err());
    assert_eq!(*both.lock().await, (1, 0));
    // #endregion half
}

#[test]
fn an_if_let_holds_its_guard_in_the_block_and_not_in_the_else() {
    let cheapest = RwLock::new(None);
    // #region if_let
    if let Some(price) = *cheapest.read().unwrap() {
        unreachable!("nobody has put {price} there");
    } else {
        // Edition 2021 still held the guard here.
        *cheapest.write().unwrap() = Some(3100);
    }
    // #endregion if_let
    if let Some(3100) = *cheapest.read().unwrap() {
        assert!(cheapest.try_write().is_err());
    }
    match *cheapest.read().unwrap() {
        Some(0) => unreachable!(),
        _ => assert!(cheapest.try_write().is_err()),
    }
    // The condition of an `if` holds nothing in its block.
    if cheapest.read().unwrap().is_some() {
        assert!(cheapest.try_write().is_ok());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_read_before_an_await_is_old_after_it() {
    let sum = Arc::new(Mutex::new(0));
    let barrier = Arc::new(sync::Barrier::new(2));
    let mut tasks = JoinSet::new();
    for price in [3100, 39_900] {
        let (sum, barrier) = (Arc::clone(&sum), Arc::clone(&barrier));
        tasks.spawn(async move {
            let before = *sum.lock().unwrap();
            barrier.wait().await;
            *sum.lock().unwrap() = before + price;
        });
    }
    tasks.join_all().await;
    let sum = *sum.lock().unwrap();
    assert!(sum == 3100 || sum == 39_900, "{sum}");
}

#[tokio::test]
async fn a_guard_in_a_block_of_its_own_does_no_harm() {
    let sum = Arc::new(Mutex::new(0));
    // `spawn` wants a future that may go to another thread, and takes this one.
    let task = tokio::spawn(async move {
        {
            let mut sum = sum.lock().unwrap();
            *sum += 1;
        }
        tokio::task::yield_now().await;
        *sum.lock().unwrap()
    });
    assert_eq!(task.await.unwrap(), 1);
}

#[tokio::test]
async fn tokios_mutex_is_given_in_the_order_in_which_it_was_asked_for() {
    let order = Arc::new(sync::Mutex::new(Vec::new()));
    let held = order.lock().await;
    let mut tasks = JoinSet::new();
    for number in 0..10 {
        let order = Arc::clone(&order);
        tasks.spawn(async move { order.lock().await.push(number) });
        // One thread: after this the task stands in the queue.
        tokio::task::yield_now().await;
    }
    drop(held);
    tasks.join_all().await;
    assert_eq!(*order.lock().await, (0..10).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_watcher_sees_the_last_value_after_the_sender_is_gone_and_may_miss_others() {
    let (sender, mut watcher) = watch::channel(0);
    for value in 1..=3 {
        sender.send_replace(value);
    }
    drop(sender);
    assert!(watcher.changed().await.is_ok());
    assert_eq!(*watcher.borrow_and_update(), 3);
    assert!(watcher.changed().await.is_err());
}

#[tokio::test]
async fn who_asks_a_dead_actor_gets_an_error() {
    let (keeper, mailbox) = mpsc::channel::<u32>(1);
    drop(mailbox);
    assert!(keeper.send(3100).await.is_err());
}

#[test]
fn a_snapshot_stays_as_it_was() {
    let prices = ArcSwap::from_pointee(vec![3100]);
    let snapshot = prices.load_full();
    prices.store(Arc::new(vec![3100, 39_900]));
    assert_eq!((snapshot.len(), prices.load().len()), (1, 2));
}

#[tokio::test]
async fn the_right_side_is_awaited_before_the_left_side_is_locked() {
    let sum = Arc::new(Mutex::new(0_u32));
    let theirs = Arc::clone(&sum);
    // #region right_first
    let task = tokio::spawn(async move {
        *sum.lock().unwrap() += price().await;
    });
    // #endregion right_first
    *theirs.lock().unwrap() += 100;
    task.await.unwrap();
    assert_eq!(*theirs.lock().unwrap(), 3200);
}

async fn price() -> u32 {
    tokio::task::yield_now().await;
    3100
}
