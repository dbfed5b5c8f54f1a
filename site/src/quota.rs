//! Limits per client, so that one client can't use up the site for a whole class.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZero;
use std::sync::{Arc, Mutex, PoisonError};

/// Counts what each client holds, and gives out permits up to a limit.
#[derive(Debug)]
pub struct Quota {
    limit: Option<NonZero<u32>>,
    taken: Mutex<HashMap<IpAddr, u32>>,
}

impl Quota {
    pub fn new(limit: Option<NonZero<u32>>) -> Self {
        Self { limit, taken: Mutex::default() }
    }

    /// Takes a permit for a client; `None` if the client holds as many as it may.
    pub fn enter(self: &Arc<Self>, address: IpAddr) -> Option<Permit> {
        let client = client_of(address);
        if let Some(limit) = self.limit {
            let mut all = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
            let taken = all.entry(client).or_default();
            if *taken == limit.get() {
                return None;
            }
            *taken += 1;
        }
        Some(Permit { quota: Arc::clone(self), client })
    }

    /// Whether [`enter`](Self::enter) would give a permit.
    #[cfg(feature = "page")]
    pub fn has_room(&self, address: IpAddr) -> bool {
        let all = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        self.limit.is_none_or(|limit| all.get(&client_of(address)).is_none_or(|taken| *taken < limit.get()))
    }
}

/// What counts as one client: an IPv4 address, or a /64 network of IPv6 addresses, because even a single machine
/// usually has a whole one.
fn client_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
        v4 @ IpAddr::V4(_) => v4,
    }
}

/// A permit of a client's; dropping it gives it back.
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
        let mut all = self.quota.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(taken) = all.get_mut(&self.client) {
            *taken -= 1;
            if *taken == 0 {
                all.remove(&self.client);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn each_client_has_permits_of_its_own() {
        let quota = Arc::new(Quota::new(NonZero::new(2)));
        let [one, other] = ["10.0.0.1", "10.0.0.2"].map(address);
        let first = quota.enter(one).unwrap();
        let second = quota.enter(one).unwrap();
        assert!(quota.enter(one).is_none());
        assert!(quota.enter(other).is_some());
        drop(first);
        assert!(quota.enter(one).is_some());
        drop(second);
        assert!(quota.taken.lock().unwrap().is_empty(), "a client that is gone is not remembered");
    }

    #[test]
    fn many_addresses_of_one_network_are_one_client() {
        let is_one = |one, other| client_of(address(one)) == client_of(address(other));
        assert!(is_one("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff"));
        assert!(!is_one("2001:db8:1:2::1", "2001:db8:1:3::1"));
        assert!(is_one("::ffff:10.0.0.1", "10.0.0.1"));
        assert!(!is_one("::ffff:10.0.0.1", "::ffff:10.0.0.2"));
    }
}
