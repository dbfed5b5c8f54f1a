//! How many requests one client may have in flight: what keeps one of a class from taking the site for itself.

use std::collections::HashMap;
use std::net::IpAddr;
use std::num::NonZero;
use std::sync::{Arc, Mutex, PoisonError};

/// Counts the requests in flight by client, where there is a limit.
#[derive(Debug)]
pub struct Quota {
    limit: Option<NonZero<u32>>,
    in_flight: Mutex<HashMap<IpAddr, u32>>,
}

impl Quota {
    pub fn new(limit: Option<NonZero<u32>>) -> Self {
        Self { limit, in_flight: Mutex::default() }
    }

    /// A permit for a client's request, unless all that the client may have are taken.
    pub fn enter(self: &Arc<Self>, client: IpAddr) -> Option<Permit> {
        if let Some(limit) = self.limit {
            let mut in_flight = self.in_flight.lock().unwrap_or_else(PoisonError::into_inner);
            let taken = in_flight.entry(client).or_default();
            if *taken == limit.get() {
                return None;
            }
            *taken += 1;
        }
        Some(Permit { quota: Arc::clone(self), client })
    }
}

/// A request in flight; dropped, it makes room for the client's next one.
#[derive(Debug)]
pub struct Permit {
    quota: Arc<Quota>,
    client: IpAddr,
}

impl Drop for Permit {
    fn drop(&mut self) {
        if self.quota.limit.is_none() {
            return;
        }
        let mut in_flight = self.quota.in_flight.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(taken) = in_flight.get_mut(&self.client) {
            *taken -= 1;
            if *taken == 0 {
                in_flight.remove(&self.client);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    #[test]
    fn each_client_has_permits_of_its_own() {
        let quota = Arc::new(Quota::new(NonZero::new(2)));
        let [one, other] = [1, 2].map(|last| IpAddr::from(Ipv4Addr::new(10, 0, 0, last)));
        let first = quota.enter(one).unwrap();
        let second = quota.enter(one).unwrap();
        assert!(quota.enter(one).is_none());
        assert!(quota.enter(other).is_some());
        drop(first);
        assert!(quota.enter(one).is_some());
        drop(second);
        assert!(quota.in_flight.lock().unwrap().is_empty(), "nobody who is gone is remembered");
    }
}
