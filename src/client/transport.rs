//! Configures the HTTP client: roots of trust, proxy, deadlines; it follows no redirect and retries nothing.

use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use reqwest::{redirect, retry};
use url::{Host, Url};

use super::proxy;
use super::resolving::Resolver;
use super::roots::Roots;
use crate::blocking;
use crate::error::{Failure, Kind};

/// The longest time for connecting.
const CONNECT: Duration = Duration::from_secs(10);

/// The most idle connections.
const AT_ONCE: usize = 100;

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
    } else if let Some(configuration) = roots.configuration()? {
        builder = builder.tls_backend_preconfigured(configuration);
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
