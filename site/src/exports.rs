//! Export formats of a log: JSON lines, a run as JSON, and HAR, which browsers' network panels open.
//!
//! Formats with many exchanges are produced piece by piece, so that only one piece is in memory at a time.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::iter;
use std::time::{Duration, SystemTime};

use serde::Serialize;
use serde_json::{Value, json};

#[cfg(feature = "page")]
use crate::log::Query;
use crate::log::{Entry, Exchange, Log};

/// The approximate size of a piece, in bytes.
const PIECE: usize = 64 * 1024;

/// An exchange or a query as JSON, with its line feed.
pub fn json_line(entry: &Entry) -> Vec<u8> {
    let mut line = to_json(entry);
    line.push(b'\n');
    line
}

/// Writes the log in the HTTP Archive format. `authority` is the host and port that its URLs get.
///
/// # Errors
/// Those of `out`.
pub fn write_har(log: &Log, authority: &str, out: &mut impl Write) -> io::Result<()> {
    har(log.copies(1..=u64::MAX), log.began_at(), authority.to_owned()).try_for_each(|piece| out.write_all(&piece))
}

/// The exchanges of a log that began at `began_at` in the HTTP Archive format, version 1.2
/// (<http://www.softwareishard.com/blog/har-12-spec/>), in pieces.
///
/// An exchange without an answer has status 0, as browsers write it.
pub(crate) fn har(
    exchanges: impl Iterator<Item = Exchange>,
    began_at: SystemTime,
    authority: String,
) -> impl Iterator<Item = Vec<u8>> {
    let head = json!({
        "version": "1.2",
        "creator": { "name": env!("CARGO_PKG_NAME"), "version": env!("CARGO_PKG_VERSION") },
        // Firefox's importer fails without it.
        "pages": [],
    });
    let entries = exchanges.map(move |exchange| entry(&exchange, began_at, &authority));
    list(format!("{{\"log\":{}", opened(&head, "entries")), entries, "]}}\n")
}

/// A run as JSON, in pieces: the object `head` with the fields `exchanges` and, if it has some, `queries`.
#[cfg(feature = "page")]
pub(crate) fn run<E: Iterator<Item = Exchange>, Q: Iterator<Item = Query>>(
    head: &Value,
    exchanges: E,
    queries: Option<Q>,
) -> impl Iterator<Item = Vec<u8>> + use<E, Q> {
    let more = queries.is_some();
    let exchanges = list(opened(head, "exchanges"), exchanges, if more { "],\n\"queries\":" } else { "]}\n" });
    exchanges.chain(queries.into_iter().flat_map(|queries| list("[".to_owned(), queries, "]}\n")))
}

/// The beginning of a JSON object that ends with a list: all its other fields, and the list's opening bracket.
fn opened(object: &Value, name: &str) -> String {
    let text = object.to_string();
    format!("{},\"{name}\":[", text.strip_suffix('}').unwrap_or(&text))
}

/// A list in pieces: the text before it, its items separated by commas, and the text after it.
fn list(
    before: String,
    items: impl Iterator<Item = impl Serialize>,
    after: &'static str,
) -> impl Iterator<Item = Vec<u8>> {
    let items = items
        .enumerate()
        .map(|(index, item)| [if index > 0 { b",\n".as_slice() } else { b"" }, &to_json(&item)].concat());
    in_pieces(iter::once(before.into_bytes()).chain(items).chain(iter::once(after.into())))
}

fn in_pieces(texts: impl Iterator<Item = Vec<u8>>) -> impl Iterator<Item = Vec<u8>> {
    let mut texts = texts.fuse();
    iter::from_fn(move || {
        let mut piece = texts.next()?;
        while piece.len() < PIECE
            && let Some(text) = texts.next()
        {
            piece.extend(text);
        }
        Some(piece)
    })
}

fn to_json(value: &impl Serialize) -> Vec<u8> {
    // Serializing to memory fails only for maps whose keys are not strings; there are none here.
    serde_json::to_vec(value).unwrap_or_default()
}

fn entry(exchange: &Exchange, began_at: SystemTime, authority: &str) -> Value {
    let headers = |headers: &[(&str, Option<&str>)]| -> Vec<Value> {
        headers.iter().filter_map(|(name, value)| value.map(|value| json!({ "name": name, "value": value }))).collect()
    };
    // For an exchange in flight, the last moment at which something happened to it.
    let finished = exchange.finished.or(exchange.answered).unwrap_or(exchange.arrived);
    let answered = exchange.answered.unwrap_or(finished);
    let started = began_at + Duration::from_micros(exchange.arrived);
    let status = exchange.status.unwrap_or(0);
    let mut entry = json!({
        "startedDateTime": humantime::format_rfc3339_micros(started).to_string(),
        "time": millis(exchange.arrived, finished),
        "request": {
            "method": exchange.method,
            "url": url(authority, &exchange.path),
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": headers(&[("Host", Some(authority)), ("User-Agent", exchange.user_agent.as_deref())]),
            "queryString": query(&exchange.path),
            "headersSize": -1,
            "bodySize": 0,
        },
        "response": {
            "status": status,
            "statusText": hyper::StatusCode::from_u16(status).ok().and_then(|s| s.canonical_reason()).unwrap_or(""),
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": [],
            "content": { "size": exchange.bytes, "mimeType": "text/html; charset=utf-8" },
            "redirectURL": "",
            "headersSize": -1,
            "bodySize": exchange.bytes,
            "_outcome": exchange.outcome,
        },
        "cache": {},
        "timings": {
            "blocked": -1,
            "dns": -1,
            "connect": -1,
            "send": 0,
            "wait": millis(exchange.arrived, answered),
            "receive": millis(answered, finished),
        },
        "connection": exchange.connection.to_string(),
        "_attempt": exchange.attempt,
    });
    if exchange.gated {
        // A part of the wait.
        entry["timings"]["_gate"] = millis(exchange.arrived, exchange.released.unwrap_or(answered)).into();
    }
    entry
}

/// A valid URL for a request target, which may also be `*`, empty, or contain characters that URLs may not have.
fn url(authority: &str, path: &str) -> String {
    let mut url = format!("http://{authority}");
    if !path.starts_with('/') {
        url.push('/');
    }
    for (place, byte) in path.bytes().enumerate() {
        let is_escape =
            || path.as_bytes().get(place + 1..place + 3).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit));
        match byte {
            b'%' if is_escape() => url.push('%'),
            b'!' | b'$' | b'&'..=b';' | b'=' | b'?' | b'@' | b'_' | b'~' => url.push(byte.into()),
            _ if byte.is_ascii_alphanumeric() => url.push(byte.into()),
            _ => {
                let _ = write!(url, "%{byte:02X}");
            }
        }
    }
    url
}

fn query(path: &str) -> Vec<Value> {
    let pairs = path.split_once('?').map_or("", |(_, query)| query).split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| json!({ "name": name, "value": value }))
        .collect()
}

/// The milliseconds, as HAR counts them, between two moments in microseconds.
fn millis(from: u64, to: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "exact up to 285 years")]
    let micros = to.saturating_sub(from) as f64;
    micros / 1e3
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;
    use crate::log::Outcome;
    use crate::scenario::Target;

    fn exchange(id: u64) -> Exchange {
        Exchange {
            id,
            target: Some(Target::Page(3)),
            attempt: 1,
            client: Ipv4Addr::LOCALHOST.into(),
            connection: 1,
            method: "GET".into(),
            path: "/search/all/?page=3".to_owned(),
            user_agent: Some("test".into()),
            arrived: 1_000 * id,
            gated: false,
            released: None,
            due: None,
            answered: None,
            finished: None,
            status: None,
            bytes: 0,
            outcome: Outcome::Held,
        }
    }

    fn entries(exchanges: Vec<Exchange>) -> Vec<Value> {
        let pieces = har(exchanges.into_iter(), SystemTime::UNIX_EPOCH, "localhost:80".to_owned());
        let har: Value = serde_json::from_slice(&pieces.collect::<Vec<_>>().concat()).unwrap();
        assert_eq!(har["log"]["pages"], json!([]));
        har["log"]["entries"].as_array().unwrap().clone()
    }

    #[test]
    fn an_answer_that_was_half_sent_is_an_entry_as_well() {
        let half_sent = Exchange { answered: Some(3_000), status: Some(200), ..exchange(1) };
        let held = exchange(2);
        let entries = entries(vec![half_sent, held]);
        let times: Vec<_> =
            entries.iter().map(|entry| (entry["time"].as_f64(), entry["timings"]["receive"].as_f64())).collect();
        assert_eq!(times, [(Some(2.0), Some(0.0)), (Some(0.0), Some(0.0))]);
        assert!(super::tests::entries(vec![]).is_empty());
    }

    #[test]
    fn the_time_at_a_gate_is_told() {
        let let_go = Exchange { gated: true, released: Some(2_500), answered: Some(3_000), ..exchange(1) };
        let entries =
            entries(vec![let_go, Exchange { gated: true, finished: Some(9_000), ..exchange(2) }, exchange(3)]);
        let gate: Vec<_> = entries.iter().map(|entry| entry["timings"]["_gate"].as_f64()).collect();
        assert_eq!(gate, [Some(1.5), Some(7.0), None]);
    }

    #[test]
    fn each_url_is_one() {
        for (path, expected) in [
            ("/search/all/?page=3", "/search/all/?page=3"),
            ("*", "/*"),
            ("", "/"),
            ("/a\"b|c{d}я#", "/a%22b%7Cc%7Bd%7D%D1%8F%23"),
            ("/100%&%41%4", "/100%25&%41%254"),
        ] {
            assert_eq!(url("localhost:80", path), format!("http://localhost:80{expected}"));
        }
    }

    /// Only one piece of a long log is ever in memory.
    #[test]
    fn a_long_log_comes_in_pieces_as_it_is_asked_for() {
        let mut made = 0;
        let mut pieces = har((1..=100_000).map(exchange).inspect(|_| made += 1), SystemTime::UNIX_EPOCH, String::new());
        let first = pieces.next().unwrap();
        assert!((PIECE..PIECE + 2_048).contains(&first.len()));
        let (mut size, mut largest) = (first.len(), 0);
        for piece in pieces.by_ref().take(10) {
            size += piece.len();
            largest = largest.max(piece.len());
        }
        drop(pieces);
        assert!(largest < PIECE + 2_048 && made < 2_000, "{largest} bytes, {made} entries for {size} bytes");
    }
}
