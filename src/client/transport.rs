//! The HTTP client's configuration: roots of trust, proxy, deadlines; nothing followed, nothing repeated.

use std::env;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use reqwest::{Certificate, NoProxy, Proxy, redirect, retry};
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use url::{Host, Url};

use super::resolving::Resolver;
use crate::blocking;
use crate::error::{Failure, Kind};

/// The most that connecting may take.
const CONNECT: Duration = Duration::from_secs(10);

/// Where the roots of trust come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Roots {
    /// Mozilla's, compiled in; or exactly the store named by `SSL_CERT_FILE` and `SSL_CERT_DIR`.
    BuiltIn,
    /// The platform's, for networks whose proxy signs with its own authority.
    Platform,
}

/// A client for one server.
pub(super) async fn build(
    server: &Url,
    timeout: Duration,
    roots: Roots,
) -> Result<reqwest::Client, Failure> {
    // Fails only where a provider is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = reqwest::Client::builder()
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .referer(false)
        .dns_resolver(Resolver)
        .timeout(timeout)
        // Somewhat sooner than the total, so that a slow connection is told apart from a slow reply.
        .connect_timeout(CONNECT.min(timeout.mul_f32(0.95)))
        .pool_max_idle_per_host(64)
        .user_agent(concat!("twauth/", env!("CARGO_PKG_VERSION")));
    builder = if is_loopback(server) {
        builder.no_proxy()
    } else {
        match proxy()? {
            Some(proxy) => builder.no_proxy().proxy(proxy),
            None => builder.no_proxy(),
        }
    };
    if server.scheme() == "http" {
        builder = builder.tls_certs_only([]);
        if let Some(Host::Domain(name)) = server.host() {
            builder = builder.resolve_to_addrs(name, &loopback_addresses(name).await?);
        }
    } else if let Some(store) = named_store()? {
        builder = builder.tls_certs_only(store);
    } else if roots == Roots::BuiltIn {
        let compiled_in = webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter();
        builder =
            builder.tls_certs_only(compiled_in.filter_map(|der| Certificate::from_der(der).ok()));
    }
    builder
        .build()
        .map_err(|_| Failure::new(Kind::Internal, "the HTTP client could not be set up"))
}

/// Whether the built-in roots may be exchanged for the platform's: not where the user named a store.
pub(super) fn may_use_platform() -> bool {
    setting("SSL_CERT_FILE").is_none() && setting("SSL_CERT_DIR").is_none()
}

/// The name of the proxy's variable in use, for `doctor` and messages; never its value, which may hold a password.
pub(super) fn proxy_variable() -> Option<&'static str> {
    ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]
        .into_iter()
        // Names have no case on Windows, where people know them in capitals.
        .filter(|name| !cfg!(windows) || name.starts_with(char::is_uppercase))
        .find(|name| setting(name).is_some())
}

fn setting(name: &str) -> Option<std::ffi::OsString> {
    env::var_os(name).filter(|value| !value.is_empty())
}

/// The proxy that the environment names. One that cannot be used is an error: going around it in silence could
/// break a promise the user relies on.
fn proxy() -> Result<Option<Proxy>, Failure> {
    let Some(name) = proxy_variable() else {
        return Ok(None);
    };
    let unusable = || {
        Failure::new(Kind::Proxy, format!("the proxy in {name} is not usable")).hint(format!(
            "set {name} to http://HOST:PORT, https://... or socks5h://..., or unset it"
        ))
    };
    let value = setting(name)
        .and_then(|value| value.into_string().ok())
        .ok_or_else(unusable)?;
    let with_scheme = if value.contains("://") {
        value
    } else {
        format!("http://{value}")
    };
    let url = Url::parse(&with_scheme).map_err(|_| unusable())?;
    if !matches!(
        url.scheme(),
        "http" | "https" | "socks4" | "socks4a" | "socks5" | "socks5h"
    ) || !url.has_host()
    {
        return Err(unusable());
    }
    let proxy = Proxy::https(url).map_err(|_| unusable())?;
    Ok(Some(proxy.no_proxy(NoProxy::from_env())))
}

/// The certificates of `SSL_CERT_FILE` and `SSL_CERT_DIR`; none where neither is set.
fn named_store() -> Result<Option<Vec<Certificate>>, Failure> {
    if may_use_platform() {
        return Ok(None);
    }
    let mut store = Vec::new();
    if let Some(file) = setting("SSL_CERT_FILE") {
        let unreadable = || {
            Failure::new(
                Kind::Certificate,
                "the certificates in SSL_CERT_FILE could not be read",
            )
            .hint("set SSL_CERT_FILE to a PEM file, or unset it")
        };
        let text = std::fs::read(file).map_err(|_| unreadable())?;
        for certificate in CertificateDer::pem_slice_iter(&text) {
            store.push(certificate.map_err(|_| unreadable())?);
        }
    }
    if let Some(folders) = setting("SSL_CERT_DIR") {
        for folder in env::split_paths(&folders) {
            let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
            // A folder of certificates may hold other things: what is no PEM is passed over.
            let texts = files.filter_map(|file| std::fs::read(file.path()).ok());
            for text in texts {
                store.extend(CertificateDer::pem_slice_iter(&text).flatten());
            }
        }
    }
    // A system's folder holds each under several names, and all of them in one more file.
    store.sort_unstable_by(|one, other| one.as_ref().cmp(other.as_ref()));
    store.dedup();
    // One that cannot be an authority must not spoil the others.
    let usable = |der: &&CertificateDer<'_>| RootCertStore::empty().add((*der).clone()).is_ok();
    let usable: Vec<Certificate> = store
        .iter()
        .filter(usable)
        .filter_map(|der| Certificate::from_der(der).ok())
        .collect();
    if usable.is_empty() {
        let reason = "SSL_CERT_FILE and SSL_CERT_DIR hold no certificate to trust";
        return Err(Failure::new(Kind::Certificate, reason)
            .hint("set SSL_CERT_FILE to a PEM file, or unset both"));
    }
    Ok(Some(usable))
}

/// Whether the URL's host is this machine by its very spelling.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        Some(Host::Domain(name)) => url.scheme() == "http" || name == "localhost",
        None => false,
    }
}

/// What a name stands for, refused unless all of it is loopback; the connection is pinned to the answer.
async fn loopback_addresses(name: &str) -> Result<Vec<SocketAddr>, Failure> {
    let looking = blocking::addresses(name.to_owned(), 0);
    let found = match tokio::time::timeout(CONNECT, looking).await {
        Ok(Ok(found)) => found,
        _ => Vec::new(),
    };
    if found.is_empty() || !found.iter().all(|address| address.ip().is_loopback()) {
        return Err(
            Failure::new(Kind::Usage, "plain http is for loopback addresses only")
                .hint("use https://, or http://127.0.0.1:PORT"),
        );
    }
    Ok(found)
}
