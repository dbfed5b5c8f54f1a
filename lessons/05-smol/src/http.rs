//! One request on one connection: hyper's client over smol's sockets.

#![warn(missing_docs)]

#[cfg(feature = "https")]
mod tls;

use http_body_util::{BodyExt, Empty};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::header::HOST;
use hyper::{Request, Uri};
use smol::io::{AsyncRead, AsyncWrite};
use smol::net::TcpStream;
use smol_hyper::rt::FuturesIo;

/// Asks for a page, reads it whole, and gives its status. Dropping the future closes the connection.
///
/// # Errors
/// When the site can't be reached, or ends the connection before its answer is complete.
// #region get_page
pub async fn get_page(url: String) -> shared::Result<u16> {
    let uri: Uri = url.parse()?;
    let host = uri.host().ok_or("a URL without a host")?.to_owned();
    let https = uri.scheme_str() == Some("https");
    let port = uri.port_u16().unwrap_or(if https { 443 } else { 80 });
    let address = (host.trim_matches(['[', ']']), port);
    let stream = TcpStream::connect(address).await?;
    #[cfg(feature = "https")]
    if https {
        return exchange(tls::wrap(&host, stream).await?, &uri).await;
    }
    exchange(stream, &uri).await
}
// #endregion get_page

async fn exchange<S>(stream: S, uri: &Uri) -> shared::Result<u16>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    // #region exchange
    let socket = FuturesIo::new(stream);
    let (mut sender, connection) = http1::handshake(socket).await?;
    // Not detached: when this function is dropped, so is the task,
    // and the connection is closed.
    let _connection = smol::spawn(connection);

    let authority = uri.authority().map_or("", |name| name.as_str());
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let request = Request::get(path).header(HOST, authority);
    let request = request.body(Empty::<Bytes>::new())?;
    let response = sender.send_request(request).await?;
    let status = response.status().as_u16();
    response.into_body().collect().await?;
    Ok(status)
    // #endregion exchange
}
