//! The sandbox's replies under a fault.

use serde_json::json;

use super::call::Family;
use super::faults::Fault;
use super::replies::{Reply, over_capacity, problem, v1_error};
use super::state::State;

/// The reply of a server that does not read the request.
pub(super) fn of_server(state: &State, family: Family) -> Option<Reply> {
    if state.has(Fault::GatewayPage) {
        return Some(Reply::html(503, GATEWAY_PAGE.to_owned()).header("server", "cloudflare"));
    }
    state
        .has(Fault::OverCapacity)
        .then(|| over_capacity(family))
}

/// The reply to a correctly signed request, because of the account.
pub(super) fn of_account(state: &State, family: Family) -> Option<Reply> {
    let v2 = family == Family::V2;
    if state.has(Fault::Locked) {
        let text = "Your account is temporarily locked. Please log in to https://x.com to unlock your account.";
        return Some(if v2 {
            problem(403, "Forbidden", text, "about:blank")
        } else {
            v1_error(403, 326, text)
        });
    }
    if state.has(Fault::Suspended) {
        return Some(if v2 {
            problem(
                403,
                "Forbidden",
                "The user used for authentication is suspended",
                "https://api.x.com/2/problems/user-suspended",
            )
        } else {
            let text = "Your account is suspended and is not permitted to access this feature.";
            v1_error(403, 64, text)
        });
    }
    // Only v2 calls are known to cost credits.
    (state.has(Fault::NoCredits) && v2).then(|| {
        Reply::problem(
            402,
            &json!({
                "detail": "credits depleted",
                "status": 402,
                "title": "Payment Required",
                "type": "https://api.x.com/2/problems/credits-depleted",
            }),
        )
    })
}

const GATEWAY_PAGE: &str = "<!DOCTYPE html>\n<html lang=\"en-US\">\n<head><title>Just a moment...</title></head>\n\
    <body>\n<h1>Attention Required!</h1>\n<p>This page comes from a gateway in front of the sandbox, not from its API.</p>\n\
    </body>\n</html>\n";
