//! The one place that signs and sends: deadlines, repeats, rate limits, redirects, size limits, tracing.

mod call;
mod exchange;
mod reply;
mod resolving;
mod retry;
mod signing;
mod tracing;
mod transport;
mod trouble;
mod waiting;

#[cfg(test)]
mod tests;

use std::cell::{Cell, OnceCell};
use std::time::{Duration, Instant};

use url::Url;

pub(crate) use call::{Authorization, Body, Call, is_form};
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
use retry::{PAUSE_LIMIT, Waiting, backoff, may_repeat, retry_after, window};
use tracing::Trace;
use transport::Roots;

/// How requests are made, as the user set it.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// For each request, connecting included.
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
}

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
        })
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
        transport::proxy_variable().filter(|_| !transport::is_loopback(&self.base))
    }

    /// Whether the URL is at this very server: scheme, host, port, and below its path.
    pub(crate) fn is_own(&self, url: &Url) -> bool {
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
        loop {
            let outcome = self.send_once(call).await;
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
            let spent = attempt >= self.settings.retries;
            if spent || gives_up || !may_repeat(&call.method, &outcome) {
                return outcome;
            }
            tokio::time::sleep(backoff(attempt, asked)).await;
            attempt += 1;
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

    async fn send_once(&self, call: &Call<'_>) -> Result<Reply, Trouble> {
        let http = self.platform.get().unwrap_or(&self.http);
        match self.exchange(http, call).await {
            // Nothing has been sent yet: the handshake failed. A company's proxy may have signed.
            Err(trouble)
                if trouble.unknown_issuer
                    && self.platform.get().is_none()
                    && transport::may_use_platform() =>
            {
                let platform =
                    transport::build(&self.base, self.settings.timeout, Roots::Platform).await?;
                self.exchange(self.platform.get_or_init(|| platform), call)
                    .await
            }
            outcome => outcome,
        }
    }

    /// Signs a request and sends nothing; what is signed shows in the trace.
    pub(crate) fn rehearse(&self, call: &Call<'_>) -> Result<(), Failure> {
        self.authorize(call, &Trace::new(&self.settings)).map(drop)
    }
}
