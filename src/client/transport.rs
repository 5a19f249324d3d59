//! Configures the HTTP client: roots of trust, proxy, deadlines; it follows no redirect and retries nothing.

use std::env;
use std::io::{self, Read as _};
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use reqwest::{Certificate, redirect, retry};
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use url::{Host, Url};

use super::proxy;
use super::resolving::Resolver;
use crate::blocking;
use crate::error::{Failure, Kind, system_reason};
use crate::terminal::text::harmless;

/// The longest time for connecting.
const CONNECT: Duration = Duration::from_secs(10);

/// The size limit of a certificate file, in bytes.
const STORE_LIMIT: u64 = 16 << 20;

/// The most idle connections.
const AT_ONCE: usize = 100;

/// Where the roots of trust come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Roots {
    /// Mozilla's, compiled in; or only those in `SSL_CERT_FILE` and `SSL_CERT_DIR`.
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
    if server.scheme() == "https" {
        check_clock(SystemTime::now())?;
    }
    // Fails only if a provider is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = reqwest::Client::builder()
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .referer(false)
        .dns_resolver(Resolver)
        // Slightly less than the total, so that a slow connection can be told from a slow reply.
        .connect_timeout(CONNECT.min(timeout.mul_f32(0.95)))
        .pool_max_idle_per_host(AT_ONCE)
        .user_agent(concat!("twauth/", env!("CARGO_PKG_VERSION")));
    builder = if is_loopback(server) {
        builder.no_proxy()
    } else {
        match proxy::configured()? {
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

/// The TLS library panics if the clock is before 1970.
fn check_clock(now: SystemTime) -> Result<(), Failure> {
    if now >= UNIX_EPOCH {
        return Ok(());
    }
    let reason =
        "this machine's clock is before 1970, so no certificate can be checked; nothing was sent";
    Err(Failure::new(Kind::Certificate, reason)
        .hint("set the clock (for example with `timedatectl set-ntp true`), then try again"))
}

/// Whether the platform's roots may replace the built-in ones: not if the user named a store.
pub(super) fn may_use_platform() -> bool {
    setting("SSL_CERT_FILE").is_none() && setting("SSL_CERT_DIR").is_none()
}

pub(super) fn setting(name: &str) -> Option<std::ffi::OsString> {
    env::var_os(name).filter(|value| !value.is_empty())
}

/// The certificates of `SSL_CERT_FILE` and `SSL_CERT_DIR`; empty if neither is set.
fn named_store() -> Result<Option<Vec<Certificate>>, Failure> {
    if may_use_platform() {
        return Ok(None);
    }
    let mut store = Vec::new();
    if let Some(file) = setting("SSL_CERT_FILE") {
        let unusable = |why: &str| {
            let shown = harmless(&file.to_string_lossy());
            let reason =
                format!("could not read the certificates in {shown} (SSL_CERT_FILE): {why}");
            Failure::new(Kind::BadCertificateStore, reason)
                .hint("set SSL_CERT_FILE to a PEM file, or unset it")
        };
        let text = regular(Path::new(&file)).map_err(|error| unusable(&system_reason(&error)))?;
        for certificate in CertificateDer::pem_slice_iter(&text) {
            store.push(certificate.map_err(|_| unusable("it is not a PEM file"))?);
        }
    }
    if let Some(folders) = setting("SSL_CERT_DIR") {
        for folder in env::split_paths(&folders) {
            let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
            // A certificate folder may contain other files: those that are not PEM are skipped.
            let texts = files.filter_map(|file| regular(&file.path()).ok());
            for text in texts {
                store.extend(CertificateDer::pem_slice_iter(&text).flatten());
            }
        }
    }
    // A system's folder contains each certificate under several names, and all of them in one more file.
    store.sort_unstable_by(|one, other| one.as_ref().cmp(other.as_ref()));
    store.dedup();
    // A certificate that cannot be an authority must not make the others unusable.
    let usable = |der: &&CertificateDer<'_>| RootCertStore::empty().add((*der).clone()).is_ok();
    let usable: Vec<Certificate> = store
        .iter()
        .filter(usable)
        .filter_map(|der| Certificate::from_der(der).ok())
        .collect();
    if usable.is_empty() {
        let named = ["SSL_CERT_FILE", "SSL_CERT_DIR"]
            .into_iter()
            .filter_map(|name| {
                let path = setting(name)?;
                Some(format!("{name} ({})", harmless(&path.to_string_lossy())))
            });
        let named: Vec<String> = named.collect();
        let reason = format!("there is no certificate in {}", named.join(" and "));
        return Err(Failure::new(Kind::BadCertificateStore, reason)
            .hint("set SSL_CERT_FILE to a PEM file, or unset both"));
    }
    Ok(Some(usable))
}

/// A file's content, if it is a regular file within the size limit: reading a FIFO would block, a device has no end.
fn regular(path: &Path) -> io::Result<Vec<u8>> {
    let metadata = std::fs::metadata(path)?;
    if !metadata.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    let mut text = Vec::new();
    let file = std::fs::File::open(path)?;
    file.take(STORE_LIMIT + 1).read_to_end(&mut text)?;
    if text.len() as u64 > STORE_LIMIT {
        return Err(io::Error::other("it is larger than 16 MiB"));
    }
    Ok(text)
}

/// Whether the URL's host is written as an address or name of this machine.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        Some(Host::Domain(name)) => url.scheme() == "http" || name == "localhost",
        None => false,
    }
}

/// The addresses of a name, rejected unless all are loopback; the connection uses only these.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_before_1970_is_an_error_and_not_a_panic() {
        let second = Duration::from_secs(1);
        assert!(check_clock(UNIX_EPOCH - second).is_err());
        for time in [UNIX_EPOCH, UNIX_EPOCH + second, SystemTime::now()] {
            assert!(check_clock(time).is_ok());
        }
    }
}
