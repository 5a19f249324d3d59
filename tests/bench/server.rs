//! The server that all contestants ask: TLS 1.3, HTTP/1.1 and 2, in a process of its own; near, slow and far away.

use std::io::{BufRead as _, Write as _};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use std::{fs, io, thread};

use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_rustls::TlsAcceptor;

/// The user id of account number 0; the others follow.
pub(crate) const FIRST_ID: u64 = 900_000_000_000_000_000;

/// The file in the server's folder that holds the authority to trust.
pub(crate) const AUTHORITY: &str = "authority.pem";

static CONNECTIONS: AtomicU64 = AtomicU64::new(0);
static REQUESTS: AtomicU64 = AtomicU64::new(0);

/// Serves until standard input ends. Says the three ports on one line, and for each line it reads, on another, how
/// many connections and requests there were since.
pub(crate) fn serve(folder: &Path, delay: Duration, round_trip: Duration) -> io::Result<()> {
    let acceptor = TlsAcceptor::from(Arc::new(configuration(folder)?));
    let (said, listening) = std::sync::mpsc::channel();
    thread::spawn(move || -> io::Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        runtime.block_on(async {
            let near = listen(acceptor.clone(), Duration::ZERO).await?;
            let slow = listen(acceptor, delay).await?;
            let far = relay(near, round_trip).await?;
            // Whoever waits for this line is this process.
            let _ = said.send([near, slow, far]);
            std::future::pending().await
        })
    });
    let ports = listening.recv().map_err(io::Error::other)?;
    let mut stdout = io::stdout();
    writeln!(stdout, "{} {} {}", ports[0], ports[1], ports[2])?;
    for line in io::stdin().lock().lines() {
        line?;
        let (connections, requests) = (&CONNECTIONS, &REQUESTS);
        let connections = connections.swap(0, Ordering::Relaxed);
        writeln!(
            stdout,
            "{connections} {}",
            requests.swap(0, Ordering::Relaxed)
        )?;
    }
    Ok(())
}

/// A certificate for this machine, and its authority in `folder`.
fn configuration(folder: &Path) -> io::Result<ServerConfig> {
    let other = |error: rcgen::Error| io::Error::other(error);
    let mut authority = CertificateParams::new(Vec::new()).map_err(other)?;
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    // OpenSSL takes two certificates of one name for one.
    authority
        .distinguished_name
        .push(DnType::CommonName, "benchmark authority");
    let authority_key = KeyPair::generate().map_err(other)?;
    let root = authority.self_signed(&authority_key).map_err(other)?;
    fs::write(folder.join(AUTHORITY), root.pem())?;
    let key = KeyPair::generate().map_err(other)?;
    let certificate = CertificateParams::new(vec!["localhost".to_owned()])
        .and_then(|params| params.signed_by(&key, &Issuer::new(authority, authority_key)))
        .map_err(other)?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut configuration = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .map_err(io::Error::other)?
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der())),
        )
        .map_err(io::Error::other)?;
    configuration.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(configuration)
}

/// Both loopback addresses where there are two: what `localhost` stands for differs.
async fn bind() -> io::Result<(u16, Vec<TcpListener>)> {
    let first = TcpListener::bind(("127.0.0.1", 0)).await?;
    let port = first.local_addr()?.port();
    let second = TcpListener::bind(("::1", port)).await;
    Ok((port, [Ok(first), second].into_iter().flatten().collect()))
}

/// Answers on the port it returns, each request after `delay`.
async fn listen(acceptor: TlsAcceptor, delay: Duration) -> io::Result<u16> {
    let (port, listeners) = bind().await?;
    for listener in listeners {
        let acceptor = acceptor.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                CONNECTIONS.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(converse(acceptor.clone(), stream, delay));
            }
        });
    }
    Ok(port)
}

async fn converse(acceptor: TlsAcceptor, stream: TcpStream, delay: Duration) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let stream = acceptor.accept(stream).await?;
    let speaks_2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
    let service = service_fn(move |request| answer(request, delay));
    let stream = TokioIo::new(stream);
    // A client may leave as it likes.
    if speaks_2 {
        let server = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
        let _ = server.serve_connection(stream, service).await;
    } else {
        let server = hyper::server::conn::http1::Builder::new();
        let _ = server.serve_connection(stream, service).await;
    }
    Ok(())
}

async fn answer(
    request: Request<Incoming>,
    delay: Duration,
) -> Result<Response<Full<Bytes>>, hyper::Error> {
    REQUESTS.fetch_add(1, Ordering::Relaxed);
    let (head, body) = request.into_parts();
    body.collect().await?;
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    let authorization = head.headers.get(AUTHORIZATION);
    let (status, reply) = reply(&head.method, head.uri.path(), authorization);
    let mut response = Response::new(Full::from(reply.to_string()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert("x-access-level", HeaderValue::from_static("read-write"));
    Ok(response)
}

/// What X says, in so far as the contestants read it. No signature is checked: that would be the server's cost.
fn reply(method: &Method, path: &str, authorization: Option<&HeaderValue>) -> (StatusCode, Value) {
    let id = authorization
        .and_then(|value| value.to_str().ok()?.split_once("oauth_token=\""))
        .and_then(|(_, rest)| rest.split('-').next()?.parse().ok());
    let Some(id) = id else {
        return (StatusCode::UNAUTHORIZED, json!({ "title": "Unauthorized" }));
    };
    let name = screen_name(id);
    match (method, path) {
        (&Method::GET, "/2/users/me") => (
            StatusCode::OK,
            json!({ "data": { "id": id.to_string(), "name": name, "username": name } }),
        ),
        (&Method::POST, "/2/tweets") => (
            StatusCode::CREATED,
            json!({ "data": { "id": "1346889436626259968", "text": "hello" } }),
        ),
        (&Method::GET, "/1.1/account/verify_credentials.json") => (
            StatusCode::OK,
            json!({ "id": id, "id_str": id.to_string(), "screen_name": name }),
        ),
        (&Method::POST, "/1.1/statuses/update.json") => (
            StatusCode::OK,
            json!({ "id": 1_346_889_436_626_259_968_u64, "id_str": "1346889436626259968", "text": "hello" }),
        ),
        _ => (StatusCode::NOT_FOUND, json!({ "title": "Not Found" })),
    }
}

/// What the account with that id is called.
pub(crate) fn screen_name(id: u64) -> String {
    format!("bot{:05}", id.saturating_sub(FIRST_ID))
}

/// Passes everything on to `port`, each way half a round trip later. The kernel's own handshake takes no time here, so
/// a connection's first bytes pay for it.
async fn relay(port: u16, round_trip: Duration) -> io::Result<u16> {
    let (own, listeners) = bind().await?;
    for listener in listeners {
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let connected = Instant::now() + round_trip;
                let Ok(server) = TcpStream::connect(("127.0.0.1", port)).await else {
                    continue;
                };
                let late = round_trip / 2;
                let _ = client.set_nodelay(true);
                let _ = server.set_nodelay(true);
                let (from_client, to_client) = client.into_split();
                let (from_server, to_server) = server.into_split();
                pass(from_client, to_server, connected, late);
                pass(from_server, to_client, connected, late);
            }
        });
    }
    Ok(own)
}

fn pass(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, connected: Instant, late: Duration) {
    let (departures, mut arrivals) = mpsc::unbounded_channel::<(Instant, Vec<u8>)>();
    tokio::spawn(async move {
        let mut buffer = vec![0; 16 * 1024];
        while let Ok(length @ 1..) = from.read(&mut buffer).await {
            let arrival = Instant::now().max(connected) + late;
            let piece = buffer.get(..length).unwrap_or_default().to_owned();
            if departures.send((arrival, piece)).is_err() {
                break;
            }
        }
    });
    tokio::spawn(async move {
        while let Some((arrival, piece)) = arrivals.recv().await {
            tokio::time::sleep_until(arrival).await;
            if to.write_all(&piece).await.is_err() {
                break;
            }
        }
    });
}
