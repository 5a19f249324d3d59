//! The token endpoints: temporary credentials, token credentials and the app-only token.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode;
use serde_json::json;
use url::{Host, Url};

use super::authorization::Signed;
use super::call::{Call, value};
use super::replies::{Answer, Reply, refused_leg, v1_error};
use super::signature::encoded;
use super::state::{State, Temporary};
use super::tokens::{self, Level};
use super::{CONSUMER_KEY, CONSUMER_SECRET};

/// The longest callback, in bytes.
const CALLBACK_LENGTH: usize = 2_000;

/// `/oauth/request_token` (RFC 5849 section 2.1).
pub(super) fn temporary_credentials(call: &Call, state: &mut State) -> Answer {
    let signed = Signed::of(call, state)?;
    signed.check(state, "")?;
    let callback = match signed.value("oauth_callback").as_deref() {
        None | Some("") => {
            let text = "Desktop applications only support the oauth_callback value 'oob'";
            return Err(v1_error(401, 417, text));
        }
        Some("oob") => None,
        Some(text) => Some(loopback(text).ok_or_else(callback_refused)?),
    };
    let wanted = match signed.value("x_auth_access_type").as_deref() {
        Some("read") => Level::Read,
        _ => Level::ReadWrite,
    };
    let token = format!("sandbox-temporary-{}", state.draw_text());
    let verifier = match callback {
        Some(_) => format!("sandbox-verifier-{}", state.draw_text()),
        None => state.draw_pin(),
    };
    let temporary = Temporary {
        token: token.clone(),
        secret: format!("sandbox-temporary-secret-{}", state.draw_text()),
        callback,
        verifier,
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
    Ok(reply)
}

/// `/oauth/access_token` (RFC 5849 section 2.3). A wrong verifier invalidates the temporary credentials.
pub(super) fn token_credentials(call: &Call, state: &mut State) -> Answer {
    let signed = Signed::of(call, state)?;
    let token = signed.token()?;
    let secret = match state.temporary(&token) {
        Some(found) => found.secret.clone(),
        None => return Err(refused_leg("Invalid request token.")),
    };
    signed.check(state, &secret)?;
    let given = signed.value("oauth_verifier");
    let spent = state.spend(&token);
    let granted = spent
        .filter(|spent| given.as_ref() == Some(&spent.verifier))
        .and_then(|spent| Some((spent.authorised?, spent.level)));
    let (user, level) = granted.ok_or_else(|| {
        refused_leg("Error processing your OAuth request: Invalid oauth_verifier parameter")
    })?;
    let issued = tokens::issued(&user, level, &state.draw_text());
    Ok(form_reply(&[
        ("oauth_token", &issued.identifier),
        ("oauth_token_secret", issued.secret.expose()),
        ("user_id", &user.id.to_string()),
        ("screen_name", &user.screen_name),
    ]))
}

/// `/oauth2/token`: the app-only token for the client's own credentials (RFC 6749 section 4.4).
pub(super) fn app_only_token(call: &Call) -> Answer {
    let refused = |code: u32, message: &str, label: &str| {
        let error = json!({"code": code, "message": message, "label": label});
        Err(Reply::json(403, &json!({"errors": [error]})))
    };
    if !is_client(call) {
        let message = "Unable to verify your credentials";
        return refused(99, message, "authenticity_token_error");
    }
    if value(&call.form(), "grant_type").as_deref() != Some("client_credentials") {
        let message = "Missing required parameter: grant_type";
        return refused(170, message, "forbidden_missing_parameter");
    }
    let body = json!({"token_type": "bearer", "access_token": tokens::bearer()});
    Ok(Reply::json(200, &body))
}

/// Whether Basic authentication has the sandbox app's key and secret, which may be percent-encoded, as X asks.
fn is_client(call: &Call) -> bool {
    let pair = call
        .credentials("basic")
        .and_then(|pair| STANDARD.decode(pair).ok());
    let expected = format!("{CONSUMER_KEY}:{CONSUMER_SECRET}");
    pair.is_some_and(|pair| percent_decode(&pair).eq(expected.bytes()))
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
