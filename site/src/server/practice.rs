//! The practice site's answers: which, and when.

use std::borrow::Cow;
use std::num::NonZero;
use std::sync::Arc;

use hyper::body::{Bytes, Incoming};
use hyper::header::{ALLOW, CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderMap, HeaderValue, RETRY_AFTER, USER_AGENT};
use hyper::{Method, Request, Response, StatusCode, Uri};
use tokio::time::sleep;

use super::body::PageBody;
use super::connection::{ConnectionReset, Peer};
use crate::content::Content;
use crate::gatekeeper::Gatekeeper;
use crate::listing::{DETAILS_PATH, LISTING_PATH, Listing, document};
use crate::log::{Arrival, Log, Outcome};
use crate::program;
use crate::quota::Quota;
use crate::scenario::{FaultKind, Scenario, Target};

/// The longest path or User-Agent that the log keeps, in bytes; longer ones are cut off.
const LONGEST_TEXT: usize = 256;

/// The practice site: its pages, its scenario and its log.
pub struct Practice {
    scenario: Scenario,
    listing: Listing,
    gate: Arc<Gatekeeper>,
    quota: Arc<Quota>,
    pub log: Log,
}

impl Practice {
    pub fn new(scenario: Scenario, log: Log, per_client: Option<NonZero<u32>>) -> Self {
        Self {
            listing: Listing::new(scenario.seed, scenario.pages),
            gate: Arc::new(Gatekeeper::new(scenario.gate)),
            quota: Arc::new(Quota::new(per_client)),
            scenario,
            log,
        }
    }

    /// The status and HTML of a page when nothing goes wrong with it.
    fn page(&self, target: Target, program: Option<&str>) -> (StatusCode, Content) {
        let (html, missing) = match target {
            Target::Page(page) => (self.listing.page(page), "Такой страницы нет: список кончился раньше."),
            Target::Car(id) => (self.listing.details(id).map(Bytes::from), "Такого объявления нет."),
        };
        let Some(html) = html else { return (StatusCode::NOT_FOUND, note("404", missing).into()) };
        let html = program.map_or_else(|| html.clone(), |name| for_program(name, &html));
        let size = target.page().map_or(0, |page| self.scenario.size_of(page));
        (StatusCode::OK, Content::grown(html, size))
    }

    /// The gatekeeper, for the site's owner to release requests.
    pub fn gate(&self) -> Arc<Gatekeeper> {
        Arc::clone(&self.gate)
    }
}

/// What a request asks for.
#[derive(Debug, PartialEq, Eq)]
enum Asked {
    Home,
    Target(Target),
    /// A page or car whose number is too large for any.
    TooLarge,
    BadNumber,
    Unknown,
}

impl Asked {
    /// `path` is the URI's without a program's name.
    fn of(path: &str, uri: &Uri) -> Self {
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

/// Answers a request at the time that the scenario says.
pub async fn answer(
    site: Arc<Practice>,
    peer: Arc<Peer>,
    request: Request<Incoming>,
) -> Result<Response<PageBody>, ConnectionReset> {
    let (program, path) = program::split(request.uri().path());
    let program = program.map(str::to_owned);
    let asked = Asked::of(path, request.uri());
    if asked == Asked::Home {
        let html = home(request.headers());
        return Ok(response(
            StatusCode::OK,
            HeaderMap::new(),
            PageBody::new(Bytes::from(html).into(), None),
            request.method(),
        ));
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
    // Dropped now, so that a held request does not keep its head in memory.
    drop(request);

    if method != Method::GET && method != Method::HEAD {
        let allow = HeaderMap::from_iter([(ALLOW, HeaderValue::from_static("GET, HEAD"))]);
        let html = note("405", "Сайт отвечает только на GET и HEAD.");
        return Ok(response(
            StatusCode::METHOD_NOT_ALLOWED,
            allow,
            PageBody::new(html.into(), Some(exchange)),
            &method,
        ));
    }

    let mut headers = HeaderMap::new();
    let Some(permit) = site.quota.enter(peer.client) else {
        headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
        let html = note("429", "Слишком много запросов сразу: так настроен сайт.");
        return Ok(response(
            StatusCode::TOO_MANY_REQUESTS,
            headers,
            PageBody::new(html.into(), Some(exchange)),
            &method,
        ));
    };
    let mut passage = None;
    let mut fault = None;
    let (status, content) = match asked {
        Asked::Target(target) => {
            let latency = site.scenario.latency_of(target);
            if site.scenario.gate.is_some() && latency.is_zero() {
                exchange.gated();
                passage = site.gate.pass(target).await;
                exchange.released();
            }
            if let Some(time) = site.scenario.time_of(target) {
                exchange.due(time);
            }
            // Not even for no time after a gate: the timer would lose the order in which that releases requests.
            if !latency.is_zero() {
                sleep(latency).await;
            }
            fault = site.scenario.fault_of(target);
            match fault {
                Some(FaultKind::Never) => std::future::pending().await,
                Some(FaultKind::Reset) => {
                    peer.reset();
                    exchange.end(Outcome::Reset);
                    return Err(ConnectionReset);
                }
                Some(FaultKind::Status(status)) => failure(status),
                Some(FaultKind::FailFirst { attempts, status, retry_after }) if exchange.attempt <= attempts => {
                    headers.insert(RETRY_AFTER, retry_after.into());
                    failure(status)
                }
                _ => site.page(target, program.as_deref()),
            }
        }
        Asked::BadNumber => (StatusCode::BAD_REQUEST, note("400", "Здесь нужен номер: целое число от 1.").into()),
        Asked::TooLarge => (StatusCode::NOT_FOUND, note("404", "Таких больших номеров на сайте нет.").into()),
        Asked::Home | Asked::Unknown => (StatusCode::NOT_FOUND, note("404", "Такого адреса на сайте нет.").into()),
    };

    let attempt = exchange.attempt;
    let mut answer = PageBody::new(content, Some(exchange));
    answer.limit = target.and_then(|target| site.gate.limit_of(target));
    answer.passage = passage;
    answer.permit = Some(permit);
    match fault {
        Some(FaultKind::Drip(time)) => answer.drip(time),
        Some(fault) if fault.cuts(attempt) => answer.cut(peer),
        _ => {}
    }
    Ok(response(status, headers, answer, &method))
}

fn for_program(name: &str, html: &Bytes) -> Bytes {
    program::with_links_of(name, &String::from_utf8_lossy(html)).into()
}

fn failure(status: u16) -> (StatusCode, Content) {
    // A valid scenario only has statuses from 200 to 599, all of which are valid here.
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, note(status.as_str(), "Так задано сценарием.").into())
}

fn response(status: StatusCode, mut headers: HeaderMap, mut answer: PageBody, method: &Method) -> Response<PageBody> {
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    let bodiless = matches!(status, StatusCode::NO_CONTENT | StatusCode::RESET_CONTENT | StatusCode::NOT_MODIFIED);
    if method == Method::HEAD && !bodiless {
        // For other methods hyper takes the length from the body.
        headers.insert(CONTENT_LENGTH, answer.rest.len().into());
    }
    if method == Method::HEAD || bodiless {
        answer.rest = Bytes::new().into();
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

/// The home page of an embedded site; `cargo run -p site` has the live page there.
fn home(headers: &HeaderMap) -> String {
    let prefix = headers.get(HOST).and_then(|host| host.to_str().ok()).map_or_else(
        || LISTING_PATH.to_owned(),
        |host| {
            // The only text from a client that these pages show.
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
