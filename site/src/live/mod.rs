//! The live page, which shows what programs ask of the site as it happens.
//!
//! All pictures are drawn by the server, from the same [`Timeline`](crate::Timeline) as those of the terminal and
//! `--svg`. Server-sent events bring changes, at most ten times a second. Requests for the live page are not logged,
//! wait for no gate, and change nothing.
//!
//! - `asked`: requests and queries in one order; `queries`: those of a run
//! - `run`, `board`: the log as runs, kept up to date; `snapshots`: the board's state for all viewers
//! - `address`: what a viewer wants to see; `cuts`: runs as a viewer has cut them;
//!   `view`: the HTML of it; `events`: what changes in it
//! - `player`: chosen runs on one axis, and their replay
//! - `words`: the scenario in words
//! - `host`: the names under which it may be asked for
//! - `part`: what is sent; `blocking`: work for a thread of its own

mod address;
mod asked;
mod blocking;
mod board;
mod cuts;
mod events;
mod host;
mod part;
mod player;
mod queries;
mod run;
mod snapshots;
mod view;
mod words;

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::num::NonZero;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use console::Lang;
use hyper::body::{Body, Bytes};
use hyper::header::{
    ALLOW, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, HeaderMap,
    HeaderValue, LOCATION, REFERRER_POLICY, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS,
};
use hyper::{Method, Response, StatusCode, Uri};
use serde_json::{Value, json};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};

use crate::exports;
use crate::log::Log;
use crate::quota::{Permit, Quota};
use crate::scenario::Scenario;
use address::Address;
use blocking::blocking;
use board::Snapshot;
use cuts::Cuts;
pub(crate) use part::Part;
use player::Moment;
use run::Run;
use snapshots::Snapshots;
use view::View;

/// How many browsers may watch at once.
const MOST_WATCHERS: usize = 256;
/// How many browsers of one client may watch at once.
const MOST_OF_ONE_CLIENT: u32 = 64;

/// The content security policy: only the site's own files are loaded, and only its own code runs. The deck, served from
/// this machine, may show the page in a frame.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
    base-uri 'none'; form-action 'self'; frame-ancestors 'self' http://localhost:* http://127.0.0.1:*";

/// The page's files, by name. `assets/README.md` says where the third-party ones come from.
const ASSETS: [(&str, &str, &str); 5] = [
    ("htmx.js", "text/javascript", include_str!("../../assets/htmx.min.js")),
    ("htmx-sse.js", "text/javascript", include_str!("../../assets/htmx-ext-sse.min.js")),
    ("page.js", "text/javascript", include_str!("../../assets/page.js")),
    ("player.js", "text/javascript", include_str!("../../assets/player.js")),
    ("icon.svg", "image/svg+xml", include_str!("../../assets/icon.svg")),
];

/// The live page of a site.
pub(crate) struct Live {
    snapshots: Arc<Snapshots>,
    cuts: Arc<Cuts>,
    view: Arc<View>,
    /// The addresses to show; if empty, the one that the browser has requested.
    addresses: Vec<SocketAddr>,
    watchers: Arc<Semaphore>,
    by_client: Arc<Quota>,
    /// This machine's name.
    machine: String,
    stop: watch::Sender<bool>,
}

impl Live {
    pub fn new(log: Log, scenario: Scenario, addresses: Vec<SocketAddr>, database_url: Option<String>) -> Self {
        Self {
            view: Arc::new(View::new(scenario, database_url, log.capacity())),
            cuts: Arc::new(Cuts::new(log.clone())),
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

    /// Whether a request is for the live page or one of its parts.
    pub fn owns(uri: &Uri) -> bool {
        uri.path() == "/" || uri.path().starts_with("/live/")
    }

    /// Answers a request that the live page [`owns`](Self::owns).
    pub async fn answer(
        self: Arc<Self>,
        client: IpAddr,
        method: Method,
        uri: Uri,
        headers: HeaderMap,
    ) -> Response<Part> {
        let mut response = if !host::is_for_this_machine(&uri, &headers, &self.machine) {
            self.refuse_name(&Address::new(&uri, &headers, 0))
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

    /// The refusal of a request for another host.
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
        let address = Address::new(uri, headers, self.cuts.now());
        let hosts = self.hosts(headers);
        match uri.path() {
            // The moment becomes a part of the address, which then shows the same each time that it is loaded.
            "/" if Address::is_of_now(uri) => redirect(&address.url("/")),
            "/" if !address.chosen.is_empty() => {
                let snapshot = self.snapshot(&address).await;
                whole("text/html; charset=utf-8", blocking(move || player::page(&address, &snapshot)).await)
            }
            "/" => {
                let snapshot = self.snapshot(&address).await;
                let view = Arc::clone(&self.view);
                let full = self.full(client, address.lang);
                let page = blocking(move || view::page(&view, &address, &snapshot, &hosts, full)).await;
                whole("text/html; charset=utf-8", page)
            }
            "/live/frame" => {
                let moment = Moment::of(uri.query().unwrap_or_default());
                let snapshot = self.snapshot_of_chosen(&address).await;
                whole("text/html; charset=utf-8", blocking(move || player::frame(&address, &snapshot, moment)).await)
            }
            "/live/overlay.svg" => {
                let snapshot = self.snapshot_of_chosen(&address).await;
                let mut response = whole("image/svg+xml", blocking(move || player::svg(&address, &snapshot)).await);
                let name = HeaderValue::from_static("attachment; filename=\"runs.svg\"");
                response.headers_mut().insert(CONTENT_DISPOSITION, name);
                response
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
                    Some((id, format)) => self.download(id, format, &address, hosts).await,
                    None => text(StatusCode::NOT_FOUND, "The live page has no such part.\n"),
                }
            }
        }
    }

    /// A run as a file to download.
    async fn download(
        self: Arc<Self>,
        id: &str,
        format: &str,
        address: &Address,
        hosts: Vec<String>,
    ) -> Response<Part> {
        let lang = address.lang;
        let snapshot = self.snapshot(address).await;
        let run = id.parse().ok().and_then(|id: u64| snapshot.runs.iter().find(|run| run.id == id).cloned());
        let Some(run) = run else {
            let gone = lang.pick("There is no such run, or none any more.\n", "Такого запуска нет или уже нет.\n");
            return text(StatusCode::NOT_FOUND, gone);
        };
        let name = format!("attachment; filename=\"run-{}.{format}\"", run.id);
        let log = self.snapshots.log();
        let (asker, (first, last)) = (run.asker.clone(), run.exchanges);
        let exchanges = log.copies(first..=last).filter(move |exchange| asker.has_sent(exchange));
        let mut response = match format {
            "svg" => whole("image/svg+xml", blocking(move || run.timeline.svg(lang)).await),
            "har" => {
                let authority = hosts.into_iter().next().unwrap_or_default();
                with_type("application/json", stream(exports::har(exchanges, log.began_at(), authority)))
            }
            "json" => {
                let queries = (!run.queries.is_empty()).then(|| run.queries.copies(log));
                with_type("application/json", stream(exports::run(&head_of(&run), exchanges, queries)))
            }
            _ => return text(StatusCode::NOT_FOUND, "Runs come as svg, har or json.\n"),
        };
        if let Ok(name) = HeaderValue::try_from(name) {
            response.headers_mut().insert(CONTENT_DISPOSITION, name);
        }
        response
    }

    /// The runs as they are now, cut as the viewer has cut them.
    async fn snapshot(&self, address: &Address) -> Arc<Snapshot> {
        let snapshot = self.snapshots.now().await;
        let (cuts, moments) = (Arc::clone(&self.cuts), address.cuts());
        blocking(move || cuts.apply(&snapshot, &moments)).await
    }

    /// The chosen runs, for a client that has seen them on the page already. The log is not read again for each frame of
    /// a replay.
    async fn snapshot_of_chosen(&self, address: &Address) -> Arc<Snapshot> {
        let snapshot = self.snapshots.last().await;
        let (cuts, moments) = (Arc::clone(&self.cuts), address.cuts());
        let snapshot = blocking(move || cuts.apply(&snapshot, &moments)).await;
        if address.chosen(&snapshot).len() == address.chosen.len() { snapshot } else { self.snapshot(address).await }
    }

    /// The hosts and ports, in the URLs that a client that sent these headers is shown.
    fn hosts(&self, headers: &HeaderMap) -> Vec<String> {
        let given: Vec<String> = self.addresses.iter().map(SocketAddr::to_string).collect();
        let host = headers.get(HOST).and_then(|host| host.to_str().ok());
        // It may be any text; the templates escape it.
        if given.is_empty() { host.map(str::to_owned).into_iter().collect() } else { given }
    }

    /// The reason why this client can't watch, or `None` if it can.
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
                format!("{most} watching already: one of them must be closed first."),
                format!("Уже смотрят: {most}. Сначала нужно закрыть один из них."),
            ))
        } else {
            None
        }
    }

    /// Starts a stream of events. `place` is given back when the browser is gone.
    fn watch(&self, address: Address, place: (OwnedSemaphorePermit, Permit)) -> Part {
        let (snapshots, cuts, view) = (Arc::clone(&self.snapshots), Arc::clone(&self.cuts), Arc::clone(&self.view));
        let mut stop = self.stop.subscribe();
        // Room for one event, so that a slow client skips intermediate states.
        let (sender, events) = mpsc::channel(1);
        tokio::spawn(async move {
            tokio::select! {
                () = events::watch(&snapshots, &cuts, &view, &address, &sender) => {}
                () = sender.closed() => {}
                _ = stop.wait_for(|stop| *stop) => {}
            }
            drop(place);
        });
        Part::Stream(events)
    }
}

/// The fields of a run's JSON file, without its exchanges and queries.
fn head_of(run: &Run) -> Value {
    let figures = run.timeline.figures();
    let began_at = UNIX_EPOCH + Duration::from_millis(run.id);
    let statuses = run.timeline.statuses().iter();
    let statuses: HashMap<String, u64> = statuses
        .map(|(status, count)| (status.map_or_else(|| "none".to_owned(), |status| status.to_string()), *count))
        .collect();
    let mut head = json!({
        "id": run.id,
        "began_at": humantime::format_rfc3339_millis(began_at).to_string(),
        "client": run.asker.client,
        "program": run.asker.program,
        "dropped": run.dropped[0],
        "requests": figures.requests,
        "peak_in_flight": figures.peak_in_flight,
        "connections": figures.connections,
        "span_us": run.timeline.span(),
        "slowest_us": figures.slowest,
        "sum_us": figures.sum,
        "statuses": statuses,
    });
    if !run.queries.is_empty() {
        let figures = run.timeline.database_figures();
        head["database"] = json!({
            "dropped": run.dropped[1],
            "queries": figures.queries,
            "peak_in_flight": figures.peak_in_flight,
            "connections": figures.connections,
            "committed": figures.committed,
            "rolled_back": figures.rolled_back,
        });
    }
    head
}

/// A body whose pieces are made one at a time, when the client is ready for the next one, and not on the thread that
/// serves.
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

fn redirect(url: &str) -> Response<Part> {
    let mut response = text(StatusCode::SEE_OTHER, "");
    if let Ok(url) = HeaderValue::try_from(url) {
        response.headers_mut().insert(LOCATION, url);
    }
    response
}

fn text(status: StatusCode, text: &'static str) -> Response<Part> {
    let mut response = with_type("text/plain; charset=utf-8", Part::Whole(Bytes::from_static(text.as_bytes())));
    *response.status_mut() = status;
    response
}
