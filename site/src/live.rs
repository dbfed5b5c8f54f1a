//! The live page: what any program does to the site, shown as it happens.
//!
//! The server draws and the page shows: a picture is the same [`Timeline`](crate::Timeline) that the terminal and `--svg`
//! get. Server-sent events bring what has changed, at most ten times a second. Watching is not written down, waits for no
//! gate, and changes nothing.

mod board;
mod events;
mod view;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex as BlockingMutex, PoisonError};
use std::time::{Duration, UNIX_EPOCH};

use hyper::body::{Body, Bytes};
use hyper::header::{
    ALLOW, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, HeaderMap,
    HeaderValue, REFERRER_POLICY, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS,
};
use hyper::{Method, Response, StatusCode, Uri};
use serde_json::json;
use tokio::sync::{Mutex, Semaphore, watch};
use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep_until};

use crate::listing::LISTING_PATH;
use crate::log::{Exchange, Log};
use crate::scenario::Scenario;
use crate::server::{Answer, Reply, language_of};
use console::Lang;

use crate::{files, url_prefix};
use board::{Board, Run, Snapshot};
pub(crate) use events::Events;

/// How many may watch at once.
const MOST_WATCHERS: usize = 64;
/// How many runs the page shows unless asked for more.
const RUNS: usize = 30;
/// How many pictures are kept for the next who asks.
const PICTURES: usize = 256;
/// How many of the log's exchanges are copied before the site may go on writing.
const BATCH: u64 = 256;

/// Only what the site serves itself is loaded, and no code but its own runs. The deck, on a server of this machine, may
/// show the page in a frame.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'self' http://localhost:* http://127.0.0.1:*";

/// The page's files, by name. `assets/README.md` says where those come from that are not our own.
const ASSETS: [(&str, &str, &str); 4] = [
    ("htmx.js", "text/javascript", include_str!("../assets/htmx.min.js")),
    ("htmx-sse.js", "text/javascript", include_str!("../assets/htmx-ext-sse.min.js")),
    ("page.js", "text/javascript", include_str!("../assets/page.js")),
    ("icon.svg", "image/svg+xml", include_str!("../assets/icon.svg")),
];

/// The live page of a site.
pub(crate) struct Live {
    log: Log,
    scenario: Scenario,
    /// Where the site is reached, if that can't be seen from what a browser asks for.
    addresses: Vec<SocketAddr>,
    board: Arc<Mutex<Board>>,
    pictures: BlockingMutex<HashMap<PictureKey, Arc<str>>>,
    watchers: Arc<Semaphore>,
    stop: watch::Sender<bool>,
}

/// What a picture follows from: a run's id and version, the language, and the scale.
type PictureKey = (u64, u64, Lang, u64);

/// How one who watches wants the page. It is all in the page's address: nothing of it is the site's business.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct View {
    lang: Lang,
    /// The runs that were removed.
    without: Vec<u64>,
    /// How many runs to show.
    runs: usize,
}

impl View {
    fn new(uri: &Uri, headers: &HeaderMap) -> Self {
        let mut view = Self { lang: language_of(headers), without: Vec::new(), runs: RUNS };
        let pairs = uri.query().unwrap_or_default().split('&').filter_map(|pair| pair.split_once('='));
        for (name, value) in pairs {
            match name {
                "lang" => view.lang = value.parse().unwrap_or(view.lang),
                "without" => view.without = value.split('.').filter_map(|id| id.parse().ok()).collect(),
                "runs" => view.runs = value.parse().unwrap_or(RUNS),
                _ => {}
            }
        }
        view
    }

    /// The runs that it shows, the newest first.
    fn shown<'a>(&self, snapshot: &'a Snapshot) -> impl Iterator<Item = &'a Arc<Run>> {
        snapshot.runs.iter().filter(|run| !self.without.contains(&run.id)).take(self.runs)
    }

    /// The time that all pictures' width stands for, so that runs compare at a glance.
    fn scale(&self, snapshot: &Snapshot) -> u64 {
        scale_for(self.shown(snapshot).map(|run| run.timeline.figures().span).max().unwrap_or(0))
    }
}

/// A scale with room for `span`, both in microseconds. It grows in steps, so that not every picture has to be drawn anew
/// whenever the newest run grows.
fn scale_for(span: u64) -> u64 {
    const STEPS: [u64; 10] = [10, 12, 15, 20, 25, 30, 40, 50, 60, 80];
    let mut steps = (3..18).flat_map(|power| STEPS.map(|step| step * 10_u64.pow(power)));
    steps.find(|step| *step >= span).unwrap_or(span)
}

impl Live {
    pub fn new(log: Log, scenario: Scenario, addresses: Vec<SocketAddr>) -> Self {
        Self {
            log,
            scenario,
            addresses,
            board: Arc::new(Mutex::new(Board::new())),
            pictures: BlockingMutex::default(),
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
    pub async fn answer(self: Arc<Self>, method: Method, uri: Uri, headers: HeaderMap) -> Response<Reply> {
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
            return response.map(|_| Reply::Whole(Answer::new(Bytes::new(), None)));
        }
        response
    }

    async fn find(self: Arc<Self>, uri: &Uri, headers: &HeaderMap) -> Response<Reply> {
        let view = View::new(uri, headers);
        let prefixes = self.prefixes(headers);
        match uri.path() {
            "/" => {
                let snapshot = self.snapshot().await;
                let live = Arc::clone(&self);
                let full = self.watchers.available_permits() == 0;
                let page = blocking(move || view::page(&live, &view, &snapshot, &prefixes, full)).await;
                whole("text/html; charset=utf-8", page)
            }
            "/live/events" => {
                if let Ok(place) = Arc::clone(&self.watchers).try_acquire_owned() {
                    return with_type("text/event-stream", Reply::Events(Events::start(self, view, place)));
                }
                let mut response = text(
                    StatusCode::SERVICE_UNAVAILABLE,
                    view.lang.pick(
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
                    return with_type(kind, Reply::Whole(Answer::new(Bytes::from_static(text.as_bytes()), None)));
                }
                match path.strip_prefix("/live/runs/").and_then(|name| name.split_once('.')) {
                    Some((id, format)) => self.download(id, format, view.lang, prefixes).await,
                    None => text(StatusCode::NOT_FOUND, "The live page has no such part.\n"),
                }
            }
        }
    }

    /// A run as a file.
    async fn download(self: Arc<Self>, id: &str, format: &str, lang: Lang, prefixes: Vec<String>) -> Response<Reply> {
        let snapshot = self.snapshot().await;
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
                let (log, authority) = (self.log.clone(), authority.to_owned());
                let har = move || files::har(&exchanges_of(&log, &run), log.began_at(), &authority).to_string();
                ("application/json", blocking(har).await)
            }
            "json" => {
                let log = self.log.clone();
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
        let given: Vec<String> = self.addresses.iter().map(|address| url_prefix(*address)).collect();
        let host = headers.get(HOST).and_then(|host| host.to_str().ok());
        // It may be any text: it goes through templates that escape.
        let seen = host.map(|host| format!("http://{host}{}?page=", LISTING_PATH));
        if given.is_empty() { seen.into_iter().collect() } else { given }
    }

    /// The runs as they are now, for one who asks once. However many ask, the log is read ten times a second at most.
    async fn snapshot(&self) -> Arc<Snapshot> {
        self.snapshot_after(Board::soonest).await
    }

    /// The runs as they are now, for those who watch and would ask without end.
    async fn next_snapshot(&self) -> Arc<Snapshot> {
        self.snapshot_after(Board::due).await
    }

    async fn snapshot_after(&self, time: fn(&Board) -> Instant) -> Arc<Snapshot> {
        let asked = Instant::now();
        loop {
            let mut board = Arc::clone(&self.board).lock_owned().await;
            if board.taken() > asked {
                return board.snapshot();
            }
            let time = time(&board);
            if time <= Instant::now() {
                let log = self.log.clone();
                return blocking(move || {
                    board.refresh(&log);
                    board.snapshot()
                })
                .await;
            }
            drop(board);
            sleep_until(time).await;
        }
    }

    /// A run's picture, drawn once for all who look at it.
    fn picture(&self, run: &Run, lang: Lang, scale: u64) -> Arc<str> {
        let key = (run.id, run.version, lang, scale);
        let mut pictures = self.pictures.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(picture) = pictures.get(&key) {
            return Arc::clone(picture);
        }
        if pictures.len() == PICTURES {
            pictures.clear();
        }
        let picture: Arc<str> = view::picture(run, lang, scale).into();
        pictures.insert(key, Arc::clone(&picture));
        picture
    }
}

/// The log's exchanges that make up a run.
fn exchanges_of(log: &Log, run: &Run) -> Vec<Exchange> {
    let (mut from, last) = run.exchanges;
    let mut exchanges = Vec::new();
    while from <= last {
        let until = last.min(from + BATCH - 1);
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

/// Runs what takes a while beside the thread that serves.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match spawn_blocking(work).await {
        Ok(done) => done,
        Err(failed) => match failed.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The runtime is shutting down.
            Err(_) => std::future::pending().await,
        },
    }
}

fn with_type(kind: &'static str, body: Reply) -> Response<Reply> {
    let mut response = Response::new(body);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

fn whole(kind: &'static str, body: String) -> Response<Reply> {
    with_type(kind, Reply::Whole(Answer::new(body.into(), None)))
}

fn text(status: StatusCode, text: &'static str) -> Response<Reply> {
    let mut response =
        with_type("text/plain; charset=utf-8", Reply::Whole(Answer::new(Bytes::from_static(text.as_bytes()), None)));
    *response.status_mut() = status;
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_grows_in_steps_and_is_mostly_used() {
        let scales = [0, 10_000, 10_001, 300_000, 2_030_000, u64::MAX].map(scale_for);
        assert_eq!(scales, [10_000, 10_000, 12_000, 300_000, 2_500_000, u64::MAX]);
        for span in (1..1_000).map(|hundredth| hundredth * 10_000) {
            assert!((span..=span * 4 / 3 + 1).contains(&scale_for(span)), "{span}");
        }
    }

    #[test]
    fn a_view_is_all_in_its_address() {
        let mut russian = HeaderMap::new();
        russian.insert(hyper::header::ACCEPT_LANGUAGE, HeaderValue::from_static("ru-RU,en;q=0.5"));
        let view = |uri: &'static str| View::new(&Uri::from_static(uri), &russian);
        assert_eq!(view("/"), View { lang: Lang::Ru, without: vec![], runs: RUNS });
        let shown = View { lang: Lang::En, without: vec![3, 5], runs: 60 };
        assert_eq!(view("/?lang=en&without=3.5&runs=60"), shown);
        assert_eq!(shown.url("/live/events"), "/live/events?lang=en&without=3.5&runs=60");
    }
}
