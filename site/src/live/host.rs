//! The host names under which the live page is served.
//!
//! A web page can make its own domain resolve to this machine (DNS rebinding); its scripts could then read the log. The
//! browser sends that domain as the Host, so requests for names that are not this machine's are refused. The listing is
//! served under any name: it holds nothing that is not public.

use std::net::{Ipv4Addr, Ipv6Addr};

use hyper::Uri;
use hyper::header::{HOST, HeaderMap};
use hyper::http::uri::Authority;

/// Whether a request's host is an IP address, `localhost` or `machine`, the machine's own name. A request without a
/// host is allowed: browsers always send one.
pub fn is_for_this_machine(uri: &Uri, headers: &HeaderMap, machine: &str) -> bool {
    let is_ours = |authority: &Authority| {
        let rest = authority.as_str().strip_prefix(authority.host());
        let is_port = |rest: &str| rest.is_empty() || rest.starts_with(':');
        rest.is_some_and(is_port) && is_ours(authority.host(), machine)
    };
    let named = headers.get_all(HOST).iter().filter(|host| !host.is_empty());
    uri.authority().is_none_or(is_ours)
        && named.map(|host| Authority::try_from(host.as_bytes())).all(|host| host.is_ok_and(|host| is_ours(&host)))
}

fn is_ours(host: &str, machine: &str) -> bool {
    if let Some(address) = host.strip_prefix('[') {
        return address.strip_suffix(']').is_some_and(|address| address.parse::<Ipv6Addr>().is_ok());
    }
    let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
    let machine = machine.to_ascii_lowercase();
    let short = machine.split('.').next().unwrap_or_default();
    host.parse::<Ipv4Addr>().is_ok()
        || host == "localhost"
        || host.ends_with(".localhost")
        || !short.is_empty() && (host == machine || host == short || host == format!("{short}.local"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machines_names_are_its() {
        let allows = |host: &str| {
            let headers = HeaderMap::from_iter([(HOST, host.parse().unwrap())]);
            is_for_this_machine(&Uri::from_static("/"), &headers, "Teacher.school.example")
        };
        for host in [
            "127.0.0.1",
            "127.0.0.1:8080",
            "192.168.1.7:80",
            "[::1]",
            "[fe80::1]:8080",
            "localhost",
            "LOCALHOST:1",
            "localhost.",
            "deck.localhost:3030",
            "teacher",
            "teacher.school.example:8080",
            "Teacher.local",
            "",
        ] {
            assert!(allows(host), "{host}");
        }
        for host in [
            "evil.example",
            "evil.example:8080",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "notlocalhost",
            "school.example",
            "127.0.0.1@evil.example",
            "evil.example@localhost",
            "[::1].evil.example",
            "[evil]",
            "0x7f.1",
            "a b",
            "ё",
            "http://localhost",
        ] {
            assert!(!allows(host), "{host}");
        }
    }

    #[test]
    fn all_names_of_a_request_count() {
        let headers = |hosts: &[&'static str]| hosts.iter().map(|host| (HOST, host.parse().unwrap())).collect();
        let allows = |uri, hosts: &[&'static str]| is_for_this_machine(&Uri::from_static(uri), &headers(hosts), "");
        assert!(allows("/", &[]) && allows("http://localhost:80/", &["localhost"]));
        assert!(!allows("http://evil.example/", &["localhost"]));
        assert!(!allows("/", &["localhost", "evil.example"]));
    }
}
