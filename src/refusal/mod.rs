//! From a refusal's status and body to its kind, the reason and the next step.

mod body;
mod local_time;
mod table;

use crate::client::Reply;
use crate::error::{Failure, Kind};
use body::Said;
use local_time::local_time;

pub(crate) use local_time::check_zone;

/// What was asked, where the answer's meaning depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ask {
    TemporaryCredentials,
    TokenCredentials,
    Identity,
    Post,
    Delete,
    Media,
    Revocation,
    AppToken,
    Other,
}

/// A clock further off than this explains a 401 that names no cause. X does not say what it tolerates.
const SKEW: i64 = 240;

/// Turns a reply that is no success into a failure. Kinds come from the status, X's code or the problem's type;
/// words of the body only choose among the kinds of one status.
pub(crate) fn refusal(reply: &Reply, ask: Ask) -> Failure {
    let said = Said::in_reply(reply);
    let row = table::row(reply.status, ask, &said);
    let text = if said.text.is_empty() {
        format!("status {}", reply.status)
    } else {
        said.text.clone()
    };
    let mut failure = Failure::new(row.kind, row.reason.replace("{said}", &text)).hint(row.hint);
    if said.code.is_none() && said.problem.is_empty() && !failure.reason.contains(&text) {
        // Nothing but the status tells the cause.
        failure.reason = format!("{} (status {})", failure.reason, reply.status);
    }
    failure.status = Some(reply.status);
    failure.code = said.code;
    if reply.status == 429 {
        failure.reset_at = reply.reset_at();
        if let Some(time) = failure.reset_at.and_then(local_time) {
            failure.hint = Some(format!(
                "wait until {time}, or let twauth wait with --wait=SECONDS"
            ));
        }
    }
    if reply.status == 401 {
        mention_clock(&mut failure, reply);
    }
    failure
}

/// On a 401, a clock that is wrong is the cause where no other is named, and worth a word anyway.
fn mention_clock(failure: &mut Failure, reply: &Reply) {
    let ahead = reply.clock_ahead().filter(|ahead| ahead.abs() >= SKEW);
    let unexplained = failure.kind == Kind::Refused && failure.code.is_none();
    match ahead {
        Some(ahead) if unexplained || failure.kind == Kind::ClockSkew => {
            failure.kind = Kind::ClockSkew;
            failure.reason = format!(
                "X refuses the time of the request: {}",
                clock_difference(ahead)
            );
            failure.hint = Some(
                "set the clock (for example with `timedatectl set-ntp true`), then try again"
                    .to_owned(),
            );
        }
        Some(ahead) if failure.kind != Kind::BadPin => {
            let hint = failure.hint.take().unwrap_or_default();
            failure.hint = Some(format!("{hint}; also, {}", clock_difference(ahead)));
        }
        _ => {}
    }
}

/// A difference of clocks in words; `ahead` is the server's lead in seconds.
pub(crate) fn clock_difference(ahead: i64) -> String {
    let size = ahead.unsigned_abs();
    let amount = match size {
        0..=119 => format!("{size} seconds"),
        120..=7199 => format!("{} minutes", size / 60),
        7200..=172_799 => format!("{} hours", size / 3600),
        _ => format!("{} days", size / 86_400),
    };
    let direction = if ahead > 0 { "behind" } else { "ahead of" };
    format!("the clock here is {amount} {direction} the server's")
}
