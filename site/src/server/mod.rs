//! The HTTP server: accepts connections and routes requests to the practice site or the live page.
//!
//! - `connection`: a client's connection, with patience
//! - `body`: what is sent
//! - `practice`: what the practice site answers, and when

mod body;
mod connection;
mod practice;

use std::io;
use std::net::{Ipv6Addr, SocketAddr};
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
use socket2::SockRef;
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

/// The largest request head, in bytes; a longer one is answered with 431. hyper may read up to twice as much before it
/// notices.
const LARGEST_HEAD: usize = 32 * 1024;
/// How long a connection may be idle, or take to send a request's head.
const HEAD_PATIENCE: Duration = Duration::from_secs(30);
/// How long running answers may take to end after the site was told to stop.
const STOP_PATIENCE: Duration = Duration::from_secs(1);

/// Opens a listener on `address`. Must be called inside a tokio runtime.
///
/// # Errors
/// When the address is in use, is not one of this machine's, or is not permitted.
pub fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    /// How many connections may wait to be accepted; the system may allow fewer. With the usual 128, some of a thousand
    /// simultaneous connections are dropped, and their clients only retry a second later.
    const BACKLOG: u32 = 16_384;
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // On Windows this option has another meaning, and it is not needed there.
    #[cfg(not(windows))]
    socket.set_reuseaddr(true)?;
    if address.ip() == Ipv6Addr::UNSPECIFIED {
        // Windows, and Linux where it is configured so, would otherwise accept no IPv4 connections here.
        SockRef::from(&socket).set_only_v6(false)?;
    }
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Settings of a site that several clients use.
#[cfg(feature = "page")]
#[derive(Clone, Debug, Default)]
pub struct Public {
    /// The most requests that one client may have in flight; further ones are answered with 429.
    pub per_client: Option<NonZero<u32>>,
    /// The most connections that one client may have open; further ones are closed at once.
    pub connections_per_client: Option<NonZero<u32>>,
    /// The addresses to show on the live page; if empty, the one under which the page was requested.
    pub addresses: Vec<SocketAddr>,
    /// The URL of the practice database to show on the live page, if its viewers can reach one.
    pub database_url: Option<String>,
}

/// Serves the practice site and its live page on `listener` until `shutdown` completes; running answers then have a
/// second to end. The log is closed when this returns.
///
/// The listing is served under any `Host`, because a class may use a name of its own for the machine. The live page is
/// served only under IP addresses and this machine's own names.
#[cfg(feature = "page")]
pub async fn serve(
    listener: TcpListener,
    scenario: Scenario,
    log: Log,
    public: Public,
    shutdown: impl Future<Output = ()>,
) {
    let live = Arc::new(Live::new(log.clone(), scenario.clone(), public.addresses, public.database_url));
    let door = Door {
        practice: Arc::new(Practice::new(scenario, log, public.per_client)),
        connections: Arc::new(Quota::new(public.connections_per_client)),
        live: Some(live),
    };
    serve_door(listener, door, shutdown).await;
}

/// Like `serve`, without the live page and without limits for clients.
pub(crate) async fn serve_practice(listener: TcpListener, practice: Practice, shutdown: impl Future<Output = ()>) {
    let door = Door {
        practice: Arc::new(practice),
        connections: Arc::new(Quota::new(None)),
        #[cfg(feature = "page")]
        live: None,
    };
    serve_door(listener, door, shutdown).await;
}

/// What a server consists of.
struct Door {
    practice: Arc<Practice>,
    connections: Arc<Quota>,
    /// `None` for embedded sites, so that a program that is being judged can't look at it.
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
    // Exchanges that are still held after that stay 'held' in the log.
    let _ = timeout(STOP_PATIENCE, graceful.shutdown()).await;
    door.practice.log.close();
}

async fn accept(listener: &TcpListener, door: &Arc<Door>, graceful: &GracefulShutdown) {
    loop {
        match listener.accept().await {
            Ok((stream, client)) => {
                // This fails only if the client is gone already, which serving it will show.
                let _ = stream.set_nodelay(true);
                // Without a permit, dropping the stream closes it.
                if let Some(permit) = door.connections.enter(client.ip()) {
                    serve_connection(stream, Peer::new(client.ip(), permit), Arc::clone(door), graceful);
                }
            }
            // Either the client is gone already, or the process is out of file descriptors: try again soon.
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
        // Errors come from clients (malformed requests, closed connections) or are intended (resets); the log has what
        // matters.
        let _ = connection.await;
    });
}

async fn answer(
    door: Arc<Door>,
    peer: Arc<Peer>,
    request: Request<Incoming>,
) -> Result<Response<ResponseBody>, ConnectionReset> {
    // Requests for the live page are not logged.
    #[cfg(feature = "page")]
    if let Some(live) = door.live.as_ref().filter(|_| Live::owns(request.uri())) {
        let (head, _) = request.into_parts();
        // Boxed, so that the future of every held request is not as large as this one.
        let answer = Box::pin(Arc::clone(live).answer(peer.client, head.method, head.uri, head.headers));
        return Ok(answer.await.map(ResponseBody::Live));
    }
    let practice = Arc::clone(&door.practice);
    practice::answer(practice, peer, request).await.map(|response| response.map(ResponseBody::Page))
}

#[cfg(test)]
mod tests {
    use std::io::ErrorKind;

    use super::*;

    #[tokio::test]
    async fn all_interfaces_are_those_of_both_protocols() {
        let listener = match listen((Ipv6Addr::UNSPECIFIED, 0).into()) {
            Ok(listener) => listener,
            // Some machines, and many containers, have no IPv6.
            Err(why) if matches!(why.kind(), ErrorKind::AddrNotAvailable | ErrorKind::Unsupported) => return,
            Err(why) => panic!("{why}"),
        };
        let port = listener.local_addr().unwrap().port();
        TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        TcpStream::connect(("::1", port)).await.unwrap();
    }
}
