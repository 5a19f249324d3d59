//! The token endpoints: temporary credentials, token credentials, revocation and the app-only token.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;
use serde_json::json;
use url::{Host, Url};

use super::authorization::{Caller, Refusal, Signed};
use super::call::{Call, Family, value};
use super::replies::{Reply, refused_leg, v1_error};
use super::signature::encoded;
use super::state::{State, Temporary};
use super::tokens::{self, Level};
use super::{CONSUMER_KEY, CONSUMER_SECRET};

/// The longest callback, in bytes.
const CALLBACK_LENGTH: usize = 2_000;

/// `/oauth/request_token` (RFC 5849 section 2.1).
pub(super) fn temporary_credentials(call: &Call, state: &mut State) -> Reply {
    let signed = match Signed::of(call).and_then(|signed| {
        signed.check_client(state)?;
        signed.check_signature(call, state, "")?;
        Ok(signed)
    }) {
        Ok(signed) => signed,
        Err(refusal) => return refusal.reply(Family::V1),
    };
    let callback = match signed.value("oauth_callback").as_deref() {
        None | Some("") => {
            let text = "Desktop applications only support the oauth_callback value 'oob'";
            return v1_error(401, 417, text);
        }
        Some("oob") => None,
        Some(text) => match loopback(text) {
            Some(url) => Some(url),
            None => return callback_refused(),
        },
    };
    let wanted = match signed.value("x_auth_access_type").as_deref() {
        Some("read") => Level::Read,
        _ => Level::ReadWrite,
    };
    let token = format!("sandbox-temporary-{}", state.draw_text());
    let temporary = Temporary {
        token: token.clone(),
        secret: format!("sandbox-temporary-secret-{}", state.draw_text()),
        callback,
        level: state.level(wanted),
        form_token: state.draw_text(),
        authorised: None,
    };
    let reply = form_reply(&[
        ("oauth_token", &token),
        ("oauth_token_secret", &temporary.secret),
        ("oauth_callback_confirmed", "true"),
    ]);
    state.keep_temporary(temporary);
    reply
}

/// `/oauth/access_token` (RFC 5849 section 2.3). A wrong verifier invalidates the temporary credentials.
pub(super) fn token_credentials(call: &Call, state: &mut State) -> Reply {
    let refused = |refusal: Refusal| refusal.reply(Family::V1);
    let signed = Signed::of(call).and_then(|signed| {
        signed.check_client(state)?;
        Ok(signed)
    });
    let signed = match signed {
        Ok(signed) => signed,
        Err(refusal) => return refused(refusal),
    };
    let Some(token) = signed.token() else {
        return refused(Refusal::Unverified);
    };
    let Some(secret) = state.temporary(&token).map(|found| found.secret.clone()) else {
        return refused_leg("Invalid request token.");
    };
    if let Err(refusal) = signed.check_signature(call, state, &secret) {
        return refused(refusal);
    }
    let given = signed.value("oauth_verifier");
    let spent = state.spend(&token);
    let authorised = spent.and_then(|spent| Some((spent.level, spent.authorised?)));
    let Some((level, (user, _))) =
        authorised.filter(|(_, (_, verifier))| given.as_ref() == Some(verifier))
    else {
        return refused_leg(
            "Error processing your OAuth request: Invalid oauth_verifier parameter",
        );
    };
    let issued = tokens::issued(&user, level, &state.draw_text());
    form_reply(&[
        ("oauth_token", &issued.identifier),
        ("oauth_token_secret", issued.secret.expose()),
        ("user_id", &user.id.to_string()),
        ("screen_name", &user.screen_name),
    ])
}

/// `/1.1/oauth/invalidate_token`: the token that signed the call is no longer valid in this process.
pub(super) fn invalidate(caller: &Caller, state: &mut State) -> Reply {
    state.keep_revoked(caller.token.clone());
    Reply::json(200, &json!({"access_token": caller.token}))
}

/// `/oauth2/token`: the app-only token for the client's own credentials (RFC 6749 section 4.4).
pub(super) fn app_only_token(call: &Call) -> Reply {
    if !is_client(call) {
        let body = json!({"errors": [{
            "code": 99, "message": "Unable to verify your credentials", "label": "authenticity_token_error",
        }]});
        return Reply::json(403, &body);
    }
    if value(&call.form(), "grant_type").as_deref() != Some("client_credentials") {
        let body = json!({"errors": [{
            "code": 170, "message": "Missing required parameter: grant_type", "label": "forbidden_missing_parameter",
        }]});
        return Reply::json(403, &body);
    }
    Reply::json(
        200,
        &json!({"token_type": "bearer", "access_token": tokens::bearer()}),
    )
}

/// Whether Basic authentication has the sandbox app's key and secret, which may be percent-encoded, as X asks.
fn is_client(call: &Call) -> bool {
    let Some((scheme, rest)) = call.scheme() else {
        return false;
    };
    let pair = STANDARD
        .decode(rest)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok());
    let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    scheme.eq_ignore_ascii_case("basic")
        && pair
            .as_deref()
            .and_then(|pair| pair.split_once(':'))
            .is_some_and(|(key, secret)| {
                decoded(key) == CONSUMER_KEY && decoded(secret) == CONSUMER_SECRET
            })
}

/// A form-encoded body, which X labels as HTML.
fn form_reply(fields: &[(&str, &str)]) -> Reply {
    let pairs: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("{name}={}", encoded(value.as_bytes())))
        .collect();
    Reply::html(200, pairs.join("&")).header("cache-control", "no-store")
}

fn callback_refused() -> Reply {
    v1_error(
        403,
        415,
        "Callback URL not approved for this client application. Approved callback URLs can be adjusted in your \
         application settings",
    )
}

/// The sandbox's app allows every loopback URL, and no other.
fn loopback(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let here = match url.host()? {
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
        Host::Domain(name) => name == "localhost",
    };
    let plain = url.scheme() == "http" && url.username().is_empty() && url.password().is_none();
    (here && plain && text.len() <= CALLBACK_LENGTH).then_some(url)
}
