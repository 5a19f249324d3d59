//! Turns an error reply's status and body into a kind, a reason and the next step.

mod body;
mod local_time;
mod table;

use crate::account::Server;
use crate::client::Reply;
use crate::error::{Failure, Kind};
use crate::terminal::text::harmless;
use body::Said;
use table::Row;

pub(crate) use local_time::{check_zone, local_time};

/// What was requested, as far as the meaning of an error depends on it.
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

/// A clock wrong by this many seconds explains a 401 that names no cause. X does not document its limit.
const SKEW: i64 = 240;

/// Turns an error reply into a failure. The kind comes from the status, X's code or the problem type; words of the body
/// only choose among the kinds of one status.
pub(crate) fn refusal(reply: &Reply, ask: Ask) -> Failure {
    let mut said = Said::in_reply(reply);
    let status = if said.is_error_in_words && reply.is_success() {
        401
    } else {
        reply.status
    };
    // Servers other than X report a rejected PIN in plain words or a page.
    let is_refused_pin = said.speaks_of_token
        && matches!(reply.server, Server::Other(_))
        && ask == Ask::TokenCredentials
        && matches!(status, 400 | 401 | 403);
    let row = if is_refused_pin {
        &table::BAD_PIN
    } else {
        table::row(status, ask, &said)
    };
    // These replies may contain new secrets.
    if said.text.is_empty() || matches!(ask, Ask::TokenCredentials | Ask::AppToken) {
        said.text = format!("status {}", reply.status);
    }
    let server = reply.server.spoken();
    let reason = row.reason.replace("{server}", &server);
    let reason = reason.replace("{whose}", &whose(reply));
    let reason = reason.replace("{said}", &said.text);
    let words = hint(row, &reply.server);
    let failure = Failure::new(row.kind, reason).status(reply.status);
    let mut failure = match row.next.filter(|_| words.contains("{}")) {
        Some(next) => failure.next(words, next),
        None => failure.hint(words),
    };
    if said.code.is_none() && said.problem.is_empty() && !failure.reason.contains(&said.text) {
        // Only the status tells the cause.
        failure.reason = format!("{} (status {})", failure.reason, reply.status);
    }
    failure.code = said.code;
    if reply.status == 429 {
        mention_reset(&mut failure, reply);
    }
    if reply.status == 401 {
        mention_clock(&mut failure, reply);
    }
    failure
}

/// Whose credentials signed the request, as a possessive.
fn whose(reply: &Reply) -> String {
    let name = reply.account.as_ref();
    name.map_or_else(
        || "these".to_owned(),
        |name| format!("@{}'s", harmless(name)),
    )
}

/// The next step; at servers other than X, without X's pages.
fn hint(row: &Row, server: &Server) -> String {
    let Server::Other(_) = server else {
        return row.hint.to_owned();
    };
    if !row.hint.contains("x.com") && !row.hint.contains("Premium") {
        return row.hint.to_owned();
    }
    let host = server.host();
    match row.kind {
        Kind::BadConsumerKey => format!("check the app's API Key and API Key Secret at {host}"),
        Kind::ReadOnly => format!(
            "give the app write permission at {host}, then log in again with {{}}: a token keeps the permissions it was created with"
        ),
        Kind::CallbackNotApproved | Kind::CallbackRefused => {
            format!("check the app's callback URL at {host}, or log in without --callback")
        }
        Kind::TextTooLong => "shorten it".to_owned(),
        Kind::Suspended | Kind::AccountLocked => format!("check the account at {host}"),
        _ => format!("check the account and the app at {host}, then try again"),
    }
}

/// Adds when the rate limit resets: as a duration and a time.
fn mention_reset(failure: &mut Failure, reply: &Reply) {
    if failure.kind == Kind::RateLimited
        && let Some(whose) = reply.daily_limit()
    {
        failure.reason = format!("the {whose} has used up its 24-hour limit");
    }
    failure.reset_at = reply.reset_at();
    let Some(reset) = failure.reset_at else {
        return;
    };
    if let Some(time) = local_time(reset) {
        let left = duration(reset - reply.server_time());
        failure.hint = Some(format!("wait {left} (until {time}), or use --wait=SECONDS"));
        failure.next = None;
    }
}

/// A duration in words: `45 s`, `12 min`, `11 h 7 min`.
pub(crate) fn duration(seconds: i64) -> String {
    match seconds {
        ..120 => format!("{seconds} s"),
        120..7200 => format!("{} min", (seconds + 59) / 60),
        _ => {
            let minutes = (seconds + 59) / 60;
            format!("{} h {} min", minutes / 60, minutes % 60)
        }
    }
}

/// Adds a wrong clock to a 401: as the cause if no other is named, else to the hint.
fn mention_clock(failure: &mut Failure, reply: &Reply) {
    let ahead = reply.clock_ahead().filter(|ahead| ahead.abs() >= SKEW);
    let unexplained = failure.kind == Kind::Refused && failure.code.is_none();
    match ahead {
        Some(ahead) if unexplained || failure.kind == Kind::ClockSkew => {
            failure.kind = Kind::ClockSkew;
            failure.reason = format!(
                "{} rejected the timestamp: {}",
                reply.server.spoken(),
                clock_difference(ahead)
            );
            failure.hint = Some(
                "set the clock (for example with `timedatectl set-ntp true`), then try again"
                    .to_owned(),
            );
            failure.next = None;
        }
        Some(ahead) if failure.kind != Kind::BadPin => {
            let also = format!("; also, {}", clock_difference(ahead));
            failure.hint.get_or_insert_default().push_str(&also);
            if let Some(next) = &mut failure.next {
                next.1.push_str(&also);
            }
        }
        _ => {}
    }
}

/// A clock difference in words; `ahead` is how far the server's clock is ahead, in seconds.
pub(crate) fn clock_difference(ahead: i64) -> String {
    let size = ahead.unsigned_abs();
    let amount = match size {
        0..=119 => format!("{size} seconds"),
        120..=7199 => format!("{} minutes", size / 60),
        7200..=172_799 => format!("{} hours", size / 3600),
        _ => format!("{} days", size / 86_400),
    };
    let direction = if ahead > 0 { "slow" } else { "fast" };
    format!("this machine's clock is {amount} {direction}")
}
