//! Logs as files: JSON lines, and HAR, which browsers' network panels open.

use std::io::{self, Write};
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use crate::log::{Exchange, Log};

/// Writes the log as JSON, an exchange a line.
///
/// # Errors
/// Those of `out`.
pub fn write_json_lines(log: &Log, out: &mut impl Write) -> io::Result<()> {
    for exchange in log.exchanges() {
        serde_json::to_writer(&mut *out, &exchange)?;
        out.write_all(b"\n")?;
    }
    out.flush()
}

/// Writes the log in the HTTP Archive format, version 1.2 (<http://www.softwareishard.com/blog/har-12-spec/>).
///
/// `authority` is the host and port that the URLs get. An exchange without an answer has status 0, as browsers write it.
///
/// # Errors
/// Those of `out`.
pub fn write_har(log: &Log, authority: &str, out: &mut impl Write) -> io::Result<()> {
    serde_json::to_writer(&mut *out, &har(&log.exchanges(), log.began_at(), authority))?;
    out.flush()
}

/// The exchanges of a log that began at `began_at` as an HTTP Archive.
pub(crate) fn har(exchanges: &[Exchange], began_at: SystemTime, authority: &str) -> Value {
    let entries: Vec<Value> = exchanges.iter().map(|exchange| entry(exchange, began_at, authority)).collect();
    json!({
        "log": {
            "version": "1.2",
            "creator": { "name": env!("CARGO_PKG_NAME"), "version": env!("CARGO_PKG_VERSION") },
            "entries": entries,
        }
    })
}

fn entry(exchange: &Exchange, began_at: SystemTime, authority: &str) -> Value {
    let headers = |headers: &[(&str, Option<&str>)]| -> Vec<Value> {
        headers.iter().filter_map(|(name, value)| value.map(|value| json!({ "name": name, "value": value }))).collect()
    };
    // For an exchange that was still in flight nothing more is known than that it had arrived.
    let finished = exchange.finished.unwrap_or(exchange.arrived);
    let answered = exchange.answered.unwrap_or(finished);
    let started = began_at + Duration::from_micros(exchange.arrived);
    let status = exchange.status.unwrap_or(0);
    json!({
        "startedDateTime": humantime::format_rfc3339_micros(started).to_string(),
        "time": millis(finished - exchange.arrived),
        "request": {
            "method": exchange.method,
            "url": format!("http://{authority}{}", exchange.path),
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
            "wait": millis(answered - exchange.arrived),
            "receive": millis(finished - answered),
        },
        "connection": exchange.connection.to_string(),
        "_attempt": exchange.attempt,
    })
}

fn query(path: &str) -> Vec<Value> {
    let pairs = path.split_once('?').map_or("", |(_, query)| query).split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| json!({ "name": name, "value": value }))
        .collect()
}

/// HAR counts in milliseconds.
fn millis(micros: u64) -> f64 {
    #[allow(clippy::cast_precision_loss)] // exact up to 285 years
    let millis = micros as f64 / 1e3;
    millis
}
