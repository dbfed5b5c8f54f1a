//! The HTTP side: accepts connections, answers as the scenario says, and notes each exchange in the log.

use std::borrow::Cow;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::num::NonZero;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
#[cfg(feature = "page")]
use hyper::header::ACCEPT_LANGUAGE;
use hyper::header::{ALLOW, CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderMap, HeaderValue, RETRY_AFTER, USER_AGENT};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode, Uri};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::time::{Sleep, sleep, timeout};

use crate::gatekeeper::{Gatekeeper, Passage};
use crate::listing::{DETAILS_PATH, LISTING_PATH, Listing, document};
#[cfg(feature = "page")]
use crate::live::{Events, Live};
use crate::log::{Arrival, ConnectionNumber, InFlight, Log, Outcome};
use crate::quota::{Place, Quota};
use crate::scenario::{FaultKind, Scenario, Target};
#[cfg(feature = "page")]
use console::Lang;

/// How much of a request's head is read before it must be complete, in bytes; hyper may take in as much again with its
/// last read. A longer one is answered with 431.
const LARGEST_HEAD: usize = 32 * 1024;
/// How long a connection may be idle or take to send a request's head.
const HEAD_PATIENCE: Duration = Duration::from_secs(30);
/// How long a client may take nothing of what it is sent.
const WRITE_PATIENCE: Duration = Duration::from_secs(30);
/// How long running answers have to end after the site was told to stop.
const STOP_PATIENCE: Duration = Duration::from_secs(1);
/// How much of a path or User-Agent the log keeps, in bytes.
const LONGEST_TEXT: usize = 256;

/// Listens on `address`. To be called in a runtime.
///
/// # Errors
/// When the address is in use, or not this machine's, or not allowed.
pub fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    /// How many connections may wait to be accepted; the system may allow fewer. With the usual 128 some of a thousand
    /// that come at once are lost, and their clients try again a second later.
    const BACKLOG: u32 = 16_384;
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // On Windows it would mean something else, and is not needed.
    #[cfg(not(windows))]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// What a site is for others than the program whose requests it waits for.
#[cfg(feature = "page")]
#[derive(Clone, Debug, Default)]
pub struct Public {
    /// How many requests one client may have in flight; further ones are answered with 429.
    pub per_client: Option<NonZero<u32>>,
    /// Where clients reach the site, to be shown on its page, if that isn't where the page was asked for.
    pub addresses: Vec<SocketAddr>,
}

/// Serves the practice site and its live page on `listener` until `shutdown` is ready; running answers then have a second
/// to end. The log is closed when this returns.
#[cfg(feature = "page")]
pub async fn serve(
    listener: TcpListener,
    scenario: Scenario,
    log: Log,
    public: Public,
    shutdown: impl Future<Output = ()>,
) {
    let live = Arc::new(Live::new(log.clone(), scenario.clone(), public.addresses));
    let practice = Practice { live: Some(live), ..Practice::new(scenario, log, public.per_client) };
    serve_with(listener, practice, shutdown).await;
}

/// Serves `practice` likewise.
pub(crate) async fn serve_with(listener: TcpListener, practice: Practice, shutdown: impl Future<Output = ()>) {
    let site = Arc::new(practice);
    let graceful = GracefulShutdown::new();
    tokio::select! {
        () = accept(&listener, &site, &graceful) => {}
        () = shutdown => {}
    }
    drop(listener);
    #[cfg(feature = "page")]
    if let Some(live) = &site.live {
        live.stop();
    }
    // What is still held after that stays 'held' in the log.
    let _ = timeout(STOP_PATIENCE, graceful.shutdown()).await;
    site.log.close();
}

async fn accept(listener: &TcpListener, site: &Arc<Practice>, graceful: &GracefulShutdown) {
    loop {
        match listener.accept().await {
            Ok((stream, client)) => {
                // A failure means that the client is gone already, which serving it will show.
                let _ = stream.set_nodelay(true);
                serve_connection(stream, client.ip(), Arc::clone(site), graceful);
            }
            // Either this client is gone, or there are too few file descriptors until others are.
            Err(_) => sleep(Duration::from_millis(10)).await,
        }
    }
}

fn serve_connection(stream: TcpStream, client: IpAddr, site: Arc<Practice>, graceful: &GracefulShutdown) {
    site.log.connection_opened();
    let peer = Arc::new(Peer { client, number: ConnectionNumber::default(), reset: AtomicBool::new(false) });
    let io = TokioIo::new(Connection { stream, peer: Arc::clone(&peer), stuck: None });
    let service = service_fn(move |request| reply(Arc::clone(&site), Arc::clone(&peer), request));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_PATIENCE)
        .max_buf_size(LARGEST_HEAD)
        .serve_connection(io, service);
    let connection = graceful.watch(connection);
    tokio::spawn(async move {
        // Errors are the clients' (malformed requests, closed connections) or wanted (resets): the log has them.
        let _ = connection.await;
    });
}

/// Who is at the other end of a connection.
struct Peer {
    client: IpAddr,
    number: ConnectionNumber,
    /// Whether the connection is to be closed by a reset, as the scenario may ask for.
    reset: AtomicBool,
}

/// A connection that does not wait forever for a client to read.
struct Connection {
    stream: TcpStream,
    peer: Arc<Peer>,
    /// When patience with the client is over, while nothing can be written.
    stuck: Option<Pin<Box<Sleep>>>,
}

impl Connection {
    fn poll_with_patience(
        &mut self,
        cx: &mut Context<'_>,
        write: impl FnOnce(Pin<&mut TcpStream>, &mut Context<'_>) -> Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        let written = write(Pin::new(&mut self.stream), cx);
        if written.is_ready() {
            self.stuck = None;
            return written;
        }
        let stuck = self.stuck.get_or_insert_with(|| Box::pin(sleep(WRITE_PATIENCE)));
        stuck.as_mut().poll(cx).map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if self.peer.reset.load(Ordering::Relaxed) {
            // Without it the client sees an end instead of a reset: still no answer.
            let _ = self.stream.set_zero_linger();
        }
    }
}

impl AsyncRead for Connection {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.poll_with_patience(cx, |stream, cx| stream.poll_write(cx, buf))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.poll_with_patience(cx, |stream, cx| stream.poll_write_vectored(cx, bufs))
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// What answers.
pub(crate) struct Practice {
    scenario: Scenario,
    listing: Listing,
    gate: Arc<Gatekeeper>,
    quota: Arc<Quota>,
    /// None where a program that is being judged could look at it.
    #[cfg(feature = "page")]
    live: Option<Arc<Live>>,
    log: Log,
}

impl Practice {
    pub fn new(scenario: Scenario, log: Log, per_client: Option<NonZero<u32>>) -> Self {
        Self {
            listing: Listing::new(scenario.seed, scenario.pages),
            gate: Arc::new(Gatekeeper::new(scenario.gate)),
            quota: Arc::new(Quota::new(per_client)),
            #[cfg(feature = "page")]
            live: None,
            scenario,
            log,
        }
    }

    /// The status and HTML of a page when nothing goes wrong with it.
    fn page(&self, target: Target) -> (StatusCode, Bytes) {
        let (html, missing) = match target {
            Target::Page(page) => (self.listing.page(page), "Такой страницы нет: список кончился раньше."),
            Target::Car(id) => (self.listing.details(id).map(Bytes::from), "Такого объявления нет."),
        };
        html.map_or_else(|| (StatusCode::NOT_FOUND, note("404", missing)), |html| (StatusCode::OK, html))
    }

    /// Who lets requests pass.
    pub fn gate(&self) -> Arc<Gatekeeper> {
        Arc::clone(&self.gate)
    }
}

/// What a request asks for.
#[derive(Debug, PartialEq, Eq)]
enum Asked {
    Home,
    Target(Target),
    /// A page or a car whose number is larger than any has.
    TooLarge,
    BadNumber,
    Unknown,
}

impl Asked {
    fn of(uri: &Uri) -> Self {
        let path = uri.path();
        if path == "/" {
            Self::Home
        } else if path == LISTING_PATH {
            match uri.query().and_then(page_parameter) {
                None => Self::Target(Target::Page(1)),
                Some("0") => Self::BadNumber,
                Some(page) => Self::numbered(Target::Page, page),
            }
        } else if let Some(id) = path.strip_prefix(DETAILS_PATH) {
            Self::numbered(Target::Car, id)
        } else {
            Self::Unknown
        }
    }

    fn numbered(target: fn(u32) -> Target, number: &str) -> Self {
        if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return Self::BadNumber;
        }
        number.parse().map_or(Self::TooLarge, |number| Self::Target(target(number)))
    }
}

fn page_parameter(query: &str) -> Option<&str> {
    query.split('&').find_map(|pair| pair.strip_prefix("page="))
}

async fn reply(
    site: Arc<Practice>,
    peer: Arc<Peer>,
    request: Request<Incoming>,
) -> Result<Response<Reply>, ConnectionReset> {
    // What is asked of the site's own pages is no part of what it saw.
    #[cfg(feature = "page")]
    if let Some(live) = site.live.as_ref().filter(|_| Live::owns(request.uri())) {
        let (head, _) = request.into_parts();
        // In a box, or every request that is held would have room for it.
        return Ok(Box::pin(Arc::clone(live).answer(head.method, head.uri, head.headers)).await);
    }
    answer(site, peer, request).await.map(|response| response.map(Reply::Whole))
}

async fn answer(
    site: Arc<Practice>,
    peer: Arc<Peer>,
    request: Request<Incoming>,
) -> Result<Response<Answer>, ConnectionReset> {
    let asked = Asked::of(request.uri());
    if asked == Asked::Home {
        let html = home(request.headers());
        return Ok(response(StatusCode::OK, HeaderMap::new(), Answer::new(html.into(), None), request.method()));
    }
    let target = match asked {
        Asked::Target(target) => Some(target),
        _ => None,
    };
    let agent = request.headers().get(USER_AGENT).map(|agent| String::from_utf8_lossy(agent.as_bytes()));
    let mut exchange = site.log.arrived(Arrival {
        target,
        exists: target.is_some_and(|target| site.scenario.has(target)),
        client: peer.client,
        connection: &peer.number,
        method: name_of(request.method()),
        path: clipped(request.uri().path_and_query().map_or("", |path| path.as_str())),
        user_agent: agent.as_deref().map(clipped),
    });
    drop(agent);
    let method = request.method().clone();
    // A held request keeps nothing of its head in memory.
    drop(request);

    if method != Method::GET && method != Method::HEAD {
        let allow = HeaderMap::from_iter([(ALLOW, HeaderValue::from_static("GET, HEAD"))]);
        let html = note("405", "Сайт отвечает только на GET и HEAD.");
        return Ok(response(StatusCode::METHOD_NOT_ALLOWED, allow, Answer::new(html, Some(exchange)), &method));
    }

    let mut headers = HeaderMap::new();
    let Some(place) = site.quota.enter(peer.client) else {
        headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
        let html = note("429", "Слишком много запросов сразу: так настроен сайт.");
        return Ok(response(StatusCode::TOO_MANY_REQUESTS, headers, Answer::new(html, Some(exchange)), &method));
    };
    let mut passage = None;
    let mut fault = None;
    let (status, html) = match asked {
        Asked::Target(target) => {
            match site.scenario.latency_of(target) {
                // Without a detour over the timer: it would lose the order in which the gate lets them go.
                Duration::ZERO => passage = site.gate.pass(target).await,
                latency => sleep(latency).await,
            }
            fault = site.scenario.fault_of(target);
            match fault {
                Some(FaultKind::Never) => std::future::pending().await,
                Some(FaultKind::Reset) => {
                    peer.reset.store(true, Ordering::Relaxed);
                    exchange.end(Outcome::Reset);
                    return Err(ConnectionReset);
                }
                Some(FaultKind::Status(status)) => failure(status),
                Some(FaultKind::FailFirst { attempts, status, retry_after }) if exchange.attempt <= attempts => {
                    headers.insert(RETRY_AFTER, retry_after.into());
                    failure(status)
                }
                _ => site.page(target),
            }
        }
        Asked::BadNumber => (StatusCode::BAD_REQUEST, note("400", "Здесь нужен номер: целое число от 1.")),
        Asked::TooLarge => (StatusCode::NOT_FOUND, note("404", "Таких больших номеров на сайте нет.")),
        Asked::Home | Asked::Unknown => (StatusCode::NOT_FOUND, note("404", "Такого адреса на сайте нет.")),
    };

    let mut answer = Answer::new(html, Some(exchange));
    answer.passage = passage;
    answer.place = Some(place);
    match fault {
        Some(FaultKind::Drip(time)) => answer.drip(time),
        Some(FaultKind::Cut) => answer.cut(peer),
        _ => {}
    }
    Ok(response(status, headers, answer, &method))
}

fn failure(status: u16) -> (StatusCode, Bytes) {
    // Scenarios hold statuses from 200 to 599 only, and those are all valid.
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, note(status.as_str(), "Так задано сценарием."))
}

fn response(status: StatusCode, mut headers: HeaderMap, mut answer: Answer, method: &Method) -> Response<Answer> {
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    let bodiless = matches!(status, StatusCode::NO_CONTENT | StatusCode::RESET_CONTENT | StatusCode::NOT_MODIFIED);
    if method == Method::HEAD && !bodiless {
        // For other methods hyper takes it from the body.
        headers.insert(CONTENT_LENGTH, answer.rest.len().into());
    }
    if method == Method::HEAD || bodiless {
        answer.rest.clear();
    }
    if let Some(exchange) = &answer.exchange {
        exchange.answered(status.as_u16());
    }
    let mut response = Response::new(answer);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}

fn note(title: &str, text: &str) -> Bytes {
    document(title, &format!("<h1>{title}</h1>\n<p>{text}</p>\n")).into()
}

/// The home page of a site that lessons and checker run; `cargo run -p site` has the live page there.
fn home(headers: &HeaderMap) -> String {
    let prefix = headers.get(HOST).and_then(|host| host.to_str().ok()).map_or_else(
        || LISTING_PATH.to_owned(),
        |host| {
            // The only text of a stranger's that these pages show.
            let host: String = host.chars().filter(|c| c.is_ascii_alphanumeric() || "-.:[]".contains(*c)).collect();
            format!("http://{host}{LISTING_PATH}")
        },
    );
    document(
        "Учебный сайт",
        &format!(
            "<h1>Учебный сайт</h1>\n<p>Здесь <a href=\"{LISTING_PATH}?page=1\">список объявлений</a>, \
             который уроки скачивают страница за страницей. Что сайт увидел, он записывает.</p>\n<p lang=\"en\">This \
             is the practice site: lessons download its pages, and it writes down all that it saw. Try:</p>\n\
             <pre>cargo run -p lesson03 -- --url '{prefix}?page='</pre>\n"
        ),
    )
}

/// The first language that a browser asks for, if the site speaks it.
#[cfg(feature = "page")]
pub(crate) fn language_of(headers: &HeaderMap) -> Lang {
    let accepted = headers.get(ACCEPT_LANGUAGE).and_then(|languages| languages.to_str().ok());
    if accepted.is_some_and(|languages| languages.starts_with("ru")) { Lang::Ru } else { Lang::En }
}

fn clipped(text: &str) -> &str {
    &text[..text.floor_char_boundary(LONGEST_TEXT)]
}

fn name_of(method: &Method) -> Cow<'static, str> {
    match *method {
        Method::GET => Cow::Borrowed("GET"),
        Method::HEAD => Cow::Borrowed("HEAD"),
        _ => Cow::Owned(clipped(method.as_str()).to_owned()),
    }
}

/// Why a connection ends without an answer.
#[derive(Debug)]
pub(crate) struct ConnectionReset;

impl std::fmt::Display for ConnectionReset {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the scenario resets this connection")
    }
}

impl std::error::Error for ConnectionReset {}

/// The body of any response.
pub(crate) enum Reply {
    Whole(Answer),
    #[cfg(feature = "page")]
    Events(Events),
}

impl Body for Reply {
    type Data = Bytes;
    type Error = ConnectionReset;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, ConnectionReset>>> {
        match self.get_mut() {
            Self::Whole(answer) => Pin::new(answer).poll_frame(cx),
            #[cfg(feature = "page")]
            Self::Events(events) => Pin::new(events).poll_frame(cx).map_err(|never| match never {}),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Whole(answer) => answer.is_end_stream(),
            #[cfg(feature = "page")]
            Self::Events(_) => false,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(answer) => answer.size_hint(),
            #[cfg(feature = "page")]
            Self::Events(_) => SizeHint::default(),
        }
    }
}

/// An answer's body, which tells the log how it went.
pub(crate) struct Answer {
    rest: Bytes,
    /// How much is sent at a time.
    piece: usize,
    /// How long to wait after each piece.
    pause: Duration,
    pausing: Option<Pin<Box<Sleep>>>,
    /// Resets the connection after the first piece.
    cut: Option<Arc<Peer>>,
    exchange: Option<InFlight>,
    passage: Option<Passage>,
    place: Option<Place>,
}

impl Answer {
    pub fn new(body: Bytes, exchange: Option<InFlight>) -> Self {
        let piece = body.len();
        Self {
            rest: body,
            piece,
            pause: Duration::ZERO,
            pausing: None,
            cut: None,
            exchange,
            passage: None,
            place: None,
        }
    }

    fn drip(&mut self, time: Duration) {
        const PIECES: u32 = 20;
        self.piece = self.rest.len().div_ceil(PIECES as usize);
        self.pause = time / PIECES;
    }

    fn cut(&mut self, peer: Arc<Peer>) {
        self.piece = self.rest.len() / 2;
        // hyper sends what it has while it waits for more.
        self.pause = Duration::from_millis(10);
        self.cut = Some(peer);
    }

    fn end(&mut self, outcome: Outcome) {
        if let Some(mut exchange) = self.exchange.take() {
            exchange.end(outcome);
        }
        self.passage = None;
        self.place = None;
    }
}

impl Body for Answer {
    type Data = Bytes;
    type Error = ConnectionReset;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, ConnectionReset>>> {
        if let Some(pausing) = &mut self.pausing {
            ready!(pausing.as_mut().poll(cx));
            self.pausing = None;
            if let Some(peer) = self.cut.take() {
                peer.reset.store(true, Ordering::Relaxed);
                self.end(Outcome::Reset);
                return Poll::Ready(Some(Err(ConnectionReset)));
            }
        }
        if self.rest.is_empty() {
            return Poll::Ready(None);
        }
        let size = self.piece.min(self.rest.len());
        let piece = self.rest.split_to(size);
        if let Some(exchange) = &mut self.exchange {
            exchange.bytes += size as u64;
        }
        if !self.pause.is_zero() && !self.rest.is_empty() {
            self.pausing = Some(Box::pin(sleep(self.pause)));
        }
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.rest.len() as u64)
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        if self.rest.is_empty() {
            self.end(Outcome::Answered);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use tokio::io::AsyncWriteExt;

    use super::*;

    /// The clock stands still, and leaps to the next timer when nothing else is to be done.
    #[tokio::test(start_paused = true)]
    async fn a_client_that_never_reads_is_left() {
        let listener = listen((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
        let _deaf = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (stream, client) = listener.accept().await.unwrap();
        let peer = Peer { client: client.ip(), number: ConnectionNumber::default(), reset: AtomicBool::new(false) };
        let mut connection = Connection { stream, peer: Arc::new(peer), stuck: None };
        let began = tokio::time::Instant::now();
        let failed = loop {
            if let Err(why) = connection.write_all(&[0; 8 * 1024]).await {
                break why;
            }
        };
        assert_eq!(failed.kind(), io::ErrorKind::TimedOut);
        assert!(began.elapsed() >= WRITE_PATIENCE);
    }
}
