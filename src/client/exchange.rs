//! One request: signed, sent, and its reply read as far as the limit.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use reqwest::Method;
use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE,
    HeaderMap, HeaderValue, TRANSFER_ENCODING,
};

use super::call::{Authorization, Body, Call, FORM, form_text};
use super::signing::{encoded, sign};
use super::tracing::Trace;
use super::waiting::watched;
use super::{Client, Reply, Trouble};

/// The most a reply may hold.
const REPLY_LIMIT: usize = 1024 * 1024;

impl Client {
    pub(super) async fn exchange(
        &self,
        http: &reqwest::Client,
        call: &Call<'_>,
    ) -> Result<Reply, Trouble> {
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
pub(super) fn authorize(call: &Call<'_>, trace: &Trace) -> (Option<HeaderValue>, Vec<String>) {
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
