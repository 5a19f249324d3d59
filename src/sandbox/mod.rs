//! The embedded server, which listens on the loopback interface only and imitates X's API.

mod api;
mod authorization;
mod authorize;
mod call;
mod faults;
mod media;
mod memory;
mod multipart;
mod oauth;
mod pages;
mod posts;
mod replies;
mod routes;
mod signature;
mod state;
mod tokens;
mod users;

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests;

use std::future::poll_fn;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

use crate::account::Credentials;
pub(crate) use faults::Fault;
use memory::Share;
use state::{Shared, State, locked};
use tokens::Level;
use users::User;

/// The client credentials of the sandbox's only app. They are worth nothing elsewhere.
pub(crate) const CONSUMER_KEY: &str = "sandbox-consumer-key";
pub(crate) const CONSUMER_SECRET: &str = "sandbox-consumer-secret";

/// The limit of connections; one more is closed immediately.
const CONNECTIONS: usize = 1100;

/// The time limit for the head of a request and between requests, and the size limit of a head.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
const HEAD: usize = 32 << 10;

/// A running server. It stops accepting connections when this value is dropped.
pub(crate) struct Sandbox {
    url: String,
    port: u16,
    shared: Shared,
    task: JoinHandle<()>,
}

impl Sandbox {
    /// Binds `port` (0: any free one) of 127.0.0.1 and serves it on tasks of the current runtime, which may be
    /// single-threaded.
    pub(crate) async fn start(port: u16, faults: &[Fault]) -> std::io::Result<Self> {
        state::check_clock(SystemTime::now())?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let port = listener.local_addr()?.port();
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(|error| std::io::Error::other(error.to_string()))?;
        let state = State::new(port, faults, seed);
        let resets = state.has(Fault::Reset);
        let shared = Arc::new(Mutex::new(state));
        Ok(Self {
            url: format!("http://127.0.0.1:{port}"),
            port,
            task: tokio::spawn(accept(listener, Arc::clone(&shared), resets)),
            shared,
        })
    }

    /// The server's base URL, without a final slash.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// A token of the account `screen_name`, as from a login; `None` if the name is not valid.
    pub(crate) fn token(&self, screen_name: &str) -> Option<Credentials> {
        let mut state = locked(&self.shared);
        let user = state.answering(User::named(screen_name)?);
        let level = state.level(Level::ReadWrite);
        Some(tokens::issued(&user, level, &state.draw_text()))
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, shared: Shared, resets: bool) {
    let seats = Arc::new(Semaphore::new(CONNECTIONS));
    let memory = Arc::new(Semaphore::new(memory::TOGETHER));
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // Most likely no file descriptor is left: some connections will end.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let Ok(seat) = Arc::clone(&seats).try_acquire_owned() else {
            continue;
        };
        let (shared, memory) = (Arc::clone(&shared), Arc::clone(&memory));
        tokio::spawn(async move {
            connection(stream, shared, memory, resets).await;
            drop(seat);
        });
    }
}

/// Serves one connection to its end. Errors on it are not reported.
async fn connection(stream: TcpStream, shared: Shared, memory: Arc<Semaphore>, resets: bool) {
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| {
        let (shared, share) = (Arc::clone(&shared), Share::of(&memory));
        Box::pin(async move { routes::serve(request, &shared, share).await })
    });
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(HEAD)
        .serve_connection(TokioIo::new(stream), service);
    let ended = poll_fn(|context| connection.poll_without_shutdown(context)).await;
    if resets && ended.is_err() {
        // A socket closed without lingering sends RST instead of FIN.
        let _ = connection.into_parts().io.into_inner().set_zero_linger();
    }
}
