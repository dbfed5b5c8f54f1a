//! The live page: what any program does to the site, shown as it happens.
//!
//! The server draws and the page shows: a picture is the same [`Timeline`](crate::Timeline) that the terminal and `--svg`
//! get. Server-sent events bring what has changed, at most ten times a second. Watching is not written down, waits for no
//! gate, and changes nothing.
//!
//! - `run`, `board`: the log as runs, kept up to date; `snapshots`: them for all who ask
//! - `address`: what a viewer wants to see; `view`: the HTML of it; `events`: what changes in it
//! - `part`: what is sent; `blocking`: work for a thread of its own

mod address;
mod blocking;
mod board;
mod events;
mod part;
mod run;
mod snapshots;
mod view;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use console::Lang;
use hyper::body::{Body, Bytes};
use hyper::header::{
    ALLOW, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, HeaderMap,
    HeaderValue, REFERRER_POLICY, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS,
};
use hyper::{Method, Response, StatusCode, Uri};
use serde_json::json;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};

use crate::exports;
use crate::listing::url_prefix;
use crate::log::{BATCH, Exchange, Log};
use crate::scenario::Scenario;
use address::Address;
use blocking::blocking;
pub(crate) use part::Part;
use run::Run;
use snapshots::Snapshots;
use view::View;

/// How many may watch at once.
const MOST_WATCHERS: usize = 64;

/// Only what the site serves itself is loaded, and no code but its own runs. The deck, on a server of this machine, may
/// show the page in a frame.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'self' http://localhost:* http://127.0.0.1:*";

/// The page's files, by name. `assets/README.md` says where those come from that are not our own.
const ASSETS: [(&str, &str, &str); 4] = [
    ("htmx.js", "text/javascript", include_str!("../../assets/htmx.min.js")),
    ("htmx-sse.js", "text/javascript", include_str!("../../assets/htmx-ext-sse.min.js")),
    ("page.js", "text/javascript", include_str!("../../assets/page.js")),
    ("icon.svg", "image/svg+xml", include_str!("../../assets/icon.svg")),
];

/// The live page of a site.
pub(crate) struct Live {
    snapshots: Arc<Snapshots>,
    view: Arc<View>,
    /// Where the site is reached, if that can't be seen from what a browser asks for.
    addresses: Vec<SocketAddr>,
    watchers: Arc<Semaphore>,
    stop: watch::Sender<bool>,
}

impl Live {
    pub fn new(log: Log, scenario: Scenario, addresses: Vec<SocketAddr>) -> Self {
        Self {
            view: Arc::new(View::new(scenario, log.capacity())),
            snapshots: Arc::new(Snapshots::new(log)),
            addresses,
            watchers: Arc::new(Semaphore::new(MOST_WATCHERS)),
            stop: watch::Sender::new(false),
        }
    }

    /// Ends all watching.
    pub fn stop(&self) {
        self.stop.send_replace(true);
    }

    /// Whether a request is for the live page or what belongs to it.
    pub fn owns(uri: &Uri) -> bool {
        uri.path() == "/" || uri.path().starts_with("/live/")
    }

    /// The answer to a request that [`owns`](Self::owns) is true of.
    pub async fn answer(self: Arc<Self>, method: Method, uri: Uri, headers: HeaderMap) -> Response<Part> {
        let mut response = if method == Method::GET || method == Method::HEAD {
            self.find(&uri, &headers).await
        } else {
            let mut refused = text(StatusCode::METHOD_NOT_ALLOWED, "Only GET and HEAD.\n");
            refused.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
            refused
        };
        for (name, value) in [
            (CONTENT_SECURITY_POLICY, POLICY),
            (X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (REFERRER_POLICY, "no-referrer"),
            (CACHE_CONTROL, "no-store"),
        ] {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        if method == Method::HEAD {
            if let Some(length) = response.body().size_hint().exact() {
                response.headers_mut().insert(CONTENT_LENGTH, length.into());
            }
            return response.map(|_| Part::Whole(Bytes::new()));
        }
        response
    }

    async fn find(self: Arc<Self>, uri: &Uri, headers: &HeaderMap) -> Response<Part> {
        let address = Address::new(uri, headers);
        let prefixes = self.prefixes(headers);
        match uri.path() {
            "/" => {
                let snapshot = self.snapshots.now().await;
                let view = Arc::clone(&self.view);
                let full = self.watchers.available_permits() == 0;
                let page = blocking(move || view::page(&view, &address, &snapshot, &prefixes, full)).await;
                whole("text/html; charset=utf-8", page)
            }
            "/live/events" => {
                if let Ok(place) = Arc::clone(&self.watchers).try_acquire_owned() {
                    return with_type("text/event-stream", self.watch(address, place));
                }
                let mut response = text(
                    StatusCode::SERVICE_UNAVAILABLE,
                    address.lang.pick(
                        "64 browsers are watching already: close one of them.\n",
                        "Уже смотрят 64 браузера: закройте один из них.\n",
                    ),
                );
                response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("5"));
                response
            }
            "/live/assets/page.css" => whole("text/css", view::style_sheet()),
            path => {
                let asset = path.strip_prefix("/live/assets/");
                if let Some((_, kind, text)) = ASSETS.iter().find(|(name, ..)| asset == Some(name)) {
                    return with_type(kind, Part::Whole(Bytes::from_static(text.as_bytes())));
                }
                match path.strip_prefix("/live/runs/").and_then(|name| name.split_once('.')) {
                    Some((id, format)) => self.download(id, format, address.lang, prefixes).await,
                    None => text(StatusCode::NOT_FOUND, "The live page has no such part.\n"),
                }
            }
        }
    }

    /// A run as a file.
    async fn download(self: Arc<Self>, id: &str, format: &str, lang: Lang, prefixes: Vec<String>) -> Response<Part> {
        let snapshot = self.snapshots.now().await;
        let run = id.parse().ok().and_then(|id: u64| snapshot.runs.iter().find(|run| run.id == id).cloned());
        let Some(run) = run else {
            let gone = lang.pick("There is no such run, or none any more.\n", "Такого запуска нет или уже нет.\n");
            return text(StatusCode::NOT_FOUND, gone);
        };
        let name = format!("attachment; filename=\"run-{}.{format}\"", run.id);
        let (kind, file) = match format {
            "svg" => ("image/svg+xml", blocking(move || run.timeline.svg(lang)).await),
            "har" => {
                let authority = prefixes.first().and_then(|prefix| prefix.split('/').nth(2)).unwrap_or_default();
                let (log, authority) = (self.snapshots.log().clone(), authority.to_owned());
                let har = move || exports::har(&exchanges_of(&log, &run), log.began_at(), &authority).to_string();
                ("application/json", blocking(har).await)
            }
            "json" => {
                let log = self.snapshots.log().clone();
                ("application/json", blocking(move || json_of(&log, &run)).await)
            }
            _ => return text(StatusCode::NOT_FOUND, "Runs come as svg, har or json.\n"),
        };
        let mut response = whole(kind, file);
        if let Ok(name) = HeaderValue::try_from(name) {
            response.headers_mut().insert(CONTENT_DISPOSITION, name);
        }
        response
    }

    /// What a page's number is appended to, as one reaches the site who asks with these headers.
    fn prefixes(&self, headers: &HeaderMap) -> Vec<String> {
        let given: Vec<String> = self.addresses.iter().map(url_prefix).collect();
        let host = headers.get(HOST).and_then(|host| host.to_str().ok());
        // It may be any text: it goes through templates that escape.
        let seen = host.map(url_prefix);
        if given.is_empty() { seen.into_iter().collect() } else { given }
    }

    /// Begins to watch. `place` is given back when nobody reads the events any more.
    fn watch(&self, address: Address, place: OwnedSemaphorePermit) -> Part {
        let (snapshots, view) = (Arc::clone(&self.snapshots), Arc::clone(&self.view));
        let mut stop = self.stop.subscribe();
        // Room for one: a slow client skips what has come and gone meanwhile.
        let (sender, events) = mpsc::channel(1);
        tokio::spawn(async move {
            tokio::select! {
                () = events::watch(&snapshots, &view, &address, &sender) => {}
                () = sender.closed() => {}
                _ = stop.wait_for(|stop| *stop) => {}
            }
            drop(place);
        });
        Part::Stream(events)
    }
}

/// The log's exchanges that make up a run.
fn exchanges_of(log: &Log, run: &Run) -> Vec<Exchange> {
    let (mut from, last) = run.exchanges;
    let mut exchanges = Vec::new();
    while from <= last {
        let until = last.min(from + BATCH as u64 - 1);
        log.read(|record| {
            let batch = record.since(from).take_while(|exchange| exchange.id <= until);
            exchanges.extend(batch.filter(|exchange| exchange.client == run.client).cloned());
        });
        from = until + 1;
    }
    exchanges
}

fn json_of(log: &Log, run: &Run) -> String {
    let figures = run.timeline.figures();
    let began_at = UNIX_EPOCH + Duration::from_millis(run.id);
    let statuses = run.timeline.statuses().iter();
    let statuses: HashMap<String, u64> = statuses
        .map(|(status, count)| (status.map_or_else(|| "none".to_owned(), |status| status.to_string()), *count))
        .collect();
    json!({
        "id": run.id,
        "began_at": humantime::format_rfc3339_millis(began_at).to_string(),
        "client": run.client,
        "dropped": run.dropped,
        "requests": figures.requests,
        "peak_in_flight": figures.peak_in_flight,
        "connections": figures.connections,
        "span_us": figures.span,
        "slowest_us": figures.slowest,
        "sum_us": figures.sum,
        "statuses": statuses,
        "exchanges": exchanges_of(log, run),
    })
    .to_string()
}

fn with_type(kind: &'static str, body: Part) -> Response<Part> {
    let mut response = Response::new(body);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

fn whole(kind: &'static str, body: String) -> Response<Part> {
    with_type(kind, Part::Whole(body.into()))
}

fn text(status: StatusCode, text: &'static str) -> Response<Part> {
    let mut response = with_type("text/plain; charset=utf-8", Part::Whole(Bytes::from_static(text.as_bytes())));
    *response.status_mut() = status;
    response
}
