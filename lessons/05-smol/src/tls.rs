//! TLS for the feature `https`: rustls over smol's sockets, with the certificates that the system trusts.

use std::sync::{Arc, LazyLock};

use futures_rustls::TlsConnector;
use futures_rustls::client::TlsStream;
use futures_rustls::pki_types::ServerName;
use futures_rustls::rustls::{self, ClientConfig};
use rustls_platform_verifier::ConfigVerifierExt;
use smol::net::TcpStream;

/// Made once: the system's certificates take a while to be read.
static CONNECTOR: LazyLock<Result<TlsConnector, rustls::Error>> =
    LazyLock::new(|| Ok(Arc::new(ClientConfig::with_platform_verifier()?).into()));

/// Speaks TLS on a connection to `host`, which may be a name, or an address as it is written in a URL.
pub async fn wrap(host: &str, stream: TcpStream) -> shared::Result<TlsStream<TcpStream>> {
    let connector = CONNECTOR.as_ref().map_err(Clone::clone)?;
    let name = ServerName::try_from(host.trim_matches(['[', ']']).to_owned())?;
    Ok(connector.connect(name, stream).await?)
}
