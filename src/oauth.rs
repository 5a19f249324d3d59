//! OAuth 1.0a in the terms of RFC 5849: the three legs, revocation, and the app-only token.

use serde_json::Value;
use url::{Url, form_urlencoded};

use crate::account::{Credentials, Secret, Server, is_user_id};
use crate::client::{
    Authorization, Body, Call, Client, Method, Reply, Signer, encoded, form_decoded,
};
use crate::error::{Failure, Kind, Next};
use crate::refusal::{Ask, refusal};
use crate::terminal::text::is_harmful;

/// The callback that asks for a PIN instead of a redirect (RFC 5849 section 2.1).
pub(crate) const OUT_OF_BAND: &str = "oob";

/// The longest accepted token or secret, in bytes. X's have 50 characters.
const TOKEN_LENGTH: usize = 4096;

/// The token credentials, and the account they belong to if the server says so.
#[derive(Clone)]
pub(crate) struct Granted {
    pub(crate) token: Credentials,
    pub(crate) screen_name: Option<String>,
    pub(crate) user_id: Option<String>,
}

/// Why no token was granted.
#[derive(Debug)]
pub(crate) struct NotGranted {
    pub(crate) failure: Failure,
    /// Whether the server may have seen the verifier, which it accepts only once.
    pub(crate) sent: bool,
}

impl From<Failure> for NotGranted {
    fn from(failure: Failure) -> Self {
        Self {
            failure,
            sent: true,
        }
    }
}

/// How the authorisation page sends the browser back (RFC 5849 section 2.2).
#[derive(PartialEq, Eq)]
pub(crate) struct Redirect {
    /// The temporary credentials that the redirect belongs to.
    pub(crate) token: String,
    /// `None` if the resource owner denied the authorisation.
    pub(crate) verifier: Option<String>,
}

impl Redirect {
    /// Parses the query of a redirect; `None` if it is not one.
    pub(crate) fn of(query: &str) -> Option<Self> {
        let field = |wanted: &str| {
            form_urlencoded::parse(query.as_bytes())
                .find(|(name, _)| name == wanted)
                .map(|(_, value)| value.into_owned())
                .filter(|value| !value.is_empty())
        };
        if let Some(token) = field("denied") {
            return Some(Self {
                token,
                verifier: None,
            });
        }
        Some(Self {
            token: field("oauth_token")?,
            verifier: Some(field("oauth_verifier")?),
        })
    }
}

/// Requests temporary credentials (RFC 5849 section 2.1). `read_only` asks X for a read-only token.
pub(crate) async fn temporary_credentials(
    http: &Client,
    app: Signer<'_>,
    callback: &str,
    read_only: bool,
) -> Result<Credentials, Failure> {
    let signer = app.with_callback(callback);
    let mut call = Call::new(Method::POST, http.url("/oauth/request_token"), signer);
    if read_only {
        call.body = Body::Form(vec![("x_auth_access_type".to_owned(), "read".to_owned())]);
    }
    let reply = http.send(&call).await?;
    let fields = Fields::of(&reply, Ask::TemporaryCredentials)
        .map_err(|failure| without_callback(failure, callback, http.server()))?;
    if fields.get("oauth_callback_confirmed")?.as_deref() != Some("true") {
        return Err(unreadable(
            "the server did not confirm the callback",
            reply.status,
        ));
    }
    fields.credentials(reply.status)
}

/// X rejects PIN login and an unlisted callback with the same code: for a PIN it means that the app has no callback
/// URL.
fn without_callback(failure: Failure, callback: &str, server: &Server) -> Failure {
    if failure.kind != Kind::CallbackNotApproved || callback != OUT_OF_BAND {
        return failure;
    }
    let reason = format!(
        "the app has no Callback URI, and {} requires one even for PIN login",
        server.spoken()
    );
    let failure = Failure { reason, ..failure };
    if let Server::Other(_) = server {
        let host = server.host();
        return failure.hint(format!(
            "fill in any Callback URI of the app at {host}, save, then log in again"
        ));
    }
    failure.hint(
        "at console.x.com, under the app's User authentication settings, fill in any Callback URI \
         (such as https://example.com), save, then log in again",
    )
}

/// The URL where the resource owner authorises (RFC 5849 section 2.2). With `force_login` the page asks for a sign-in,
/// as `screen_name` if known, instead of using the account that the browser is signed in to.
pub(crate) fn authorization_url(
    http: &Client,
    temporary: &Credentials,
    force_login: bool,
    screen_name: Option<&str>,
) -> Url {
    let mut url = http.url("/oauth/authorize");
    let mut query = format!("oauth_token={}", encoded(temporary.identifier.as_bytes()));
    if force_login {
        query += "&force_login=true";
    }
    if let Some(name) = screen_name.filter(|_| force_login) {
        query.push_str("&screen_name=");
        query.push_str(&encoded(name.as_bytes()));
    }
    url.set_query(Some(&query));
    url
}

/// Exchanges a verification code for token credentials (RFC 5849 section 2.3).
pub(crate) async fn token_credentials(
    http: &Client,
    app: Signer<'_>,
    temporary: &Credentials,
    verifier: &str,
) -> Result<Granted, NotGranted> {
    let signer = app.with_token(temporary).with_verifier(verifier);
    let call = Call::new(Method::POST, http.url("/oauth/access_token"), signer);
    let reply = http.send(&call).await.map_err(|trouble| NotGranted {
        sent: trouble.sent,
        failure: trouble.into(),
    })?;
    let fields = Fields::of(&reply, Ask::TokenCredentials)?;
    Ok(Granted {
        token: fields.credentials(reply.status)?,
        // A name or id that is not valid is left out; verification supplies it.
        screen_name: fields
            .get("screen_name")?
            .filter(|name| reply.server.could_have(name)),
        user_id: fields.get("user_id")?.filter(|id| is_user_id(id)),
    })
}

/// Revokes the token. One that is invalid already counts as revoked.
pub(crate) async fn revoke(http: &Client, signer: Signer<'_>) -> Result<(), Failure> {
    let url = http.url("/1.1/oauth/invalidate_token");
    let reply = http.send(&Call::new(Method::POST, url, signer)).await?;
    if reply.is_success() {
        // A web page from a gateway does not confirm the revocation.
        let body = serde_json::from_slice::<Value>(&reply.body);
        return match body {
            Ok(body) if body["access_token"].is_string() => Ok(()),
            _ => {
                let reason = "the server's reply does not confirm that the token was revoked";
                let failure = Failure::new(Kind::UnreadableReply, reason).status(reply.status);
                let words =
                    "try again later with {}, or revoke it by hand in the account's settings";
                Err(failure.next(words, Next::Logout))
            }
        };
    }
    let failure = refusal(&reply, Ask::Revocation);
    if failure.kind == Kind::BadToken {
        Ok(())
    } else {
        Err(failure)
    }
}

/// Requests the app-only Bearer token (RFC 6749 section 4.4, as X implements it): for the app, not an account.
pub(crate) async fn app_token(http: &Client, app: Signer<'_>) -> Result<Secret, Failure> {
    let call = Call {
        body: Body::Form(vec![(
            "grant_type".to_owned(),
            "client_credentials".to_owned(),
        )]),
        credentials: Authorization::Basic(app),
        ..Call::new(Method::POST, http.url("/oauth2/token"), app)
    };
    let reply = http.send(&call).await?;
    if !reply.is_success() {
        return Err(refusal(&reply, Ask::AppToken));
    }
    let body: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
    let kind = body["token_type"].as_str().unwrap_or_default();
    let token = body["access_token"].as_str().unwrap_or_default();
    let is_plain = token.bytes().all(|byte| byte.is_ascii_graphic());
    if kind.eq_ignore_ascii_case("bearer") && is_plain && !token.is_empty() {
        return Ok(Secret::new(token));
    }
    let reason = "the server's reply contains no token";
    Err(Failure::new(Kind::UnreadableReply, reason)
        .hint("check the server's address and the network, then try again later")
        .status(reply.status))
}

/// The form-encoded fields of a token reply. X sends them as text/html, so the content type is ignored.
struct Fields(Vec<(String, String)>);

impl Fields {
    fn of(reply: &Reply, ask: Ask) -> Result<Self, Failure> {
        let start = reply.body.trim_ascii_start();
        // Some servers send an error with a status of success.
        let is_error = start
            .get(..6)
            .is_some_and(|word| word.eq_ignore_ascii_case(b"error:"));
        if !reply.is_success() || is_error || start.starts_with(b"<") {
            return Err(refusal(reply, ask));
        }
        Self::parse(&reply.body)
            .ok_or_else(|| unreadable("the server's reply is not a token reply", reply.status))
    }

    /// `None` if any of it is not text that is safe on a terminal.
    fn parse(body: &[u8]) -> Option<Self> {
        let body = std::str::from_utf8(body).ok()?.trim_ascii();
        let decoded = |text: &str| {
            String::from_utf8(form_decoded(text))
                .ok()
                .filter(|text| !text.contains(is_harmful))
        };
        let pairs = body.split('&').map(|piece| {
            let (name, value) = piece.split_once('=')?;
            Some((decoded(name)?, decoded(value)?))
        });
        pairs.collect::<Option<Vec<_>>>().map(Self)
    }

    /// A field's value; a duplicate field is an error.
    fn get(&self, name: &str) -> Result<Option<String>, Failure> {
        let mut values = self
            .0
            .iter()
            .filter(|(key, _)| key == name)
            .map(|(_, value)| value);
        let first = values.next().cloned();
        match values.next() {
            None => Ok(first),
            Some(_) => Err(Failure::new(
                Kind::UnreadableReply,
                format!("the server's reply contains {name} twice"),
            )),
        }
    }

    fn credentials(&self, status: u16) -> Result<Credentials, Failure> {
        let part = |name: &str| {
            let value = self
                .get(name)?
                .filter(|value| (1..=TOKEN_LENGTH).contains(&value.len()))
                .filter(|value| !value.contains(char::is_whitespace));
            value.ok_or_else(|| {
                unreadable(&format!("the server's reply contains no {name}"), status)
            })
        };
        Ok(Credentials::new(
            part("oauth_token")?,
            part("oauth_token_secret")?,
        ))
    }
}

fn unreadable(reason: &str, status: u16) -> Failure {
    Failure::new(Kind::UnreadableReply, reason)
        .next(
            "check the server's URL and the network, then log in again with {}",
            Next::Login,
        )
        .status(status)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use proptest::prelude::*;

    use super::*;

    fn spelled(pairs: &[(String, String)]) -> String {
        let spelled = |text: &str| encoded(text.as_bytes());
        let pairs = pairs
            .iter()
            .map(|(name, value)| format!("{}={}", spelled(name), spelled(value)));
        pairs.collect::<Vec<_>>().join("&")
    }

    proptest! {
        #[test]
        fn any_bytes_are_fields_fit_to_keep_or_none(
            body in prop_oneof![
                prop::collection::vec(any::<u8>(), 0..200),
                "(oauth_token|oauth_token_secret|a)?=?[a-z%0-9&=+\u{1b}\u{202e}]{0,80}".prop_map(String::into_bytes),
            ]
        ) {
            if let Some(Fields(pairs)) = Fields::parse(&body) {
                for (name, value) in pairs {
                    prop_assert!(!name.contains(is_harmful) && !value.contains(is_harmful));
                }
            }
        }

        #[test]
        fn what_was_spelled_as_a_form_is_read(
            pairs in prop::collection::vec(("[a-z_]{1,12}", "[ -~é日]{0,20}"), 1..6),
            end in "[ \r\n]{0,3}",
        ) {
            let body = format!("{}{end}", spelled(&pairs));
            let Fields(read) = Fields::parse(body.as_bytes()).unwrap();
            prop_assert_eq!(read, pairs);
        }

        #[test]
        fn a_token_is_taken_as_it_is_and_once(
            token in "[!-~]{1,80}",
            secret in "[!-~]{1,80}",
            twice in any::<bool>(),
        ) {
            let mut pairs = vec![
                ("oauth_token".to_owned(), token.clone()),
                ("oauth_token_secret".to_owned(), secret.clone()),
            ];
            if twice {
                pairs.push(("oauth_token".to_owned(), token.clone()));
            }
            let read = Fields::parse(spelled(&pairs).as_bytes()).unwrap().credentials(200);
            match read {
                Ok(read) => {
                    prop_assert!(!twice);
                    prop_assert_eq!((read.identifier.as_str(), read.secret.expose()), (&*token, &*secret));
                }
                Err(failure) => prop_assert!(twice && failure.kind == Kind::UnreadableReply),
            }
        }
    }
}
