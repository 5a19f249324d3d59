//! The API's calls: their list, the checks of every call, and the small calls themselves.

use serde_json::json;

use super::authorization::{self, Caller};
use super::call::Call;
use super::faults::{check_account, check_server};
use super::replies::{Answer, NO_SUCH_PAGE, RATE_LIMITED, Reply, problem, v1_error};
use super::state::State;
use super::tokens::Level;
use super::users::User;
use super::{media, posts};

/// The rate limit of every call, and its window in seconds. Requests are not counted; a fault simulates the limit.
const LIMIT: u64 = 75;
const WINDOW: u64 = 15 * 60;

/// Answers a call; an id is in its path.
type Handler = fn(&Call, &Caller, &mut State) -> Answer;

struct Endpoint {
    handler: Handler,
    /// Whether a read-only token is rejected.
    writes: bool,
}

fn endpoint(call: &Call) -> Option<Endpoint> {
    let reads = |handler: Handler| (handler, false);
    let writes = |handler: Handler| (handler, true);
    let segments: Vec<&str> = call.path.split('/').skip(1).collect();
    let (handler, writes) = match (call.method.as_str(), segments.as_slice()) {
        ("GET", ["2", "users", "me"]) => reads(|_, caller, _| Ok(v2_user(&caller.user))),
        ("POST", ["2", "tweets"]) => writes(posts::create),
        ("DELETE", ["2", "tweets", _]) => writes(posts::delete),
        ("POST", ["2", "media", "upload"]) => writes(media::upload),
        ("GET", ["2", "media", "upload"]) => reads(media::status),
        ("POST", ["2", "media", "upload", "initialize"]) => writes(media::initialize),
        ("POST", ["2", "media", "upload", _, "append"]) => writes(media::append),
        ("POST", ["2", "media", "upload", _, "finalize"]) => writes(media::finalize),
        ("POST", ["2", "media", "metadata"]) => writes(media::describe),
        ("GET", ["1.1", "account", "verify_credentials.json"]) => {
            reads(|_, caller, _| Ok(v1_user(&caller.user)))
        }
        ("POST", ["1.1", "statuses", "update.json"]) => reads(|_, _, _| Err(not_enrolled())),
        ("POST", ["1.1", "oauth", "invalidate_token"]) => {
            reads(|_, caller, state| Ok(revoked(caller, state)))
        }
        _ => return None,
    };
    Some(Endpoint { handler, writes })
}

/// A call whose head is in order.
pub(super) struct Admitted {
    endpoint: Endpoint,
    /// `None` until the body is read, if the signature covers it.
    caller: Option<Caller>,
}

/// Checks a call's head.
pub(super) fn admitted(call: &Call, state: &mut State) -> Result<Admitted, Reply> {
    let endpoint = endpoint(call).ok_or_else(|| NO_SUCH_PAGE.reply(call))?;
    check_server(call, state)?;
    let caller = if call.is_form() {
        None
    } else {
        Some(authorization::caller(call, state)?)
    };
    Ok(Admitted { endpoint, caller })
}

/// Answers a complete call.
pub(super) fn answer(call: &Call, admitted: Admitted, state: &mut State) -> Answer {
    let Admitted { endpoint, caller } = admitted;
    let caller = caller.map_or_else(|| authorization::caller(call, state), Ok)?;
    let (answer, remaining, reset) = match state.limited_until() {
        Some(until) => (Err(RATE_LIMITED.reply(call)), 0, until),
        None => (
            granted(call, &caller, &endpoint, state),
            LIMIT - 1,
            state.now() + WINDOW,
        ),
    };
    let (Ok(reply) | Err(reply)) = answer;
    Ok(reply
        .header("x-access-level", caller.level.header())
        .header("x-rate-limit-limit", LIMIT.to_string())
        .header("x-rate-limit-remaining", remaining.to_string())
        .header("x-rate-limit-reset", reset.to_string()))
}

/// Answers a known caller within the limits.
fn granted(call: &Call, caller: &Caller, endpoint: &Endpoint, state: &mut State) -> Answer {
    check_account(call, state)?;
    if endpoint.writes && caller.level == Level::Read {
        return Err(problem(
            403,
            "Forbidden",
            "Your client app is not configured with the appropriate oauth1 app permissions for this endpoint.",
            "https://api.x.com/2/problems/oauth1-permissions",
        ));
    }
    (endpoint.handler)(call, caller, state)
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

/// The token that signed the call is no longer valid in this process.
fn revoked(caller: &Caller, state: &mut State) -> Reply {
    state.keep_revoked(caller.token.clone());
    Reply::json(200, &json!({"access_token": caller.token}))
}
