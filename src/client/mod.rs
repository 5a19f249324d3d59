//! The one place that signs and sends: deadlines, repeats, rate limits, redirects, size limits, tracing.

mod awaited;
mod call;
mod patience;
mod pem;
mod reply;
mod signing;
mod tracing;
mod transport;
mod trouble;

#[cfg(test)]
mod tests;

use std::cell::{Cell, OnceCell};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONTENT_ENCODING, CONTENT_LENGTH, HeaderMap,
    TRANSFER_ENCODING,
};
use url::Url;

pub(crate) use call::{Authorization, Body, Call, form_text, is_form};
pub(crate) use reply::Reply;
pub(crate) use signing::{
    Signed, Signer, encoded, form_decoded, holds_protocol_parameter, normalized_parameters, sign,
};
pub(crate) use trouble::Trouble;

// The parts of a request; the crate behind them is named in this folder alone.
pub(crate) use reqwest::Method;
pub(crate) use reqwest::header::{CONTENT_TYPE, HeaderName, HeaderValue};

use crate::error::{Failure, Kind};
use awaited::watched;
use call::FORM;
use patience::{PAUSE_LIMIT, Waiting, backoff, may_repeat, retry_after, window};
use tracing::Trace;
use transport::Roots;

/// The most a reply may hold.
const REPLY_LIMIT: usize = 1024 * 1024;

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
    base: Url,
    settings: Settings,
    http: reqwest::Client,
    /// Made where the issuer of the server's certificate is not among the built-in roots.
    platform: OnceCell<reqwest::Client>,
    /// Until when the user was told that a window takes.
    announced: Cell<Option<Instant>>,
}

impl Client {
    /// A client for the server at `base`, an `https` URL or an `http` one on a loopback address.
    pub(crate) async fn new(base: &str, settings: Settings) -> Result<Self, Failure> {
        let base =
            Url::parse(base).map_err(|_| Failure::new(Kind::Usage, "the server is not a URL"))?;
        let http = transport::build(&base, settings.timeout, Roots::BuiltIn).await?;
        Ok(Self {
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
    pub(crate) fn rehearse(&self, call: &Call<'_>) {
        authorize(call, &Trace::new(&self.settings));
    }

    async fn exchange(&self, http: &reqwest::Client, call: &Call<'_>) -> Result<Reply, Trouble> {
        let trace = Trace::new(&self.settings);
        let (authorization, sent) = authorize(call, &trace);
        let mut request = http.request(call.method.clone(), call.url.clone());
        if let Some(authorization) = authorization {
            request = request.header(AUTHORIZATION, authorization);
        }
        if !call.headers.iter().any(|(name, _)| *name == ACCEPT) {
            request = request.header(ACCEPT, "application/json");
        }
        for (name, value) in &call.headers {
            request = request.header(name, value);
        }
        request = match &call.body {
            // A POST without a body says so: some servers insist on a length.
            Body::Empty if call.method == Method::POST => request.header("content-length", "0"),
            Body::Empty => request,
            Body::Form(pairs) => request.header(CONTENT_TYPE, FORM).body(form_text(pairs)),
            Body::Other {
                content_type,
                bytes,
            } => request
                .header(CONTENT_TYPE, content_type)
                .body(bytes.clone()),
        };
        trace.request(call);
        let started = Instant::now();
        let asked_for_codings = call.headers.iter().any(|(name, _)| name == ACCEPT_ENCODING);
        let reply = read(request, sent, asked_for_codings);
        let outcome = watched(reply, self.settings.awaited).await;
        trace.outcome(&outcome, started.elapsed());
        outcome
    }
}

/// The `Authorization` header, and what of it must not be shown should it come back.
fn authorize(call: &Call<'_>, trace: &Trace) -> (Option<HeaderValue>, Vec<String>) {
    match call.credentials {
        Authorization::None => (None, Vec::new()),
        Authorization::Ready(value) => {
            let shown = value.to_str().unwrap_or("").to_owned();
            trace.authorization(&shown);
            let token = shown.split_once(' ').map(|(_, token)| token.to_owned());
            (
                Some(value.clone()),
                [Some(shown), token].into_iter().flatten().collect(),
            )
        }
        Authorization::OAuth(signer) => {
            let form = call.body.form();
            let made = sign(call.method.as_str(), &call.url, &form, &signer);
            trace.base_string(&made.base_string);
            let pair = |credentials: &crate::account::Credentials| {
                [credentials.identifier.clone(), credentials.secret.clone()]
            };
            let mut sent = vec![
                made.header.clone(),
                encoded(made.signature.as_bytes()),
                made.signature,
            ];
            sent.extend(pair(signer.client));
            sent.extend(signer.token.map(pair).into_iter().flatten());
            sent.extend(signer.verifier.map(str::to_owned));
            // Short ones would turn ordinary words into holes.
            sent.retain(|text| text.len() >= 6);
            let mut value =
                HeaderValue::from_str(&made.header).unwrap_or(HeaderValue::from_static(""));
            value.set_sensitive(true);
            (Some(value), sent)
        }
    }
}

/// Sends, and reads the reply as far as the limit.
async fn read(
    request: reqwest::RequestBuilder,
    sent: Vec<String>,
    asked_for_codings: bool,
) -> Result<Reply, Trouble> {
    let response = request.send().await.map_err(|error| Trouble::of(&error))?;
    let status = response.status().as_u16();
    let reply = whole(response, sent, asked_for_codings).await;
    if (300..400).contains(&status) {
        return Err(Trouble::redirect(status, reply.ok()));
    }
    reply
}

async fn whole(
    mut response: reqwest::Response,
    sent: Vec<String>,
    asked_for_codings: bool,
) -> Result<Reply, Trouble> {
    let status = response.status().as_u16();
    if let Some(reason) = wrong_frame(response.headers(), asked_for_codings) {
        return Err(Trouble::unreadable(reason, status));
    }
    let mut body = Vec::new();
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(|error| Trouble::in_reply(&error, status))?
    {
        if body.len() + chunk.len() > REPLY_LIMIT {
            return Err(Trouble::oversized(status));
        }
        body.extend_from_slice(&chunk);
    }
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs());
    Ok(Reply {
        status,
        headers: std::mem::take(response.headers_mut()),
        body,
        received_at: i64::try_from(now).unwrap_or(0),
        sent,
    })
}

/// What is wrong with a reply by its headers alone: a body whose end is told in two ways (RFC 9112 section 6.3 calls
/// that an attack), or one in a coding nobody asked for.
fn wrong_frame(headers: &HeaderMap, asked_for_codings: bool) -> Option<&'static str> {
    if headers.contains_key(TRANSFER_ENCODING) && headers.contains_key(CONTENT_LENGTH) {
        return Some("the reply gives its length in two ways");
    }
    let coded = headers
        .get_all(CONTENT_ENCODING)
        .iter()
        .any(|value| !value.is_empty() && value != "identity");
    (coded && !asked_for_codings).then_some("the reply is compressed, which was not asked for")
}
