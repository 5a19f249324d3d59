//! The authorisation step (RFC 5849 section 2.2): a person signs in as an account, and authorises the app or cancels.
//!
//! A program drives it as a browser does: `GET /oauth/authorize?oauth_token=T`, then `POST /oauth/authorize` with the
//! form fields `oauth_token`, `authenticity_token` (a hidden field of the page), `screen_name` (or `other`, which wins)
//! and `action=authorize` or `action=cancel`. The reply is the PIN page, with the PIN in `<code id="pin">`, or for a
//! callback a redirect to it.

use super::call::{Call, value};
use super::pages;
use super::replies::Reply;
use super::state::State;
use super::users::User;

/// The cookie with the account that signed in last: a screen name, which is no secret.
const COOKIE: &str = "twauth_sandbox_account";

/// The authorisation page.
pub(super) fn question(call: &Call, state: &mut State) -> Reply {
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
    match state.temporary(&token) {
        Some(temporary) if temporary.authorised.is_none() => {
            let question = pages::Question {
                token: &token,
                form_token: &temporary.form_token,
                level: temporary.level,
                signed_in: signed_in.as_ref(),
                asked_for: asked_for.as_deref(),
            };
            pages::question(&question, temporary.callback.as_ref())
        }
        _ => pages::no_request_token(),
    }
}

/// Handles the choice on the page.
pub(super) fn answer(call: &Call, state: &mut State) -> Reply {
    let form = call.form();
    let field = |name| value(&form, name).unwrap_or_default();
    let token = field("oauth_token");
    let waiting = state
        .temporary(&token)
        .filter(|temporary| temporary.authorised.is_none());
    let Some(waiting) = waiting else {
        return pages::no_request_token();
    };
    if waiting.form_token != field("authenticity_token") {
        return Reply::text(
            403,
            "This form does not come from the sandbox's own page.\n",
        );
    }
    let action = field("action");
    if action == "cancel" {
        return cancelled(state, &token);
    }
    let chosen = match field("other") {
        other if other.trim().is_empty() => field("screen_name"),
        other => other,
    };
    match User::named(chosen.trim()).filter(|_| action == "authorize") {
        Some(user) => authorised(state, &token, state.answering(user)),
        None => Reply::text(
            400,
            "Needed: a valid screen name, and as the action authorize or cancel.\n",
        ),
    }
}

fn authorised(state: &mut State, token: &str, user: User) -> Reply {
    let (pin, long) = (state.draw_pin(), state.draw_text());
    let Some(temporary) = state.temporary(token) else {
        return pages::no_request_token();
    };
    let cookie = format!(
        "{COOKIE}={}; Path=/oauth; Max-Age=2592000; HttpOnly; SameSite=Lax",
        user.screen_name
    );
    let reply = if let Some(callback) = &temporary.callback {
        let verifier = format!("sandbox-verifier-{long}");
        let mut target = callback.clone();
        target
            .query_pairs_mut()
            .append_pair("oauth_token", token)
            .append_pair("oauth_verifier", &verifier);
        temporary.authorised = Some((user, verifier));
        redirect(target.as_str())
    } else {
        let page = pages::pin(&user, &pin);
        temporary.authorised = Some((user, pin));
        page
    };
    reply.header("set-cookie", cookie)
}

fn cancelled(state: &mut State, token: &str) -> Reply {
    match state.spend(token).and_then(|found| found.callback) {
        Some(mut callback) => {
            callback.query_pairs_mut().append_pair("denied", token);
            redirect(callback.as_str())
        }
        None => pages::cancelled(),
    }
}

fn redirect(to: &str) -> Reply {
    Reply::html(302, String::new())
        .header("location", to)
        .header("cache-control", "no-store")
}
