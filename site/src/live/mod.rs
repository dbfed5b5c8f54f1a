//! The live page: what any program does to the site, shown as it happens.
//!
//! The server draws and the page shows: a picture is the same [`Timeline`](crate::Timeline) that the terminal and `--svg`
//! get. Server-sent events bring what has changed, at most ten times a second. Watching is not written down, waits for no
//! gate, and changes nothing.
//!
//! - `run`, `board`: the log as runs, kept up to date; `snapshots`: them for all who ask
//! - `address`: what a viewer wants to see; `view`: the HTML of it; `events`: what changes in it
//! - `host`: the names under which it may be asked for
//! - `part`: what is sent; `blocking`: work for a thread of its own

mod address;
mod blocking;
mod board;
mod events;
mod host;
mod part;
mod run;
mod snapshots;
mod view;

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::num::NonZero;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use console::Lang;
use hyper::body::{Body, Bytes};
use hyper::header::{
    ALLOW, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, HeaderMap,
    HeaderValue, REFERRER_POLICY, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS,
};
use hyper::{Method, Response, StatusCode, Uri};
use serde_json::{Value, json};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};

use crate::exports;
use crate::listing::url_prefix;
use crate::log::Log;
use crate::quota::{Permit, Quota};
use crate::scenario::Scenario;
use address::Address;
use blocking::blocking;
pub(crate) use part::Part;
use run::Run;
use snapshots::Snapshots;
use view::View;

/// How many may watch at once, and how many of them from one client.
const MOST_WATCHERS: usize = 256;
const MOST_OF_ONE_CLIENT: u32 = 64;

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
    by_client: Arc<Quota>,
    /// This machine's name.
    machine: String,
    stop: watch::Sender<bool>,
}

impl Live {
    pub fn new(log: Log, scenario: Scenario, addresses: Vec<SocketAddr>) -> Self {
        Self {
            view: Arc::new(View::new(scenario, log.capacity())),
            snapshots: Arc::new(Snapshots::new(log)),
            addresses,
            watchers: Arc::new(Semaphore::new(MOST_WATCHERS)),
            by_client: Arc::new(Quota::new(NonZero::new(MOST_OF_ONE_CLIENT))),
            machine: gethostname::gethostname().to_string_lossy().into_owned(),
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
    pub async fn answer(
        self: Arc<Self>,
        client: IpAddr,
        method: Method,
        uri: Uri,
        headers: HeaderMap,
    ) -> Response<Part> {
        let mut response = if !host::is_for_this_machine(&uri, &headers, &self.machine) {
            self.refuse_name(&Address::new(&uri, &headers))
        } else if method == Method::GET || method == Method::HEAD {
            self.find(client, &uri, &headers).await
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

    /// The answer to a request under a name that is not this machine's.
    fn refuse_name(&self, address: &Address) -> Response<Part> {
        let text = address.lang.pick(
            "This page is not for that name: ask for it by the machine's address, as localhost or as",
            "Под этим именем страница не открывается: откройте её по адресу машины, как localhost или как",
        );
        let mut response = whole("text/plain; charset=utf-8", format!("{text} {}.\n", self.machine));
        *response.status_mut() = StatusCode::MISDIRECTED_REQUEST;
        response
    }

    async fn find(self: Arc<Self>, client: IpAddr, uri: &Uri, headers: &HeaderMap) -> Response<Part> {
        let address = Address::new(uri, headers);
        let prefixes = self.prefixes(headers);
        match uri.path() {
            "/" => {
                let snapshot = self.snapshots.now().await;
                let view = Arc::clone(&self.view);
                let full = self.full(client, address.lang);
                let page = blocking(move || view::page(&view, &address, &snapshot, &prefixes, full)).await;
                whole("text/html; charset=utf-8", page)
            }
            "/live/events" => {
                if let Some(permit) = self.by_client.enter(client)
                    && let Ok(place) = Arc::clone(&self.watchers).try_acquire_owned()
                {
                    return with_type("text/event-stream", self.watch(address, (place, permit)));
                }
                let why = self.full(client, address.lang).unwrap_or_default();
                let mut response = whole("text/plain; charset=utf-8", why + "\n");
                *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
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
        let log = self.snapshots.log();
        let (client, (first, last)) = (run.client, run.exchanges);
        let exchanges = log.copies(first..=last).filter(move |exchange| exchange.client == client);
        let mut response = match format {
            "svg" => whole("image/svg+xml", blocking(move || run.timeline.svg(lang)).await),
            "har" => {
                let authority = prefixes.first().and_then(|prefix| prefix.split('/').nth(2)).unwrap_or_default();
                with_type("application/json", stream(exports::har(exchanges, log.began_at(), authority.to_owned())))
            }
            "json" => with_type("application/json", stream(exports::run(&head_of(&run), exchanges))),
            _ => return text(StatusCode::NOT_FOUND, "Runs come as svg, har or json.\n"),
        };
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

    /// Why this client can't watch, unless it can.
    fn full(&self, client: IpAddr, lang: Lang) -> Option<String> {
        let count = |most: u64| lang.count(most, ["browser is", "browsers are"], ["браузер", "браузера", "браузеров"]);
        if !self.by_client.has_room(client) {
            let most = count(MOST_OF_ONE_CLIENT.into());
            Some(lang.pick(
                format!("{most} watching already from your address: close one of them."),
                format!("С вашего адреса уже смотрят: {most}. Закройте один из них."),
            ))
        } else if self.watchers.available_permits() == 0 {
            let most = count(MOST_WATCHERS as u64);
            Some(lang.pick(
                format!("{most} watching already: somebody has to close one of them."),
                format!("Уже смотрят: {most}. Кому-то нужно закрыть один из них."),
            ))
        } else {
            None
        }
    }

    /// Begins to watch. `place` is given back when nobody reads the events any more.
    fn watch(&self, address: Address, place: (OwnedSemaphorePermit, Permit)) -> Part {
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

/// What a run's file says of it beside its exchanges.
fn head_of(run: &Run) -> Value {
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
    })
}

/// Sends pieces as the client takes them: they are made one at a time, beside the thread that serves.
fn stream(mut pieces: impl Iterator<Item = Vec<u8>> + Send + 'static) -> Part {
    let (sender, receiver) = mpsc::channel(1);
    tokio::spawn(async move {
        while let Ok(place) = sender.reserve().await {
            let piece;
            (piece, pieces) = blocking(move || (pieces.next(), pieces)).await;
            match piece {
                Some(piece) => place.send(piece.into()),
                None => break,
            }
        }
    });
    Part::Stream(receiver)
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
