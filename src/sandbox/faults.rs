//! The failures that the sandbox can simulate, by name, and the replies under them.

use super::call::Call;
use super::replies::{Error, OVER_CAPACITY, Reply, problem};
use super::state::State;

macro_rules! faults {
    ($($variant:ident $name:literal)+) => {
        /// A failure to simulate, for as long as the server runs.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Fault { $($variant),+ }

        impl Fault {
            /// Each fault with its name.
            pub(crate) const ALL: &[(&str, Self)] = &[$(($name, Self::$variant)),+];
        }
    };
}

faults! {
    ReadOnly "read-only"
    Duplicate "duplicate"
    NoCredits "no-credits"
    RateLimit "rate-limit"
    Locked "locked"
    Suspended "suspended"
    OverCapacity "over-capacity"
    GatewayPage "gateway-page"
    ClockSkew "clock-skew"
    Slow "slow"
    Reset "reset"
    WrongAccount "wrong-account"
}

/// Fails as a server that does not read the request.
pub(super) fn check_server(call: &Call, state: &State) -> Result<(), Reply> {
    if state.has(Fault::GatewayPage) {
        return Err(Reply::html(503, GATEWAY_PAGE.to_owned()).header("server", "cloudflare"));
    }
    if state.has(Fault::OverCapacity) {
        return Err(OVER_CAPACITY.reply(call));
    }
    Ok(())
}

/// Rejects a correctly signed request because of the account.
pub(super) fn check_account(call: &Call, state: &State) -> Result<(), Reply> {
    if state.has(Fault::Locked) {
        return Err(LOCKED.reply(call));
    }
    if state.has(Fault::Suspended) {
        return Err(SUSPENDED.reply(call));
    }
    // Only v2 calls are known to cost credits.
    if state.has(Fault::NoCredits) && call.is_v2() {
        let kind = "https://api.x.com/2/problems/credits-depleted";
        return Err(problem(402, "Payment Required", "credits depleted", kind));
    }
    Ok(())
}

const IS_LOCKED: &str =
    "Your account is temporarily locked. Please log in to https://x.com to unlock your account.";

const LOCKED: Error = Error {
    v1: (403, 326, IS_LOCKED),
    v2: (403, "Forbidden", IS_LOCKED, "about:blank"),
};

const SUSPENDED: Error = Error {
    v1: (
        403,
        64,
        "Your account is suspended and is not permitted to access this feature.",
    ),
    v2: (
        403,
        "Forbidden",
        "The user used for authentication is suspended",
        "https://api.x.com/2/problems/user-suspended",
    ),
};

const GATEWAY_PAGE: &str = "<!DOCTYPE html>\n<html lang=\"en-US\">\n<head><title>Just a moment...</title></head>\n\
    <body>\n<h1>Attention Required!</h1>\n<p>This page comes from a gateway in front of the sandbox, not from its API.</p>\n\
    </body>\n</html>\n";
