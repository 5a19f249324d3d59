//! Identifies the signer of a request: collects the `oauth_` parameters and checks them.

use percent_encoding::percent_decode_str;

use super::call::{Call, Family, value};
use super::replies::{Reply, problem, v1_error};
use super::signature::{Parameter, base_string, base_string_uri, hmac_sha1, verifies};
use super::state::State;
use super::tokens::{self, Level};
use super::users::User;
use super::{CONSUMER_KEY, CONSUMER_SECRET};

/// How far a timestamp may be from the server's clock, in seconds.
const TOLERANCE: u64 = 300;

/// Why a request's signature is rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// No signature, or parameters that are missing, repeated or malformed.
    Missing,
    /// An app-only token instead of a user's.
    AppOnly,
    /// Wrong client, method, version or signature, or a request seen before.
    Unverified,
    /// A token that was never issued, or was revoked.
    Token,
    /// A timestamp too far from the server's clock.
    Timestamp,
}

impl Refusal {
    /// The error in the format of that API generation.
    pub(super) fn reply(self, family: Family) -> Reply {
        if family == Family::V2 {
            return match self {
                Self::Missing => unsupported("Unknown"),
                Self::AppOnly => unsupported("OAuth 2.0 Application-Only"),
                Self::Unverified | Self::Token | Self::Timestamp => {
                    problem(401, "Unauthorized", "Unauthorized", "about:blank")
                }
            };
        }
        match self {
            Self::Missing => v1_error(400, 215, "Bad Authentication data."),
            Self::AppOnly => v1_error(
                403,
                220,
                "Your credentials do not allow access to this resource.",
            ),
            Self::Unverified => v1_error(401, 32, "Could not authenticate you."),
            Self::Token => v1_error(401, 89, "Invalid or expired token."),
            Self::Timestamp => v1_error(401, 135, "Timestamp out of bounds."),
        }
    }
}

fn unsupported(seen: &str) -> Reply {
    let detail = format!(
        "Authenticating with {seen} is forbidden for this endpoint.  Supported authentication types are [OAuth 1.0a \
         User Context, OAuth 2.0 User Context]."
    );
    problem(
        403,
        "Unsupported Authentication",
        &detail,
        "https://api.x.com/2/problems/unsupported-authentication",
    )
}

/// The account that signed a request.
pub(super) struct Caller {
    pub(super) user: User,
    pub(super) level: Level,
    pub(super) token: String,
}

/// A request's `oauth_` parameters and all parameters signed with them (RFC 5849 sections 3.1 and 3.5).
pub(super) struct Signed {
    /// All signed parameters, from header, query and form.
    parameters: Vec<Parameter>,
    signature: String,
}

impl Signed {
    /// Collects the parameters. They may be in the header, the query or a form body, each exactly once.
    pub(super) fn of(call: &Call) -> Result<Self, Refusal> {
        let mut parameters = header_parameters(call)?;
        parameters.retain(|(name, _)| name != b"realm");
        parameters.extend(call.query_parameters());
        parameters.extend(call.form());
        let mut names: Vec<&[u8]> = parameters
            .iter()
            .map(|(name, _)| name.as_slice())
            .filter(|name| name.starts_with(b"oauth_"))
            .collect();
        names.sort_unstable();
        let repeated = names.iter().zip(names.iter().skip(1)).any(|(a, b)| a == b);
        let signature = value(&parameters, "oauth_signature");
        let present = [
            "oauth_consumer_key",
            "oauth_signature_method",
            "oauth_timestamp",
            "oauth_nonce",
        ]
        .iter()
        .all(|name| value(&parameters, name).is_some_and(|value| !value.is_empty()));
        let (false, true, Some(signature)) = (repeated, present, signature) else {
            return Err(Refusal::Missing);
        };
        parameters.retain(|(name, _)| name != b"oauth_signature");
        Ok(Self {
            parameters,
            signature,
        })
    }

    pub(super) fn value(&self, name: &str) -> Option<String> {
        value(&self.parameters, name)
    }

    /// The token of the request; an empty one counts as none (section 3.1).
    pub(super) fn token(&self) -> Option<String> {
        self.value("oauth_token").filter(|token| !token.is_empty())
    }

    /// The checks of section 3.2 that need no token.
    pub(super) fn check_client(&self, state: &State) -> Result<(), Refusal> {
        let is = |name, expected| self.value(name).as_deref() == Some(expected);
        let version = self.value("oauth_version");
        if !is("oauth_consumer_key", CONSUMER_KEY)
            || !is("oauth_signature_method", "HMAC-SHA1")
            || version.is_some_and(|version| version != "1.0")
        {
            return Err(Refusal::Unverified);
        }
        let timestamp = self.value("oauth_timestamp").unwrap_or_default();
        match timestamp.parse::<u64>() {
            Ok(timestamp) if timestamp.abs_diff(state.now()) <= TOLERANCE => Ok(()),
            _ => Err(Refusal::Timestamp),
        }
    }

    /// Checks the signature with `token_secret`, and that the request was not seen before.
    pub(super) fn check_signature(
        &self,
        call: &Call,
        state: &mut State,
        token_secret: &str,
    ) -> Result<(), Refusal> {
        let uri = base_string_uri("http", &call.host, &call.path);
        let base = base_string(&call.method, &uri, &self.parameters);
        if !verifies(&base, CONSUMER_SECRET, token_secret, &self.signature) {
            return Err(Refusal::Unverified);
        }
        let request = ["oauth_token", "oauth_timestamp", "oauth_nonce"]
            .map(|name| self.value(name).unwrap_or_default());
        let seen = hmac_sha1(b"nonce", format!("{request:?}").as_bytes());
        if state.is_new(seen) {
            Ok(())
        } else {
            Err(Refusal::Unverified)
        }
    }
}

/// The account whose token signed the request.
pub(super) fn caller(call: &Call, state: &mut State) -> Result<Caller, Refusal> {
    if call
        .scheme()
        .is_some_and(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
    {
        return Err(Refusal::AppOnly);
    }
    let signed = Signed::of(call)?;
    signed.check_client(state)?;
    let token = signed.token().ok_or(Refusal::Unverified)?;
    let (user, level, secret) = tokens::described(&token).ok_or(Refusal::Token)?;
    signed.check_signature(call, state, &secret)?;
    if state.revoked.contains(&token) {
        return Err(Refusal::Token);
    }
    Ok(Caller {
        user,
        level: state.level(level),
        token,
    })
}

/// The header's parameters, decoded (section 3.5.1); empty if there is no such header.
fn header_parameters(call: &Call) -> Result<Vec<Parameter>, Refusal> {
    match call.headers.get_all("authorization").iter().count() {
        0 => return Ok(Vec::new()),
        1 => {}
        _ => return Err(Refusal::Missing),
    }
    let (scheme, rest) = call.scheme().ok_or(Refusal::Missing)?;
    if !scheme.eq_ignore_ascii_case("OAuth") {
        return Err(Refusal::Missing);
    }
    rest.split(',')
        .map(str::trim)
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').ok_or(Refusal::Missing)?;
            let value = value.trim();
            let value = value
                .strip_prefix('"')
                .and_then(|value| value.strip_suffix('"'))
                .unwrap_or(value);
            let decoded = |text: &str| percent_decode_str(text).collect::<Vec<u8>>();
            Ok((decoded(name.trim()), decoded(value)))
        })
        .collect()
}
