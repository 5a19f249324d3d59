//! A loopback listener that receives the redirect of the authorisation page, so that no PIN is needed.

use std::collections::VecDeque;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::pin;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::future::{AbortHandle, Either, abortable, select};
use futures_util::stream::FuturesUnordered;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};
use url::{Host, Url};

use crate::error::{Failure, Kind, system_reason};
use crate::oauth::Redirect;

/// How long the user may take to authorise.
const PATIENCE: Duration = Duration::from_secs(15 * 60);
/// How long one connection may take to send its request.
const REQUEST: Duration = Duration::from_secs(5);
const REQUEST_LIMIT: usize = 16 * 1024;
/// The most open connections at a time.
const VISITS: usize = 64;
/// The pause between two attempts when the system cannot accept connections.
const PAUSE: Duration = Duration::from_millis(100);

#[derive(Debug)]
pub(crate) struct Listener {
    socket: TcpListener,
    path: String,
    patience: Duration,
}

/// The address and path of a callback URL: `http://`, a loopback address, a port, a path.
pub(crate) fn address(callback: &str) -> Result<(SocketAddr, String), Failure> {
    let unusable = |reason: &str| {
        Failure::usage(format!("--callback: {reason}"))
            .hint("use http://127.0.0.1:PORT/PATH, exactly as in your app's callback URLs")
    };
    let url = Url::parse(callback).map_err(|_| unusable("this is not a URL"))?;
    let ip = match url.host() {
        Some(Host::Ipv4(ip)) if ip.is_loopback() => IpAddr::V4(ip),
        Some(Host::Ipv6(ip)) if ip.is_loopback() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        Some(Host::Domain("localhost")) => IpAddr::V4(Ipv4Addr::LOCALHOST),
        _ => return Err(unusable("the host must be a loopback address")),
    };
    if url.scheme() != "http"
        || url.query().is_some()
        || url.fragment().is_some()
        || !url.username().is_empty()
    {
        return Err(unusable(
            "the URL must be plain http, without user, query or fragment",
        ));
    }
    let port = url
        .port_or_known_default()
        .filter(|port| *port != 0)
        .ok_or_else(|| unusable("the URL must have a port"))?;
    Ok((SocketAddr::new(ip, port), url.path().to_owned()))
}

/// Starts listening.
pub(crate) async fn listen(callback: &str) -> Result<Listener, Failure> {
    let (address, path) = address(callback)?;
    let socket = TcpListener::bind(address).await.map_err(|error| {
        let port = address.port();
        let reason = match error.kind() {
            io::ErrorKind::AddrInUse => format!("port {port} is already in use"),
            _ => format!("could not listen on port {port}: {}", system_reason(&error)),
        };
        Failure::new(Kind::Internal, reason)
            .hint("stop the program that uses the port, or log in without --callback")
    })?;
    Ok(Listener {
        socket,
        path,
        patience: PATIENCE,
    })
}

impl Listener {
    /// Waits for the redirect with our request token; rejects everything else. Browsers open connections in advance, so
    /// a silent one must not block others: beyond the limit the oldest is closed.
    pub(crate) async fn redirect(&self, temporary_token: &str) -> Result<Redirect, Failure> {
        let wait = async {
            let mut visits = FuturesUnordered::new();
            let mut handles: VecDeque<AbortHandle> = VecDeque::new();
            loop {
                let accept = pin!(self.socket.accept());
                // Read open connections before accepting the next.
                let event = match select(visits.next(), accept).await {
                    Either::Left((Some(answered), _)) => Either::Left(answered),
                    // No open connection is being read.
                    Either::Left((None, accept)) => Either::Right(accept.await),
                    Either::Right((connection, _)) => Either::Right(connection),
                };
                match event {
                    Either::Left(Ok(Some(found))) => return found,
                    // One that was rejected or closed.
                    Either::Left(_) => handles.retain(|handle| !handle.is_aborted()),
                    Either::Right(Err(_)) => sleep(PAUSE).await,
                    Either::Right(Ok((stream, _))) => {
                        if visits.len() >= VISITS
                            && let Some(oldest) = handles.pop_front()
                        {
                            oldest.abort();
                        }
                        let (visit, handle) = abortable(self.answer(stream, temporary_token));
                        visits.push(visit);
                        handles.push_back(handle);
                    }
                }
            }
        };
        timeout(self.patience, wait).await.map_err(|_| {
            Failure::new(
                Kind::TimedOut,
                "timed out after 15 minutes waiting for authorisation; nothing was changed",
            )
            .hint("log in again, or without --callback")
        })
    }

    /// Reads the request of one connection and answers with a page.
    async fn answer(&self, mut stream: TcpStream, temporary_token: &str) -> Option<Redirect> {
        let target = timeout(REQUEST, request_target(&mut stream)).await.ok()??;
        let found = self.understand(&target, temporary_token);
        let (status, title, text) = match &found {
            Some(redirect) if redirect.verifier.is_some() => {
                let text = "The login continues in the terminal. You can close this page.";
                ("200 OK", "Authorised", text)
            }
            Some(_) => {
                let text = "Nothing was changed. You can close this page.";
                ("200 OK", "Not authorised", text)
            }
            None => {
                let text = "This URL does not belong to this login.";
                ("404 Not Found", "Not this page", text)
            }
        };
        let page = page(status, title, text);
        // The browser may have left; the answer is already here.
        let _ = timeout(REQUEST, stream.write_all(page.as_bytes())).await;
        let _ = stream.shutdown().await;
        found
    }

    /// The token in the redirect proves that it belongs to this login (RFC 5849 section 2.2).
    fn understand(&self, target: &str, temporary_token: &str) -> Option<Redirect> {
        let url = Url::parse("http://127.0.0.1").ok()?.join(target).ok()?;
        if url.path() != self.path {
            return None;
        }
        Redirect::of(url.query()?).filter(|redirect| redirect.token == temporary_token)
    }
}

/// The target of a GET request, after its whole head was read.
async fn request_target(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    let mut chunk = [0; 1024];
    while !head.windows(4).any(|window| window == b"\r\n\r\n") {
        let read = stream.read(&mut chunk).await.ok()?;
        if read == 0 || head.len() > REQUEST_LIMIT {
            return None;
        }
        head.extend_from_slice(&chunk[..read]);
    }
    let line = String::from_utf8_lossy(&head).lines().next()?.to_owned();
    let target = line.strip_prefix("GET ")?.split(' ').next()?;
    target.starts_with('/').then(|| target.to_owned())
}

fn page(status: &str, title: &str, text: &str) -> String {
    let body = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{title}</title><style>body{{font:1.1rem/1.5 system-ui,sans-serif;max-width:30rem;margin:4rem auto;padding:0 1rem}}\
         @media(prefers-color-scheme:dark){{body{{background:#111;color:#eee}}}}</style><h1>{title}</h1><p>{text}</p></html>"
    );
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: {}\r\ncache-control: no-store\r\n\
         content-security-policy: default-src 'none'; style-src 'unsafe-inline'\r\nreferrer-policy: no-referrer\r\n\
         connection: close\r\n\r\n{body}",
        body.len()
    )
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_loopback_one_with_a_port() {
        for (callback, expected) in [
            ("http://127.0.0.1:8080/cb", Some("127.0.0.1:8080 /cb")),
            ("http://localhost:8080", Some("127.0.0.1:8080 /")),
            ("http://[::1]:9/a/b", Some("[::1]:9 /a/b")),
            ("http://127.0.0.1:80/cb", Some("127.0.0.1:80 /cb")),
            ("http://127.0.0.1:0/cb", None),
            ("https://127.0.0.1:8080/cb", None),
            ("http://example.com:8080/cb", None),
            ("http://u@127.0.0.1:8080/cb", None),
            ("http://127.0.0.1:8080/cb?a=b", None),
            ("127.0.0.1:8080/cb", None),
        ] {
            let found = address(callback).map(|(socket, path)| format!("{socket} {path}"));
            assert_eq!(found.ok().as_deref(), expected, "{callback}");
        }
    }

    #[test]
    fn patience_ends() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let outcome = runtime.block_on(async {
            let listener = Listener {
                socket: TcpListener::bind("127.0.0.1:0").await.unwrap(),
                path: "/".to_owned(),
                patience: Duration::from_millis(20),
            };
            // Sends nothing.
            let _visitor = TcpStream::connect(listener.socket.local_addr().unwrap())
                .await
                .unwrap();
            listener.redirect("ours").await
        });
        assert_eq!(
            outcome.err().map(|failure| failure.kind),
            Some(Kind::TimedOut)
        );
    }
}
