//! Identifies the signer of a request: collects the `oauth_` parameters and checks them.

use std::collections::HashSet;

use percent_encoding::percent_decode_str;

use super::call::{Call, value};
use super::replies::{Error, Reply, bare};
use super::signature::{Parameter, base_string, base_string_uri, hmac_sha1, verifies};
use super::state::State;
use super::tokens::{self, Level};
use super::users::User;
use super::{CONSUMER_KEY, CONSUMER_SECRET};

/// How far a timestamp may be from the server's clock, in seconds.
const TOLERANCE: u64 = 300;

/// No signature, or parameters that are missing, repeated or malformed.
const MISSING: Error = Error {
    v1: (400, 215, "Bad Authentication data."),
    v2: (
        403,
        "Unsupported Authentication",
        "Authenticating with Unknown is forbidden for this endpoint.  Supported authentication types are [OAuth 1.0a \
         User Context, OAuth 2.0 User Context].",
        "https://api.x.com/2/problems/unsupported-authentication",
    ),
};

/// An app-only token instead of a user's.
const APP_ONLY: Error = Error {
    v1: (
        403,
        220,
        "Your credentials do not allow access to this resource.",
    ),
    v2: (
        403,
        "Unsupported Authentication",
        "Authenticating with OAuth 2.0 Application-Only is forbidden for this endpoint.  Supported authentication \
         types are [OAuth 1.0a User Context, OAuth 2.0 User Context].",
        "https://api.x.com/2/problems/unsupported-authentication",
    ),
};

/// Wrong client, method, version or signature, or a request seen before.
pub(super) const UNVERIFIED: Error = Error {
    v1: (401, 32, "Could not authenticate you."),
    v2: bare(401, "Unauthorized"),
};

/// A token that was never issued, or was revoked.
const BAD_TOKEN: Error = Error {
    v1: (401, 89, "Invalid or expired token."),
    v2: bare(401, "Unauthorized"),
};

/// A timestamp too far from the server's clock.
const BAD_TIMESTAMP: Error = Error {
    v1: (401, 135, "Timestamp out of bounds."),
    v2: bare(401, "Unauthorized"),
};

/// The account that signed a request.
pub(super) struct Caller {
    pub(super) user: User,
    pub(super) level: Level,
    pub(super) token: String,
}

/// A request with its `oauth_` parameters and all parameters signed with them (RFC 5849 sections 3.1 and 3.5).
pub(super) struct Signed<'a> {
    call: &'a Call,
    /// All signed parameters, from header, query and form.
    parameters: Vec<Parameter>,
    signature: String,
}

impl<'a> Signed<'a> {
    /// Collects the parameters, which may be in the header, the query or a form body, each exactly once (the header's
    /// may be repeated elsewhere), and checks what needs no token (section 3.2).
    pub(super) fn of(call: &'a Call, state: &State) -> Result<Self, Reply> {
        let missing = || MISSING.reply(call);
        let mut parameters = header_parameters(call).ok_or_else(missing)?;
        parameters.retain(|(name, _)| name != b"realm");
        let mut others = [call.query_parameters(), call.form()].concat();
        // As X does: twitter-api-v2 has the token in the form of the last leg, too, and signs it once.
        others.retain(|it| !it.0.starts_with(b"oauth_") || !parameters.contains(it));
        parameters.extend(others);
        let mut seen = HashSet::new();
        let mut names = parameters.iter().map(|(name, _)| name.as_slice());
        if !names.all(|name| !name.starts_with(b"oauth_") || seen.insert(name)) {
            return Err(missing());
        }
        let given = |name| value(&parameters, name).filter(|value| !value.is_empty());
        let client = given("oauth_consumer_key").ok_or_else(missing)?;
        let method = given("oauth_signature_method").ok_or_else(missing)?;
        let timestamp = given("oauth_timestamp").ok_or_else(missing)?;
        given("oauth_nonce").ok_or_else(missing)?;
        let signature = value(&parameters, "oauth_signature").ok_or_else(missing)?;
        let version = value(&parameters, "oauth_version");
        if client != CONSUMER_KEY
            || method != "HMAC-SHA1"
            || version.is_some_and(|version| version != "1.0")
        {
            return Err(UNVERIFIED.reply(call));
        }
        let timestamp = timestamp.parse::<u64>();
        if !timestamp.is_ok_and(|timestamp| timestamp.abs_diff(state.now()) <= TOLERANCE) {
            return Err(BAD_TIMESTAMP.reply(call));
        }
        parameters.retain(|(name, _)| name != b"oauth_signature");
        Ok(Self {
            call,
            parameters,
            signature,
        })
    }

    pub(super) fn value(&self, name: &str) -> Option<String> {
        value(&self.parameters, name)
    }

    /// The token of the request; an empty one counts as none (section 3.1).
    pub(super) fn token(&self) -> Result<String, Reply> {
        self.value("oauth_token")
            .filter(|token| !token.is_empty())
            .ok_or_else(|| UNVERIFIED.reply(self.call))
    }

    /// Checks the signature with `token_secret`, and that the request was not seen before.
    pub(super) fn check(&self, state: &mut State, token_secret: &str) -> Result<(), Reply> {
        let uri = base_string_uri("http", &self.call.host, &self.call.path);
        let base = base_string(&self.call.method, &uri, &self.parameters);
        let request = ["oauth_token", "oauth_timestamp", "oauth_nonce"]
            .map(|name| self.value(name).unwrap_or_default());
        let request = hmac_sha1(b"nonce", format!("{request:?}").as_bytes());
        if verifies(&base, CONSUMER_SECRET, token_secret, &self.signature) && state.is_new(request)
        {
            Ok(())
        } else {
            Err(UNVERIFIED.reply(self.call))
        }
    }
}

/// The account whose token signed the request.
pub(super) fn caller(call: &Call, state: &mut State) -> Result<Caller, Reply> {
    if call.credentials("bearer").is_some() {
        return Err(APP_ONLY.reply(call));
    }
    let signed = Signed::of(call, state)?;
    let token = signed.token()?;
    let unknown = || BAD_TOKEN.reply(call);
    let (user, level, secret) = tokens::described(&token).ok_or_else(unknown)?;
    signed.check(state, &secret)?;
    if state.revoked.contains(&token) {
        return Err(unknown());
    }
    Ok(Caller {
        user,
        level: state.level(level),
        token,
    })
}

/// The header's parameters, decoded (section 3.5.1); empty if there is no such header, `None` if it is malformed.
fn header_parameters(call: &Call) -> Option<Vec<Parameter>> {
    match call.headers.get_all("authorization").iter().count() {
        0 => return Some(Vec::new()),
        1 => {}
        _ => return None,
    }
    let pairs = call.credentials("oauth")?.split(',').map(str::trim);
    pairs
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=')?;
            let value = value.trim();
            let inner = value.strip_prefix('"').and_then(|it| it.strip_suffix('"'));
            let decoded = |text: &str| percent_decode_str(text).collect::<Vec<u8>>();
            Some((decoded(name.trim()), decoded(inner.unwrap_or(value))))
        })
        .collect()
}
