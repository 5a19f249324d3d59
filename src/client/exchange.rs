//! Sends one request: signs it, sends it, reads its reply up to the size limit.

use std::pin::pin;
use std::sync::Arc;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::future::{Either, select};
use futures_util::lock::MutexGuard;
use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE,
    HeaderMap, HeaderValue, TRANSFER_ENCODING,
};
use reqwest::{Method, Version};

use super::call::{Authorization, Body, Call, FORM, Repeat, form_text};
use super::sending::{Payload, Sending};
use super::signing::{Signer, encoded, sign};
use super::tracing::Trace;
use super::waiting::watched;
use super::{Client, Reply, Trouble};
use crate::account::{Credentials, Secret};
use crate::error::{Failure, Kind};

/// The size limit of a reply, in bytes.
const REPLY_LIMIT: usize = 1024 * 1024;

/// The owner opens the new connection while others wait.
pub(super) struct Turn<'a> {
    pub(super) guard: MutexGuard<'a, ()>,
    /// Other requests failed with it and wait for its reply too.
    pub(super) alone: bool,
}

impl Client {
    pub(super) async fn exchange(
        &self,
        http: &reqwest::Client,
        call: &Call<'_>,
        turn: Option<Turn<'_>>,
    ) -> Result<Reply, Trouble> {
        let trace = Trace::new(&self.settings);
        let (authorization, sent) = self.authorize(call, &trace)?;
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
        let bytes = match &call.body {
            Body::Empty => Vec::new(),
            Body::Form(pairs) => {
                request = request.header(CONTENT_TYPE, FORM);
                form_text(pairs).into_bytes()
            }
            Body::Other {
                content_type,
                bytes,
            } => {
                request = request.header(CONTENT_TYPE, content_type);
                bytes.clone()
            }
        };
        if bytes.is_empty() && call.method == Method::POST {
            // A POST without a body still sends its length: some servers require it.
            request = request.header(CONTENT_LENGTH, "0");
        }
        let sending = Sending::new(&self.streams);
        if call.repeat == Repeat::UnlessSent {
            self.changing.replace(Some(Arc::clone(&sending)));
        }
        let request = request.body(reqwest::Body::wrap(Payload::new(bytes, &sending)));
        trace.request(call);
        let started = Instant::now();
        let asked_for_codings = call.headers.iter().any(|(name, _)| name == ACCEPT_ENCODING);
        let reply = self.read(request, sent, &sending, asked_for_codings);
        let reply = watched(reply, self.settings.on_wait);
        let mut reply = pin!(sending.within(self.settings.timeout, reply));
        let (turn, _alone) = match turn {
            Some(turn) if turn.alone => (None, Some(turn)),
            turn => (turn, None),
        };
        if let Some(turn) = turn {
            // The next request reuses this connection.
            let went_out = pin!(sending.sent());
            let early = select(&mut reply, went_out).await;
            drop(turn.guard);
            if let Either::Left((outcome, _)) = early {
                return self.finish(call, &trace, outcome, started);
            }
        }
        self.finish(call, &trace, reply.await, started)
    }

    fn finish(
        &self,
        call: &Call<'_>,
        trace: &Trace<'_>,
        mut outcome: Result<Reply, Trouble>,
        started: Instant,
    ) -> Result<Reply, Trouble> {
        if call.repeat == Repeat::UnlessSent {
            self.changing.take();
        }
        trace.outcome(&outcome, started.elapsed());
        if let (Ok(reply), Authorization::OAuth(signer)) = (&mut outcome, call.credentials) {
            reply.account = signer.name.map(str::to_owned);
        }
        outcome
    }
}

impl Client {
    /// The `Authorization` header, and the secrets in it to remove from the reply. The only place where secrets are
    /// sent to a server, so it rejects a signer of another server.
    pub(super) fn authorize(
        &self,
        call: &Call<'_>,
        trace: &Trace,
    ) -> Result<(Option<HeaderValue>, Vec<Secret>), Failure> {
        let (header, mut sent) = match call.credentials {
            Authorization::None => return Ok((None, Vec::new())),
            Authorization::Bearer(token) => {
                let header = format!("Bearer {}", token.expose());
                trace.authorization(&header);
                (header, vec![token.clone()])
            }
            Authorization::Basic(signer) => {
                self.check_home(&signer)?;
                let header = format!("Basic {}", basic(signer.client));
                trace.authorization(&header);
                let pair = format!(
                    "{}:{}",
                    signer.client.identifier,
                    signer.client.secret.expose()
                );
                (
                    header,
                    vec![Secret::new(basic(signer.client)), Secret::new(pair)],
                )
            }
            Authorization::OAuth(signer) => {
                self.check_home(&signer)?;
                let form = call.body.form();
                let made = sign(call.method.as_str(), &call.url, &form, &signer);
                trace.base_string(&made.base_string);
                let signature = Secret::new(encoded(made.signature.as_bytes()));
                (made.header, vec![signature, Secret::new(made.signature)])
            }
        };
        if let Authorization::OAuth(signer) | Authorization::Basic(signer) = call.credentials {
            let pairs = [Some(signer.client), signer.token];
            for pair in pairs.into_iter().flatten() {
                sent.push(Secret::new(&*pair.identifier));
                sent.push(pair.secret.clone());
            }
            sent.extend(signer.verifier.map(Secret::new));
        }
        // Removing short ones would cut holes into ordinary words.
        sent.retain(|text| text.expose().len() >= 6);
        let mut value = HeaderValue::from_str(&header).map_err(|_| {
            Failure::new(Kind::Internal, "the credentials do not fit into a header")
        })?;
        value.set_sensitive(true);
        Ok((Some(value), sent))
    }

    fn check_home(&self, signer: &Signer) -> Result<(), Failure> {
        if *signer.home == self.server {
            return Ok(());
        }
        let reason = format!(
            "these credentials belong to {} and cannot be used at {}",
            signer.home, self.server
        );
        Err(Failure::new(Kind::OtherServer, reason)
            .hint("omit --server and --sandbox, and unset TWAUTH_SERVER"))
    }
}

/// A consumer pair for HTTP Basic, each part percent-encoded as X asks (RFC 6749 section 2.3.1).
fn basic(client: &Credentials) -> String {
    let part = |text: &str| encoded(text.as_bytes());
    STANDARD.encode(format!(
        "{}:{}",
        part(&client.identifier),
        part(client.secret.expose())
    ))
}

impl Client {
    /// Sends the request and reads the reply up to the limit.
    async fn read(
        &self,
        request: reqwest::RequestBuilder,
        sent: Vec<Secret>,
        sending: &Sending,
        asked_for_codings: bool,
    ) -> Result<Reply, Trouble> {
        let response = request
            .send()
            .await
            .map_err(|error| Trouble::of(&error, sending.is_out()))?;
        let status = response.status().as_u16();
        sending.answered(status);
        self.shares_connections
            .set(response.version() == Version::HTTP_2);
        let reply = self.whole(response, sent, asked_for_codings).await;
        if (300..400).contains(&status) {
            return Err(Trouble::redirect(status, reply.ok()));
        }
        reply
    }

    async fn whole(
        &self,
        mut response: reqwest::Response,
        sent: Vec<Secret>,
        asked_for_codings: bool,
    ) -> Result<Reply, Trouble> {
        let (status, version) = (response.status().as_u16(), response.version());
        if let Some(reason) = wrong_frame(response.headers(), asked_for_codings) {
            return Err(Trouble::unreadable(reason, status));
        }
        let mut body = Vec::new();
        while let Some(chunk) = response
            .chunk()
            .await
            .map_err(|error| Trouble::in_reply(&error, version, status))?
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
            server: self.server.clone(),
            headers: std::mem::take(response.headers_mut()),
            body,
            received_at: i64::try_from(now).unwrap_or(0),
            sent,
            account: None,
        })
    }
}

/// What the headers alone show to be wrong with a reply: two contradictory lengths (an attack, RFC 9112 section 6.3),
/// or a content coding that was not requested.
fn wrong_frame(headers: &HeaderMap, asked_for_codings: bool) -> Option<&'static str> {
    if headers.contains_key(TRANSFER_ENCODING) && headers.contains_key(CONTENT_LENGTH) {
        return Some("the reply gives two different lengths");
    }
    let coded = headers
        .get_all(CONTENT_ENCODING)
        .iter()
        .any(|value| !value.is_empty() && value != "identity");
    (coded && !asked_for_codings).then_some("the reply is compressed, which twauth did not request")
}
