//! `snapshot`: the cheapest car of all. Each of 200 cars is compared with it, and few replace it: many readers, in an
//! `RwLock` and in an `ArcSwap`.

use std::sync::{Arc, RwLock};

use arc_swap::ArcSwapOption;
use console::say;
use reqwest::Client;
use shared::{Car, Lesson, cars};
use tokio::task::JoinSet;

use crate::common::{all_done, get_page};

/// Of two cars at the same price, it is the one with the lower id.
fn is_cheaper(car: &Car, cheapest: Option<&Car>) -> bool {
    cheapest.is_none_or(|cheapest| (car.price, car.id) < (cheapest.price, cheapest.id))
}

// #region rw_lock
fn offer(cheapest: &RwLock<Option<Car>>, car: &Car) {
    if is_cheaper(car, cheapest.read().unwrap().as_ref()) {
        let mut cheapest = cheapest.write().unwrap();
        // Between the two locks another task may have written.
        if is_cheaper(car, cheapest.as_ref()) {
            *cheapest = Some(car.clone());
        }
    }
}
// #endregion rw_lock

// #region arc_swap
fn offer_to_swap(cheapest: &ArcSwapOption<Car>, car: &Car) {
    if is_cheaper(car, cheapest.load().as_deref()) {
        let car = Arc::new(car.clone());
        // Called again if another task was faster.
        cheapest.rcu(|old| match old {
            Some(old) if !is_cheaper(&car, Some(old)) => Arc::clone(old),
            _ => Arc::clone(&car),
        });
    }
}
// #endregion arc_swap

pub async fn run(lesson: &Lesson, client: &Client) -> shared::Result {
    let (by_lock, by_swap) = (Arc::new(RwLock::new(None)), Arc::new(ArcSwapOption::empty()));
    let mut tasks = JoinSet::new();
    for page in lesson.pages() {
        let (client, url) = (client.clone(), lesson.url(page));
        let (by_lock, by_swap) = (Arc::clone(&by_lock), Arc::clone(&by_swap));
        tasks.spawn(async move {
            let (status, html) = get_page(&client, url).await?;
            for car in cars(&html) {
                offer(&by_lock, &car);
                offer_to_swap(&by_swap, &car);
            }
            println!("Page: {page} Status: {status}");
            Ok(())
        });
    }
    all_done(tasks).await?;
    // #region snapshots
    // A copy, and a pointer: neither keeps a writer waiting.
    let locked: Option<Car> = by_lock.read().unwrap().clone();
    let swapped: Option<Arc<Car>> = by_swap.load_full();
    // #endregion snapshots
    for (name, car) in [("RwLock", locked.as_ref()), ("ArcSwap", swapped.as_deref())] {
        match car {
            Some(Car { make, model, price, .. }) => say(format_args!("{name:<9}{make} {model}, {price}\n")),
            None => say(format_args!("{name:<9}no cars\n")),
        }
    }
    Ok(())
}
