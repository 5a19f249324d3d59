//! The API's calls: their list, the checks of every call, and the small calls themselves.

use serde_json::json;

use super::authorization::{self, Caller};
use super::call::Call;
use super::replies::{Reply, no_such_page, rate_limited, read_only, v1_error};
use super::state::State;
use super::tokens::Level;
use super::users::User;
use super::{fault_replies, media, oauth, posts};

/// The rate limit of every call, and its window in seconds. Requests are not counted; a fault simulates the limit.
const LIMIT: u64 = 75;
const WINDOW: u64 = 15 * 60;

/// A call of the API; an id or name comes from the path.
#[derive(Clone, Copy)]
pub(super) enum Endpoint<'a> {
    Me,
    Post,
    DeletePost(&'a str),
    Upload,
    UploadStatus,
    Initialize,
    Append(&'a str),
    Finalize(&'a str),
    Metadata,
    VerifyCredentials,
    Update,
    Invalidate,
}

impl<'a> Endpoint<'a> {
    pub(super) fn of(method: &str, path: &'a str) -> Option<Self> {
        let segments: Vec<&str> = path.split('/').skip(1).collect();
        Some(match (method, segments.as_slice()) {
            ("GET", ["2", "users", "me"]) => Self::Me,
            ("POST", ["2", "tweets"]) => Self::Post,
            ("DELETE", ["2", "tweets", id]) => Self::DeletePost(id),
            ("POST", ["2", "media", "upload"]) => Self::Upload,
            ("GET", ["2", "media", "upload"]) => Self::UploadStatus,
            ("POST", ["2", "media", "upload", "initialize"]) => Self::Initialize,
            ("POST", ["2", "media", "upload", id, "append"]) => Self::Append(id),
            ("POST", ["2", "media", "upload", id, "finalize"]) => Self::Finalize(id),
            ("POST", ["2", "media", "metadata"]) => Self::Metadata,
            ("GET", ["1.1", "account", "verify_credentials.json"]) => Self::VerifyCredentials,
            ("POST", ["1.1", "statuses", "update.json"]) => Self::Update,
            ("POST", ["1.1", "oauth", "invalidate_token" | "invalidate_token.json"]) => {
                Self::Invalidate
            }
            _ => return None,
        })
    }

    /// Whether a read-only token is rejected.
    fn writes(self) -> bool {
        !matches!(
            self,
            Self::Me
                | Self::UploadStatus
                | Self::VerifyCredentials
                | Self::Update
                | Self::Invalidate
        )
    }
}

/// The result of a call's head: an error, or the caller if the signature covers no body.
pub(super) fn admitted(call: &Call, state: &mut State) -> Result<Option<Caller>, Reply> {
    let family = call.family();
    if Endpoint::of(&call.method, &call.path).is_none() {
        return Err(no_such_page(family));
    }
    if let Some(reply) = fault_replies::of_server(state, family) {
        return Err(reply);
    }
    if call.is_form() {
        return Ok(None);
    }
    let caller = authorization::caller(call, state).map_err(|refusal| refusal.reply(family))?;
    Ok(Some(caller))
}

/// The reply to a complete call by `admitted`, or by the account that its form names.
pub(super) fn answer(call: &Call, admitted: Option<Caller>, state: &mut State) -> Reply {
    let family = call.family();
    let caller = match admitted.map_or_else(|| authorization::caller(call, state), Ok) {
        Ok(caller) => caller,
        Err(refusal) => return refusal.reply(family),
    };
    let (reply, remaining, reset) = match state.limited_until() {
        Some(until) => (rate_limited(family), 0, until),
        None => (
            granted(call, &caller, state),
            LIMIT - 1,
            state.now() + WINDOW,
        ),
    };
    reply
        .header("x-access-level", caller.level.header())
        .header("x-rate-limit-limit", LIMIT.to_string())
        .header("x-rate-limit-remaining", remaining.to_string())
        .header("x-rate-limit-reset", reset.to_string())
}

/// The reply to a known caller within the limits.
fn granted(call: &Call, caller: &Caller, state: &mut State) -> Reply {
    let Some(endpoint) = Endpoint::of(&call.method, &call.path) else {
        return no_such_page(call.family());
    };
    if let Some(reply) = fault_replies::of_account(state, call.family()) {
        return reply;
    }
    if endpoint.writes() && caller.level == Level::Read {
        return read_only();
    }
    match endpoint {
        Endpoint::Me => v2_user(&caller.user),
        Endpoint::Post => posts::create(call, caller, state),
        Endpoint::DeletePost(id) => posts::delete(id, caller, state),
        Endpoint::Upload => media::upload(call, caller, state),
        Endpoint::UploadStatus => media::status(call, caller, state),
        Endpoint::Initialize => media::initialize(call, caller, state),
        Endpoint::Append(id) => media::append(id, call, caller, state),
        Endpoint::Finalize(id) => media::finalize(id, caller, state),
        Endpoint::Metadata => media::describe(call, caller, state),
        Endpoint::VerifyCredentials => v1_user(&caller.user),
        Endpoint::Update => not_enrolled(),
        Endpoint::Invalidate => oauth::invalidate(caller, state),
    }
}

/// `statuses/update` is closed to self-serve apps.
fn not_enrolled() -> Reply {
    v1_error(
        403,
        453,
        "You currently have access to a subset of X API V2 endpoints and limited v1.1 endpoints (e.g. media post, \
         oauth) only. If you need access to this endpoint, you may need a different access level. You can learn more \
         here: https://developer.x.com/en/portal/product",
    )
}

fn v2_user(user: &User) -> Reply {
    let name = &user.screen_name;
    let data = json!({"id": user.id.to_string(), "name": name, "username": name});
    Reply::json(200, &json!({"data": data}))
}

fn v1_user(user: &User) -> Reply {
    let body = json!({
        "id": user.id,
        "id_str": user.id.to_string(),
        "name": user.screen_name,
        "screen_name": user.screen_name,
        "protected": false,
        "verified": false,
        "created_at": "Wed Jan 01 00:00:00 +0000 2025",
        "suspended": false,
        "needs_phone_verification": false,
    });
    Reply::json(200, &body)
}
