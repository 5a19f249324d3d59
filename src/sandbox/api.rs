//! The API's calls: which there are, what every one of them is checked for, and the small ones themselves.

use serde_json::json;

use super::authorization::{self, Caller, Refusal};
use super::call::Call;
use super::replies::{Reply, invalid_request, no_such_page, rate_limited, read_only, v1_error};
use super::state::State;
use super::tokens::{self, Level};
use super::users::User;
use super::{fault_replies, media, oauth, posts};

/// The rate limit of every call, and the seconds of its window. Nothing is counted: to meet the limit there is a fault.
const LIMIT: u64 = 75;
const WINDOW: u64 = 15 * 60;

/// A call of the API; an id or a name is the path's own.
#[derive(Clone, Copy)]
pub(super) enum Endpoint<'a> {
    Me,
    User(&'a str),
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
            ("GET", ["2", "users", "by", "username", name]) => Self::User(name),
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

    /// Whether a read-only token is refused.
    fn writes(self) -> bool {
        !matches!(
            self,
            Self::Me
                | Self::User(_)
                | Self::UploadStatus
                | Self::VerifyCredentials
                | Self::Update
                | Self::Invalidate
        )
    }
}

/// Who makes a call: an account, or the app for itself.
pub(super) enum Author {
    Account(Caller),
    App,
}

/// What the head of a call decides: a refusal, or the author, where the signature covers no body that is still to come.
pub(super) fn admitted(call: &Call, state: &mut State) -> Result<Option<Author>, Reply> {
    let family = call.family();
    let endpoint = Endpoint::of(&call.method, &call.path).ok_or_else(|| no_such_page(family))?;
    if let Some(reply) = fault_replies::of_server(state, family) {
        return Err(reply);
    }
    if call.is_form() {
        return Ok(None);
    }
    let author = author(call, endpoint, state).map_err(|refusal| refusal.reply(family))?;
    Ok(Some(author))
}

/// The reply to a whole call, from the author its head named or its form names.
pub(super) fn answer(call: &Call, admitted: Option<Author>, state: &mut State) -> Reply {
    let family = call.family();
    let Some(endpoint) = Endpoint::of(&call.method, &call.path) else {
        return no_such_page(family);
    };
    let author = match admitted.map_or_else(|| author(call, endpoint, state), Ok) {
        Ok(author) => author,
        Err(refusal) => return refusal.reply(family),
    };
    let level = match &author {
        Author::Account(caller) => caller.level,
        Author::App => Level::Read,
    };
    let (reply, remaining, reset) = match state.limited_until() {
        Some(until) => (rate_limited(family), 0, until),
        None => (
            granted(call, endpoint, &author, state),
            LIMIT - 1,
            state.now() + WINDOW,
        ),
    };
    reply
        .header("x-access-level", level.header())
        .header("x-rate-limit-limit", LIMIT.to_string())
        .header("x-rate-limit-remaining", remaining.to_string())
        .header("x-rate-limit-reset", reset.to_string())
}

fn author(call: &Call, endpoint: Endpoint<'_>, state: &mut State) -> Result<Author, Refusal> {
    if !matches!(endpoint, Endpoint::User(_)) || !authorization::is_app_only(call) {
        return authorization::caller(call, state).map(Author::Account);
    }
    match call.scheme() {
        Some((_, token)) if token == tokens::bearer() => Ok(Author::App),
        _ => Err(Refusal::Token),
    }
}

/// The reply to an author who is known and within the limits.
fn granted(call: &Call, endpoint: Endpoint<'_>, author: &Author, state: &mut State) -> Reply {
    let caller = match (author, endpoint) {
        (_, Endpoint::User(name)) => return by_name(name),
        (Author::Account(caller), _) => caller,
        (Author::App, _) => return Refusal::AppOnly.reply(call.family()),
    };
    if let Some(reply) = fault_replies::of_account(state, call.family()) {
        return reply;
    }
    if endpoint.writes() && caller.level == Level::Read {
        return read_only();
    }
    match endpoint {
        Endpoint::Me | Endpoint::User(_) => v2_user(&caller.user),
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

fn by_name(name: &str) -> Reply {
    match User::named(name) {
        Some(user) => v2_user(&user),
        None => invalid_request(
            "username",
            &format!(
                "The `username` query parameter value [{name}] does not match ^[A-Za-z0-9_]{{1,15}}$"
            ),
        ),
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
