//! TLS for the feature `https`: rustls over smol's sockets, with the system's certificates.

use std::sync::{Arc, OnceLock};

use futures_rustls::client::TlsStream;
use futures_rustls::rustls::ClientConfig;
use futures_rustls::{TlsConnector, pki_types::ServerName};
use rustls_platform_verifier::ConfigVerifierExt;
use smol::net::TcpStream;

pub async fn wrap(host: &str, stream: TcpStream) -> shared::Result<TlsStream<TcpStream>> {
    static CONFIG: OnceLock<Arc<ClientConfig>> = OnceLock::new();
    let config = match CONFIG.get() {
        Some(config) => config.clone(),
        None => CONFIG.get_or_init(|| Arc::new(ClientConfig::with_platform_verifier().expect("TODO"))).clone(),
    };
    let name = ServerName::try_from(host.to_owned())?;
    Ok(TlsConnector::from(config).connect(name, stream).await?)
}
