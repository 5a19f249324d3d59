//! The server for all programs: TLS, HTTP/1.1 and 2, in a separate process.

use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use std::{fs, io};

use futures_util::future::{Either, select};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::AUTHORIZATION;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio_rustls::TlsAcceptor;

use crate::tls::{Certificate, Identity};

/// The user id of account number 0; the others follow.
pub(crate) const FIRST_ID: u64 = 900_000_000_000_000_000;

/// The file in the server's folder with the authority to trust.
pub(crate) const AUTHORITY: &str = "authority.pem";

/// Serves until it is killed. Prints three ports: one that answers at once, one that takes 50 ms for each reply, and one
/// that also closes a connection after 100 streams.
pub(crate) fn serve(folder: &Path) -> io::Result<()> {
    let identity = Identity::new(Certificate::Good);
    fs::write(folder.join(AUTHORITY), identity.authority)?;
    let mut config = Arc::unwrap_or_clone(identity.config);
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.enable_all().build()?.block_on(async {
        for (delay, streams) in [(0, u64::MAX), (50, u64::MAX), (50, 100)] {
            let delay = Duration::from_millis(delay);
            let port = listen(acceptor.clone(), delay, streams).await?;
            println!("{port}");
        }
        std::future::pending().await
    })
}

/// Answers on the port it returns, on both loopback addresses where there are two.
async fn listen(acceptor: TlsAcceptor, delay: Duration, streams: u64) -> io::Result<u16> {
    let first = TcpListener::bind(("127.0.0.1", 0)).await?;
    let port = first.local_addr()?.port();
    let second = TcpListener::bind(("::1", port)).await;
    for listener in [Ok(first), second].into_iter().flatten() {
        let acceptor = acceptor.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(converse(acceptor.clone(), stream, delay, streams));
            }
        });
    }
    Ok(port)
}

/// One connection. A client may leave as it likes.
async fn converse(
    acceptor: TlsAcceptor,
    stream: TcpStream,
    delay: Duration,
    streams: u64,
) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let stream = acceptor.accept(stream).await?;
    let requests = AtomicU64::new(0);
    let full = Notify::new();
    let service = service_fn(|request| {
        if requests.fetch_add(1, Ordering::Relaxed) + 1 == streams {
            full.notify_one();
        }
        answer(request, delay)
    });
    let server = Builder::new(TokioExecutor::new());
    let connection = pin!(server.serve_connection(TokioIo::new(stream), service));
    if let Either::Right(((), mut connection)) = select(connection, pin!(full.notified())).await {
        connection.as_mut().graceful_shutdown();
        let _ = connection.await;
    }
    Ok(())
}

/// What X answers, as far as the programs read it. No signature is checked: that would be the server's cost.
async fn answer(
    request: Request<Incoming>,
    delay: Duration,
) -> Result<Response<Full<Bytes>>, hyper::Error> {
    let (head, body) = request.into_parts();
    body.collect().await?;
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    let authorization = head.headers.get(AUTHORIZATION);
    let id = authorization
        .and_then(|value| value.to_str().ok()?.split_once("oauth_token=\""))
        .and_then(|(_, rest)| rest.split('-').next()?.parse().ok())
        .unwrap_or(FIRST_ID);
    let name = screen_name(id);
    let reply = format!(
        r#"{{"data":{{"id":"{id}","name":"{name}","username":"{name}","text":"hello"}},"id":{id},"id_str":"{id}","screen_name":"{name}"}}"#
    );
    let created = head.uri.path() == "/2/tweets";
    let response = Response::builder()
        .status(if created { 201 } else { 200 })
        .header("content-type", "application/json")
        .header("x-access-level", "read-write")
        .body(Full::from(reply));
    Ok(response.unwrap())
}

/// What the account with that id is called.
pub(crate) fn screen_name(id: u64) -> String {
    format!("bot{:05}", id.saturating_sub(FIRST_ID))
}
