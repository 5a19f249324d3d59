//! The one place that signs and sends: deadlines, repeats, rate limits, redirects, size limits, tracing.

mod call;
mod concealed;
mod exchange;
mod proxy;
mod reply;
mod resolving;
mod retry;
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

// The parts of a request; the crate behind them is named in this folder alone.
pub(crate) use reqwest::Method;
pub(crate) use reqwest::header::{CONTENT_TYPE, HeaderName, HeaderValue};

use crate::account::Server;
use crate::error::{Failure, Kind};
use exchange::Turn;
use retry::{PAUSE_LIMIT, Waiting, backoff, may_repeat, retry_after, window};
use sending::{Sending, Streams};
use tracing::Trace;
use transport::Roots;
use trouble::Outlook;

/// How requests are made, as the user set it.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// For each request, connecting included; not the time it waits for a stream that others occupy.
    pub(crate) timeout: Duration,
    /// Repeats of a request that is safe to repeat.
    pub(crate) retries: u32,
    /// The longest wait for a rate limit's window to reset; none: a 429 is final.
    pub(crate) wait: Option<Duration>,
    /// 1: a line for each request and reply; 2: the base string too.
    pub(crate) verbosity: u8,
    /// Where those lines go.
    pub(crate) trace: fn(&str),
    /// Told how long a reply has been awaited, again and again, and with none when that is over. None: nobody is told.
    pub(crate) awaited: Option<fn(Option<Duration>)>,
    /// Told how long a rate limit's window still takes and whether it is said for the first time: each second, and
    /// with zero when it is over.
    pub(crate) waiting: fn(Duration, bool),
}

/// Sends requests to one server.
#[derive(Debug)]
pub(crate) struct Client {
    /// Only signers of this home are served.
    server: Server,
    base: Url,
    settings: Settings,
    http: reqwest::Client,
    /// Made where the issuer of the server's certificate is not among the built-in roots.
    platform: OnceCell<reqwest::Client>,
    /// Until when the user was told that a window takes.
    announced: Cell<Option<Instant>>,
    /// Whether many requests share a connection (HTTP/2).
    shares_connections: Cell<bool>,
    /// How many requests were answered.
    replies: Cell<u64>,
    streams: Streams,
    /// Held by the request that makes a new connection after one was closed.
    reconnecting: Mutex<()>,
    /// The request that changes something and is under way.
    changing: RefCell<Option<Arc<Sending>>>,
}

/// X's own hosts beside `api.x.com`, which take the same signatures.
const SECOND_HOSTS: [&str; 2] = ["ads-api.x.com", "upload.x.com"];

fn is_second_host(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    url.scheme() == "https"
        && url.port().is_none()
        && url.username().is_empty()
        && url.password().is_none()
        && SECOND_HOSTS.contains(&host)
}

/// The longest that a request waits for another one's new connection.
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

    /// The server that is asked.
    pub(crate) fn server(&self) -> &Server {
        &self.server
    }

    /// The server's URL, without a final slash.
    pub(crate) fn base(&self) -> &str {
        self.base.as_str().trim_end_matches('/')
    }

    /// The server's host name and port, where the name has to be looked up here: not a literal address, and no proxy
    /// in between.
    pub(crate) fn name(&self) -> Option<(&str, u16)> {
        let port = self.base.port_or_known_default()?;
        let name = self
            .base
            .domain()
            .filter(|_| self.proxy_variable().is_none())?;
        Some((name, port))
    }

    /// The name of the variable whose proxy is used; `NO_PROXY` may still except the server.
    pub(crate) fn proxy_variable(&self) -> Option<&'static str> {
        proxy::variable().filter(|_| !transport::is_loopback(&self.base))
    }

    /// Whether the URL is at this very server: scheme, host, port, and below its path; or at another host of X's API.
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

    /// Sends a request and reads the whole reply, whatever its status but a redirect's. A request that changes
    /// something is repeated only where it certainly did not arrive, or was refused with 429 and the user waits.
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
            // A server that wants to be left alone for longer is left alone.
            let gives_up = asked.is_some_and(|asked| asked > PAUSE_LIMIT);
            if self.settings.retries == 0 || gives_up || !may_repeat(call.repeat, &outcome) {
                return outcome;
            }
            let is_closed = self.shares_connections.get()
                && outcome
                    .as_ref()
                    .is_err_and(|trouble| trouble.outlook == Outlook::Closed);
            // A server that closes its connections after some requests is not failing while others are answered.
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

    /// Waits, saying once a second how long it still takes; what waits beside it for the same window is silent.
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
        // Nothing has been sent yet: the handshake failed. A company's proxy may have signed.
        if trouble.unknown_issuer && self.platform.get().is_none() && transport::may_use_platform()
        {
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

    /// Whether a request that changes something went out and has not been answered.
    pub(crate) fn awaits_an_effect(&self) -> bool {
        let changing = self.changing.borrow();
        changing.as_ref().is_some_and(|sending| sending.is_out())
    }

    /// Signs a request and sends nothing; what is signed shows in the trace.
    pub(crate) fn rehearse(&self, call: &Call<'_>) -> Result<(), Failure> {
        self.authorize(call, &Trace::new(&self.settings)).map(drop)
    }
}
