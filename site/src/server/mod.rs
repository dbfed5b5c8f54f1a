//! The HTTP door: accepts connections, and has each request answered.
//!
//! - `connection`: a client's connection, with patience
//! - `body`: what is sent
//! - `practice`: what the practice site answers, and when

mod body;
mod connection;
mod practice;

use std::io;
use std::net::SocketAddr;
#[cfg(feature = "page")]
use std::num::NonZero;
use std::sync::Arc;
use std::time::Duration;

use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::time::{sleep, timeout};

use body::ResponseBody;
use connection::{Connection, ConnectionReset, Peer};
pub(crate) use practice::Practice;

#[cfg(feature = "page")]
use crate::live::Live;
#[cfg(feature = "page")]
use crate::log::Log;
use crate::quota::Quota;
#[cfg(feature = "page")]
use crate::scenario::Scenario;

/// How much of a request's head is read before it must be complete, in bytes; hyper may take in as much again with its
/// last read. A longer one is answered with 431.
const LARGEST_HEAD: usize = 32 * 1024;
/// How long a connection may be idle or take to send a request's head.
const HEAD_PATIENCE: Duration = Duration::from_secs(30);
/// How long running answers have to end after the site was told to stop.
const STOP_PATIENCE: Duration = Duration::from_secs(1);

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
    /// How many connections one client may have; further ones are closed.
    pub connections_per_client: Option<NonZero<u32>>,
    /// Where clients reach the site, to be shown on its page, if that isn't where the page was asked for.
    pub addresses: Vec<SocketAddr>,
}

/// Serves the practice site and its live page on `listener` until `shutdown` is ready; running answers then have a second
/// to end. The log is closed when this returns.
///
/// The listing is served to any `Host`, since a class may have a name for the machine; the live page only to addresses and
/// to this machine's own names.
#[cfg(feature = "page")]
pub async fn serve(
    listener: TcpListener,
    scenario: Scenario,
    log: Log,
    public: Public,
    shutdown: impl Future<Output = ()>,
) {
    let live = Arc::new(Live::new(log.clone(), scenario.clone(), public.addresses));
    let door = Door {
        practice: Arc::new(Practice::new(scenario, log, public.per_client)),
        connections: Arc::new(Quota::new(public.connections_per_client)),
        live: Some(live),
    };
    serve_door(listener, door, shutdown).await;
}

/// Serves the practice site alone, likewise.
pub(crate) async fn serve_practice(listener: TcpListener, practice: Practice, shutdown: impl Future<Output = ()>) {
    let door = Door {
        practice: Arc::new(practice),
        connections: Arc::new(Quota::new(None)),
        #[cfg(feature = "page")]
        live: None,
    };
    serve_door(listener, door, shutdown).await;
}

/// What requests are answered by.
struct Door {
    practice: Arc<Practice>,
    connections: Arc<Quota>,
    /// `None` where a program that is being judged could look at it.
    #[cfg(feature = "page")]
    live: Option<Arc<Live>>,
}

async fn serve_door(listener: TcpListener, door: Door, shutdown: impl Future<Output = ()>) {
    let door = Arc::new(door);
    let graceful = GracefulShutdown::new();
    tokio::select! {
        () = accept(&listener, &door, &graceful) => {}
        () = shutdown => {}
    }
    drop(listener);
    #[cfg(feature = "page")]
    if let Some(live) = &door.live {
        live.stop();
    }
    // What is still held after that stays 'held' in the log.
    let _ = timeout(STOP_PATIENCE, graceful.shutdown()).await;
    door.practice.log.close();
}

async fn accept(listener: &TcpListener, door: &Arc<Door>, graceful: &GracefulShutdown) {
    loop {
        match listener.accept().await {
            Ok((stream, client)) => {
                // A failure means that the client is gone already, which serving it will show.
                let _ = stream.set_nodelay(true);
                // Otherwise the client has all the connections that it may have, and this one is closed.
                if let Some(permit) = door.connections.enter(client.ip()) {
                    serve_connection(stream, Peer::new(client.ip(), permit), Arc::clone(door), graceful);
                }
            }
            // Either this client is gone, or there are too few file descriptors until others are.
            Err(_) => sleep(Duration::from_millis(10)).await,
        }
    }
}

fn serve_connection(stream: TcpStream, peer: Peer, door: Arc<Door>, graceful: &GracefulShutdown) {
    door.practice.log.connection_opened();
    let peer = Arc::new(peer);
    let io = TokioIo::new(Connection::new(stream, Arc::clone(&peer)));
    let service = service_fn(move |request| answer(Arc::clone(&door), Arc::clone(&peer), request));
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

async fn answer(
    door: Arc<Door>,
    peer: Arc<Peer>,
    request: Request<Incoming>,
) -> Result<Response<ResponseBody>, ConnectionReset> {
    // What is asked of the site's own pages is no part of what it saw.
    #[cfg(feature = "page")]
    if let Some(live) = door.live.as_ref().filter(|_| Live::owns(request.uri())) {
        let (head, _) = request.into_parts();
        // In a box, or every request that is held would have room for it.
        let answer = Box::pin(Arc::clone(live).answer(peer.client, head.method, head.uri, head.headers));
        return Ok(answer.await.map(ResponseBody::Live));
    }
    let practice = Arc::clone(&door.practice);
    practice::answer(practice, peer, request).await.map(|response| response.map(ResponseBody::Page))
}
