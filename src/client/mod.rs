//! Signs and sends every request: deadlines, retries, rate limits, redirects, size limits, tracing.

mod call;
mod concealed;
mod exchange;
mod proxy;
mod reply;
mod resolving;
mod retry;
mod roots;
mod sending;
mod signing;
mod tracing;
mod transport;
mod trouble;
mod waiting;

#[cfg(test)]
mod tests;

use std::cell::{Cell, OnceCell, RefCell};
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::lock::Mutex;
use url::Url;

pub(crate) use call::{Authorization, Body, Call, Repeat, is_form};
pub(crate) use reply::Reply;
pub(crate) use signing::{
    Signed, Signer, encoded, form_decoded, holds_protocol_parameter, normalized_parameters, sign,
};
pub(crate) use trouble::Trouble;

// Re-exported, so that no other folder names the HTTP crate.
pub(crate) use reqwest::Method;
pub(crate) use reqwest::header::{CONTENT_TYPE, HeaderName, HeaderValue};

use crate::account::Server;
use crate::error::{Failure, Kind};
use exchange::Turn;
use retry::{PAUSE_LIMIT, Waiting, backoff, may_repeat, retry_after, window};
use roots::{Roots, may_use_platform};
use sending::{Sending, Streams};
use tracing::Trace;
use trouble::Outlook;

/// How requests are made, as the user set it.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// The timeout of each request, connecting included. Time spent waiting for a free stream does not count.
    pub(crate) timeout: Duration,
    /// How often a request that is safe to repeat is retried.
    pub(crate) retries: u32,
    /// The longest wait for a rate limit to reset; `None` if a 429 is final.
    pub(crate) wait: Option<Duration>,
    /// 1: a line for each request and reply; 2: the signature base string too.
    pub(crate) verbosity: u8,
    /// Prints those lines.
    pub(crate) trace: fn(&str),
    /// Called every tenth of a second with the time waited for a reply so far, then once with `None`. Not set: silent.
    pub(crate) on_wait: Option<fn(Option<Duration>)>,
    /// Called every second with the time until the rate limit resets and whether this is the first call, then with
    /// zero.
    pub(crate) waiting: fn(Duration, bool),
}

/// Sends requests to one server.
#[derive(Debug)]
pub(crate) struct Client {
    /// Only signers of this server are accepted.
    server: Server,
    base: Url,
    settings: Settings,
    http: reqwest::Client,
    /// A second client, created if the issuer of the server's certificate is not among the built-in roots.
    platform: OnceCell<reqwest::Client>,
    /// When the wait that the user was told about ends.
    announced: Cell<Option<Instant>>,
    /// Whether many requests share one connection (HTTP/2).
    shares_connections: Cell<bool>,
    /// The number of requests that got a reply.
    replies: Cell<u64>,
    streams: Streams,
    /// Locked by the request that opens a new connection after one was closed.
    reconnecting: Mutex<()>,
    /// The current request that changes something.
    changing: RefCell<Option<Arc<Sending>>>,
}

/// X's other hosts, which accept the same signatures.
const SECOND_HOSTS: [&str; 2] = ["ads-api.x.com", "upload.x.com"];

fn is_second_host(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    url.scheme() == "https"
        && url.port().is_none()
        && url.username().is_empty()
        && url.password().is_none()
        && SECOND_HOSTS.contains(&host)
}

/// How long a request waits for another one to open the new connection.
const TURN: Duration = Duration::from_secs(1);

impl Client {
    /// A client for `server` at `base`, an `https` URL or an `http` one on a loopback address.
    pub(crate) async fn new(
        server: Server,
        base: &str,
        settings: Settings,
    ) -> Result<Self, Failure> {
        let base =
            Url::parse(base).map_err(|_| Failure::new(Kind::Usage, "the server is not a URL"))?;
        let http = transport::build(&base, settings.timeout, Roots::BuiltIn).await?;
        Ok(Self {
            server,
            base,
            settings,
            http,
            platform: OnceCell::new(),
            announced: Cell::new(None),
            shares_connections: Cell::new(false),
            replies: Cell::new(0),
            streams: Streams::default(),
            reconnecting: Mutex::new(()),
            changing: RefCell::new(None),
        })
    }

    /// The server that this client sends to.
    pub(crate) fn server(&self) -> &Server {
        &self.server
    }

    /// The server's URL, without a final slash.
    pub(crate) fn base(&self) -> &str {
        self.base.as_str().trim_end_matches('/')
    }

    /// The server's host name and port if the name has to be looked up here: `None` for a literal address or behind a
    /// proxy.
    pub(crate) fn name(&self) -> Option<(&str, u16)> {
        let port = self.base.port_or_known_default()?;
        let name = self
            .base
            .domain()
            .filter(|_| self.proxy_variable().is_none())?;
        Some((name, port))
    }

    /// The name of the variable that sets the proxy; `NO_PROXY` may still exempt the server.
    pub(crate) fn proxy_variable(&self) -> Option<&'static str> {
        proxy::variable().filter(|_| !transport::is_loopback(&self.base))
    }

    /// Whether the URL is at this server: same scheme, host and port, and below its path; or at another host of X's
    /// API.
    pub(crate) fn is_own(&self, url: &Url) -> bool {
        if self.server == Server::X && is_second_host(url) {
            return true;
        }
        let below = url.as_str().strip_prefix(self.base());
        url.origin() == self.base.origin() && below.is_some_and(|rest| rest.starts_with(['/', '?']))
    }

    /// The URL of a path at the server.
    pub(crate) fn url(&self, path: &str) -> Url {
        let mut url = self.base.clone();
        url.set_path(&format!("{}{path}", self.base.path().trim_end_matches('/')));
        url
    }

    /// Sends a request and reads the whole reply, whatever its status, except a redirect. A request that changes
    /// something is retried only if it certainly did not reach the server, or got a 429 and the user allows waiting.
    pub(crate) async fn send(&self, call: &Call<'_>) -> Result<Reply, Trouble> {
        let mut attempt = 0;
        let mut waited = Duration::ZERO;
        let mut turn = None;
        let mut before = self.replies.get();
        loop {
            let outcome = self.send_once(call, turn.take()).await;
            if outcome.is_ok() {
                self.replies.set(self.replies.get() + 1);
            }
            if let Ok(reply) = &outcome
                && let Some(limit) = self.settings.wait
                && let Some(pause) = window(reply, limit, waited)
            {
                waited += pause;
                self.wait(pause).await;
                continue;
            }
            let asked = outcome.as_ref().ok().and_then(retry_after);
            // A server that asks for a longer pause is not asked again.
            let gives_up = asked.is_some_and(|asked| asked > PAUSE_LIMIT);
            if self.settings.retries == 0 || gives_up || !may_repeat(call.repeat, &outcome) {
                return outcome;
            }
            let is_closed = self.shares_connections.get()
                && outcome
                    .as_ref()
                    .is_err_and(|trouble| trouble.outlook == Outlook::Closed);
            // A server that closes a connection after some requests is not failing as long as other requests get
            // replies.
            let replies = self.replies.get();
            let is_answering = replies > before;
            let is_moving = is_answering || self.streams.is_busy();
            before = replies;
            if !(is_closed && is_moving) {
                if attempt >= self.settings.retries {
                    return outcome;
                }
                attempt += 1;
                tokio::time::sleep(backoff(attempt - 1, asked)).await;
            } else if !is_answering {
                tokio::time::sleep(TURN / 10).await;
            }
            if is_closed {
                let waiting = tokio::time::timeout(TURN, self.reconnecting.lock());
                let alone = !is_moving;
                turn = waiting.await.ok().map(|guard| Turn { guard, alone });
            }
        }
    }

    /// Waits and reports the remaining time once a second; other requests that wait for the same reset stay silent.
    async fn wait(&self, pause: Duration) {
        let end = Instant::now() + pause;
        let announced = self.announced.get();
        let silent = announced.is_some_and(|announced| end <= announced + Duration::from_secs(2));
        if silent {
            return tokio::time::sleep(pause).await;
        }
        self.announced.set(Some(end));
        let waiting = Waiting(self.settings.waiting);
        let mut left = pause;
        while !left.is_zero() {
            (waiting.0)(left, left == pause);
            tokio::time::sleep(left.min(Duration::from_secs(1))).await;
            left = end.saturating_duration_since(Instant::now());
        }
    }

    async fn send_once(&self, call: &Call<'_>, turn: Option<Turn<'_>>) -> Result<Reply, Trouble> {
        let http = self.platform.get().unwrap_or(&self.http);
        let mut trouble = match self.exchange(http, call, turn).await {
            Err(trouble) => trouble,
            reply => return reply,
        };
        // Nothing was sent: the handshake failed. The certificate may be signed by a company proxy.
        if trouble.unknown_issuer && self.platform.get().is_none() && may_use_platform() {
            let platform =
                transport::build(&self.base, self.settings.timeout, Roots::Platform).await?;
            let http = self.platform.get_or_init(|| platform);
            return self.exchange(http, call, None).await;
        }
        if trouble.failure.kind == Kind::Proxy
            && let Some(proxy) = proxy::of(&call.url)
            && let Some((failure, outlook)) = proxy.reason(&call.url).await
        {
            let reason = format!("{}; nothing was sent", failure.reason);
            trouble.failure = Failure { reason, ..failure };
            trouble.outlook = outlook;
        }
        Err(trouble)
    }

    /// Whether a request that changes something was sent and got no reply yet.
    pub(crate) fn awaits_an_effect(&self) -> bool {
        let changing = self.changing.borrow();
        changing.as_ref().is_some_and(|sending| sending.is_out())
    }

    /// Signs a request without sending it; the trace shows what is signed.
    pub(crate) fn rehearse(&self, call: &Call<'_>) -> Result<(), Failure> {
        self.authorize(call, &Trace::new(&self.settings)).map(drop)
    }
}
