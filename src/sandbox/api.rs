//! The API's calls: which there are, what every one of them is checked for, and the small ones themselves.

use serde_json::{Value, json};

use super::authorization::{self, Caller, Refusal};
use super::call::{Call, value};
use super::people::{self, Person};
use super::replies::{
    Reply, invalid_request, no_such_page, problem, rate_limited, read_only, v1_error,
};
use super::state::State;
use super::tokens::{self, Level};
use super::{media, oauth, posts, rehearsed};

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

    /// The limit's name and its calls per window and user.
    fn limit(self) -> (&'static str, u64) {
        match self {
            Self::Me => ("users/me", 75),
            Self::User(_) => ("users/by", 300),
            Self::Post => ("tweets", 100),
            Self::DeletePost(_) => ("tweets/delete", 50),
            Self::Upload | Self::Initialize | Self::Append(_) | Self::Finalize(_) => {
                ("media/upload", 500)
            }
            Self::UploadStatus => ("media/status", 1_000),
            Self::Metadata => ("media/metadata", 500),
            Self::VerifyCredentials => ("verify_credentials", 75),
            Self::Update => ("statuses/update", 300),
            Self::Invalidate => ("invalidate_token", 450),
        }
    }

    /// Whether a token that may only read is refused.
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

/// Who makes a call: a user, or the app for itself.
enum Author {
    User(Caller),
    App,
}

pub(super) fn answer(call: &Call, state: &mut State) -> Reply {
    let family = call.family();
    let Some(endpoint) = Endpoint::of(&call.method, &call.path) else {
        return no_such_page(family);
    };
    if let Some(reply) = rehearsed::in_front(state, family) {
        return reply;
    }
    let author = match author(call, endpoint, state) {
        Ok(author) => author,
        Err(refusal) => return refusal.reply(family),
    };
    let (name, limit) = endpoint.limit();
    let (id, level) = match &author {
        Author::User(caller) => (caller.person.id, caller.level),
        Author::App => (0, Level::Read),
    };
    let mut window = state.count(id, name, limit);
    let reply = if let Some(until) = state.limited_until() {
        (window.remaining, window.reset) = (0, until);
        rate_limited(family)
    } else if window.exceeded {
        rate_limited(family)
    } else {
        granted(call, endpoint, &author, state)
    };
    reply
        .header("x-access-level", level.header())
        .header("x-rate-limit-limit", window.limit.to_string())
        .header("x-rate-limit-remaining", window.remaining.to_string())
        .header("x-rate-limit-reset", window.reset.to_string())
}

fn author(call: &Call, endpoint: Endpoint<'_>, state: &mut State) -> Result<Author, Refusal> {
    if !matches!(endpoint, Endpoint::User(_)) || !authorization::is_app_only(call) {
        return authorization::caller(call, state).map(Author::User);
    }
    match authorization::scheme(call) {
        Some((_, token)) if token == tokens::bearer() => Ok(Author::App),
        _ => Err(Refusal::Token),
    }
}

/// The reply to an author who is known and within the limits.
fn granted(call: &Call, endpoint: Endpoint<'_>, author: &Author, state: &mut State) -> Reply {
    let caller = match (author, endpoint) {
        (_, Endpoint::User(name)) => return by_name(call, name),
        (Author::User(caller), _) => caller,
        (Author::App, _) => return Refusal::AppOnly.reply(call.family()),
    };
    if let Some(reply) = rehearsed::of_account(state, call.family()) {
        return reply;
    }
    if endpoint.writes() && caller.level == Level::Read {
        return read_only();
    }
    match endpoint {
        Endpoint::Me | Endpoint::User(_) => {
            Reply::json(200, &json!({"data": user(call, &caller.person)}))
        }
        Endpoint::Post => posts::create(call, caller, state),
        Endpoint::DeletePost(id) => posts::delete(id, caller, state),
        Endpoint::Upload => media::upload(call, caller, state),
        Endpoint::UploadStatus => media::status(call, caller, state),
        Endpoint::Initialize => media::initialize(call, caller, state),
        Endpoint::Append(id) => media::append(id, call, caller, state),
        Endpoint::Finalize(id) => media::finalize(id, caller, state),
        Endpoint::Metadata => media::describe(call, caller, state),
        Endpoint::VerifyCredentials => Reply::json(200, &v1_user(&caller.person)),
        Endpoint::Update => not_enrolled(),
        Endpoint::Invalidate => oauth::invalidate(caller, state),
    }
}

fn by_name(call: &Call, name: &str) -> Reply {
    if !crate::account::is_screen_name(name) {
        let text = format!(
            "The `username` query parameter value [{name}] does not match ^[A-Za-z0-9_]{{1,15}}$"
        );
        return invalid_request("username", &text);
    }
    match people::named(name) {
        Some(person) => Reply::json(200, &json!({"data": user(call, &person)})),
        None => problem(
            404,
            "Not Found Error",
            &format!("Could not find user with username: [{name}]."),
            "https://api.x.com/2/problems/resource-not-found",
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

/// The v2 user: id and names, and of `user.fields` what a sandbox account has.
fn user(call: &Call, person: &Person) -> Value {
    let mut user =
        json!({"id": person.id.to_string(), "name": person.name, "username": person.screen_name});
    let wanted = value(&call.query_parameters(), "user.fields").unwrap_or_default();
    for field in wanted.split(',') {
        match field {
            "created_at" => user[field] = json!("2025-01-01T00:00:00.000Z"),
            "description" => user[field] = json!(person.about),
            "protected" | "verified" => user[field] = json!(false),
            _ => {}
        }
    }
    user
}

fn v1_user(person: &Person) -> Value {
    json!({
        "id": person.id,
        "id_str": person.id.to_string(),
        "name": person.name,
        "screen_name": person.screen_name,
        "location": "",
        "description": person.about,
        "url": null,
        "protected": false,
        "verified": false,
        "followers_count": 0,
        "friends_count": 0,
        "statuses_count": 0,
        "created_at": "Wed Jan 01 00:00:00 +0000 2025",
        "suspended": false,
        "needs_phone_verification": false,
    })
}
