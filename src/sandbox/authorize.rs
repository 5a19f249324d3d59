//! The authorisation step (RFC 5849 section 2.2): a person signs in as an account, and authorises the app or cancels.
//!
//! A program drives it as a browser does: `GET /oauth/authorize?oauth_token=T`, then `POST /oauth/authorize` with the
//! form fields `oauth_token`, `authenticity_token` (a hidden field of the page), `screen_name` (or `other`, which wins)
//! and `action=authorize` or `action=cancel`. The reply is the PIN page, with the PIN in `<code id="pin">`, or for a
//! callback a redirect to it.

use url::Url;

use super::call::{Call, value};
use super::pages;
use super::replies::{Answer, Reply};
use super::state::{State, Temporary};
use super::users::User;

/// The cookie with the account that signed in last: a screen name, which is no secret.
const COOKIE: &str = "twauth_sandbox_account";

/// The authorisation page.
pub(super) fn question(call: &Call, state: &mut State) -> Answer {
    let query = call.query_parameters();
    let asked_for = value(&query, "screen_name").filter(|name| !name.is_empty());
    let forced = value(&query, "force_login").as_deref() == Some("true");
    // X authorises the account that the browser is signed in to, whatever `screen_name` says, unless the URL forces a
    // sign-in.
    let signed_in = call
        .cookie(COOKIE)
        .and_then(User::named)
        .filter(|_| !forced);
    let token = value(&query, "oauth_token").unwrap_or_default();
    let waiting = state.waiting(&token).ok_or_else(pages::no_request_token)?;
    let asked_for = asked_for.as_deref();
    Ok(pages::question(waiting, signed_in.as_ref(), asked_for))
}

/// Handles the choice on the page.
pub(super) fn answer(call: &Call, state: &mut State) -> Answer {
    let form = call.form();
    let field = |name| value(&form, name).unwrap_or_default();
    let (token, action) = (field("oauth_token"), field("action"));
    let chosen = match field("other") {
        other if other.trim().is_empty() => field("screen_name"),
        other => other,
    };
    let user = User::named(chosen.trim()).map(|user| state.answering(user));
    let waiting = state.waiting(&token).ok_or_else(pages::no_request_token)?;
    if waiting.form_token != field("authenticity_token") {
        let text = "This form does not come from the sandbox's own page.\n";
        return Err(Reply::text(403, text));
    }
    match (action.as_str(), user) {
        ("cancel", _) => Ok(cancelled(&token, state)),
        ("authorize", Some(user)) => Ok(authorised(waiting, user)),
        _ => {
            let text = "Needed: a valid screen name, and as the action authorize or cancel.\n";
            Err(Reply::text(400, text))
        }
    }
}

fn authorised(waiting: &mut Temporary, user: User) -> Reply {
    let cookie = format!(
        "{COOKIE}={}; Path=/oauth; Max-Age=2592000; HttpOnly; SameSite=Lax",
        user.screen_name
    );
    let (token, verifier) = (&waiting.token, &waiting.verifier);
    let reply = match &waiting.callback {
        Some(callback) => redirect(
            callback,
            &[("oauth_token", token), ("oauth_verifier", verifier)],
        ),
        None => pages::pin(&user, verifier),
    };
    waiting.authorised = Some(user);
    reply.header("set-cookie", cookie)
}

fn cancelled(token: &str, state: &mut State) -> Reply {
    match state.spend(token).and_then(|spent| spent.callback) {
        Some(callback) => redirect(&callback, &[("denied", token)]),
        None => pages::cancelled(),
    }
}

fn redirect(callback: &Url, more: &[(&str, &str)]) -> Reply {
    let mut target = callback.clone();
    target.query_pairs_mut().extend_pairs(more);
    Reply::html(302, String::new())
        .header("location", target.as_str())
        .header("cache-control", "no-store")
}
