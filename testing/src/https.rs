//! The practice site behind https, with a certificate from an authority that nobody knows.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::{env, fs, process};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use site::{LISTING_PATH, Site};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime;
use tokio::sync::oneshot;
use tokio_rustls::TlsAcceptor;

/// Takes https connections and passes what comes on them on to a site. Dropping it ends it.
pub struct Front {
    address: SocketAddr,
    authority: PathBuf,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Front {
    /// Starts a front for `site`.
    pub fn of(site: &Site) -> Self {
        let (config, authority_pem) = certified();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let runtime = runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let listener = runtime.block_on(TcpListener::bind(("127.0.0.1", 0))).expect("a port");
        let address = listener.local_addr().expect("an address");
        let authority = env::temp_dir().join(format!("lesson-test-{}-{}.pem", process::id(), address.port()));
        fs::write(&authority, authority_pem).expect("a file for the authority");

        let (stop, stopped) = oneshot::channel::<()>();
        let site = site.address();
        let thread = thread::spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    () = accept(listener, acceptor, site) => {}
                    _ = stopped => {}
                }
            });
        });
        Self { address, authority, stop: Some(stop), thread: Some(thread) }
    }

    /// The URL of its listing without the page's number.
    pub fn url_prefix(&self) -> String {
        format!("https://{}{LISTING_PATH}?page=", self.address)
    }

    /// A file with the certificate of the authority that must be trusted.
    pub fn authority(&self) -> &Path {
        &self.authority
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        let _ = fs::remove_file(&self.authority);
    }
}

async fn accept(listener: TcpListener, acceptor: TlsAcceptor, site: SocketAddr) {
    loop {
        let (stream, _) = listener.accept().await.expect("a connection");
        let acceptor = acceptor.clone();
        tokio::spawn(async move {
            // A client that does not trust the certificate ends it here; one that is done does so below.
            let Ok(mut client) = acceptor.accept(stream).await else { return };
            let Ok(mut site) = TcpStream::connect(site).await else { return };
            let _ = copy_bidirectional(&mut client, &mut site).await;
        });
    }
}

/// The configuration of a server for 127.0.0.1, and the certificate of the authority that signed its own.
fn certified() -> (ServerConfig, String) {
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.distinguished_name.push(DnType::CommonName, "An authority for tests");
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().expect("a key")).expect("an authority");

    let key = KeyPair::generate().expect("a key");
    let server = CertificateParams::new(["127.0.0.1".to_owned()]).expect("an address");
    let certificate = server.signed_by(&key, &authority).expect("a certificate");
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));

    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .expect("a certificate that fits its key");
    (config, authority.pem())
}
