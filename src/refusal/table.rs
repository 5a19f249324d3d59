//! The table of causes: which status, code, problem type or words mean what, and the next step.
//!
//! Sources: X's documentation and recorded replies, 2026-11. The first matching row is used.

use super::Ask::{
    self, AppToken, Delete, Identity, Media, Other, Post, Revocation, TemporaryCredentials,
    TokenCredentials,
};
use super::body::Said;
use crate::error::{Kind, Next};

/// One cause. Within `asks` and `statuses` (empty: any), one of the codes, problems or words must match; if none of the
/// three is listed, the status is enough.
#[derive(Debug)]
pub(super) struct Row {
    asks: &'static [Ask],
    statuses: &'static [u16],
    codes: &'static [u32],
    problems: &'static [&'static str],
    /// Lower case.
    words: &'static [&'static str],
    pub(super) kind: Kind,
    /// `{server}` is replaced by the server, `{said}` by its own words.
    pub(super) reason: &'static str,
    pub(super) hint: &'static str,
    /// The command that replaces `{}` in the hint.
    pub(super) next: Option<Next>,
}

/// The row for an error reply.
pub(super) fn row(status: u16, ask: Ask, said: &Said) -> &'static Row {
    // These two statuses are clear in a web page too.
    if said.is_page && !matches!(status, 413 | 429) {
        return &PAGE;
    }
    let text = said.text.to_ascii_lowercase();
    let fits = |row: &&Row| {
        (row.asks.is_empty() || row.asks.contains(&ask))
            && (row.statuses.is_empty() || row.statuses.contains(&status))
            && (row.codes.is_empty() && row.problems.is_empty() && row.words.is_empty()
                || said.code.is_some_and(|code| row.codes.contains(&code))
                || row.problems.contains(&said.problem.as_str())
                || row.words.iter().any(|words| text.contains(words)))
    };
    ROWS.iter().find(fits).unwrap_or(match status {
        400..=499 => &REFUSED,
        500.. => &SERVER_TROUBLE,
        _ => &UNREADABLE,
    })
}

const ANY: Row = Row {
    asks: &[],
    statuses: &[],
    codes: &[],
    problems: &[],
    words: &[],
    kind: Kind::Forbidden,
    reason: "{server} rejected the request: {said}",
    hint: "check the app at console.x.com and the account in a browser, then try again",
    next: None,
};
const REFUSED: Row = ANY;
const UNREADABLE: Row = Row {
    kind: Kind::UnreadableReply,
    reason: "{server} sent an unexpected reply",
    hint: "check the server's URL and the network, then try again later",
    ..ANY
};
const SERVER_TROUBLE: Row = Row {
    kind: Kind::ServerError,
    reason: "{server} has an internal error: {said}",
    hint: "try again later",
    ..ANY
};
const PAGE: Row = Row {
    kind: Kind::GatewayPage,
    reason: "a proxy or gateway answered with a web page instead of {server}",
    hint: "check the proxy or VPN, and try again later",
    ..ANY
};

pub(super) const BAD_PIN: Row = Row {
    asks: &[TokenCredentials],
    statuses: &[400, 401, 403],
    codes: &[89],
    words: &["oauth_verifier", "request token", "token invalid"],
    kind: Kind::BadPin,
    reason: "{server} rejected the PIN",
    hint: "log in again and enter the PIN from the new page",
    ..ANY
};

const LOGIN_AGAIN: &str = "log in again with {}";

static ROWS: &[Row] = &[
    // The clock and the app, for any request.
    Row {
        codes: &[135],
        words: &["timestamp out of bounds"],
        statuses: &[401, 403],
        kind: Kind::ClockSkew,
        reason: "{server} rejected the timestamp",
        hint: "set the clock, then try again",
        ..ANY
    },
    Row {
        codes: &[416],
        kind: Kind::AppSuspended,
        reason: "the app is suspended or invalid",
        hint: "check the app at console.x.com",
        ..ANY
    },
    Row {
        codes: &[417],
        words: &["desktop applications only support"],
        statuses: &[401, 403],
        kind: Kind::CallbackRefused,
        reason: "a Native App cannot use a callback URL",
        hint: "log in without --callback, or make the app a Web App at console.x.com",
        ..ANY
    },
    Row {
        codes: &[415],
        words: &["callback url not approved"],
        statuses: &[401, 403],
        kind: Kind::CallbackNotApproved,
        reason: "the callback URL is not on the app's list",
        hint: "add exactly this URL in the app's user authentication settings at console.x.com, or log in without --callback",
        ..ANY
    },
    // The legs of the login.
    BAD_PIN,
    Row {
        asks: &[TemporaryCredentials, AppToken],
        statuses: &[401],
        kind: Kind::BadConsumerKey,
        reason: "{server} rejected the API Key or API Key Secret",
        hint: "copy the API Key and the API Key Secret again from Keys & Tokens at console.x.com",
        ..ANY
    },
    Row {
        asks: &[AppToken],
        statuses: &[403],
        codes: &[99],
        kind: Kind::BadConsumerKey,
        reason: "{server} gives no app-only token for this API Key and API Key Secret",
        hint: "check the keys at console.x.com, and send fewer requests",
        ..ANY
    },
    Row {
        statuses: &[400],
        codes: &[215],
        kind: Kind::BadAuthentication,
        reason: "{server} could not read the request's signature",
        hint: "check that no key or token is empty: {}",
        next: Some(Next::Doctor),
        ..ANY
    },
    // The account.
    Row {
        codes: &[64],
        problems: &["user-suspended"],
        words: &["user used for authentication is suspended"],
        statuses: &[401, 403],
        kind: Kind::Suspended,
        reason: "the account is suspended",
        hint: "sign in at x.com and appeal",
        ..ANY
    },
    Row {
        codes: &[326],
        words: &["temporarily locked"],
        statuses: &[401, 403],
        kind: Kind::AccountLocked,
        reason: "the account is locked",
        hint: "sign in to the account at x.com and unlock it",
        ..ANY
    },
    Row {
        codes: &[89],
        statuses: &[401, 403],
        kind: Kind::BadToken,
        reason: "the access token is invalid, revoked or expired",
        hint: LOGIN_AGAIN,
        next: Some(Next::Login),
        ..ANY
    },
    // A 401 without a code gives no cause; `verify` asks a second endpoint.
    Row {
        asks: &[Post, Delete, Media, Other],
        statuses: &[401],
        kind: Kind::Refused,
        reason: "{server} rejected {whose} credentials",
        hint: "see why with {}",
        next: Some(Next::Verify),
        ..ANY
    },
    Row {
        statuses: &[401],
        kind: Kind::Refused,
        reason: "{server} rejected the credentials",
        hint: LOGIN_AGAIN,
        next: Some(Next::Login),
        ..ANY
    },
    // Money and permission.
    Row {
        statuses: &[402, 403],
        problems: &["SpendCapReached", "spend-cap-reached"],
        kind: Kind::SpendCap,
        reason: "the app has reached its spending cap",
        hint: "raise the cap at console.x.com, or wait for the next billing cycle",
        ..ANY
    },
    Row {
        statuses: &[402],
        kind: Kind::NoCredits,
        reason: "the app has no credits left",
        hint: "buy credits at console.x.com",
        ..ANY
    },
    Row {
        statuses: &[403],
        problems: &["credits", "credits-depleted", "CreditsDepleted"],
        kind: Kind::NoCredits,
        reason: "the app has no credits left",
        hint: "buy credits at console.x.com",
        ..ANY
    },
    Row {
        statuses: &[401, 403],
        codes: &[261],
        problems: &["oauth1-permissions"],
        kind: Kind::ReadOnly,
        reason: "the app or the token is read-only",
        hint: "set the app to Read and write at console.x.com, save, then log in again with {}: a token keeps the permissions it was created with",
        next: Some(Next::Login),
        ..ANY
    },
    Row {
        statuses: &[403],
        codes: &[453],
        problems: &["client-not-enrolled", "client-forbidden"],
        kind: Kind::NotEnrolled,
        reason: "the app lacks the access package for this",
        hint: "move the app to the Pay-per-use package and the Production environment at console.x.com",
        ..ANY
    },
    Row {
        statuses: &[403],
        problems: &["unsupported-authentication"],
        kind: Kind::UnsupportedAuthentication,
        reason: "{server} does not accept this kind of authentication here: {said}",
        hint: "try once more; for app-only endpoints use --bearer",
        ..ANY
    },
    // Posting.
    Row {
        statuses: &[403],
        codes: &[187],
        words: &["duplicate"],
        kind: Kind::Duplicate,
        reason: "this text was already posted",
        hint: "check the account, or change the text",
        ..ANY
    },
    Row {
        statuses: &[400, 403],
        codes: &[186],
        words: &["too long"],
        kind: Kind::TextTooLong,
        reason: "{server} says that the text is too long",
        hint: "shorten it; more than 280 characters need Premium",
        ..ANY
    },
    Row {
        statuses: &[403],
        codes: &[185, 344],
        kind: Kind::PostingLimit,
        reason: "the account has reached its posting limit",
        hint: "wait a few hours",
        ..ANY
    },
    Row {
        statuses: &[403],
        codes: &[226],
        kind: Kind::Automated,
        reason: "{server} flagged this as automated",
        hint: "wait, and check the account in a browser",
        ..ANY
    },
    Row {
        asks: &[Post],
        statuses: &[403],
        codes: &[385],
        problems: &["not-authorized-for-resource"],
        words: &[
            "you can only reply",
            "reply to this conversation",
            "attempted to reply",
        ],
        kind: Kind::ReplyRefused,
        reason: "this reply is not allowed: {said}",
        hint: "reply where the account is mentioned, or post without --reply-to",
        next: None,
    },
    Row {
        statuses: &[400, 403],
        codes: &[323, 324, 325, 386],
        kind: Kind::Media,
        reason: "{server} rejected the media: {said}",
        hint: "use other or fewer files",
        ..ANY
    },
    Row {
        asks: &[Media],
        statuses: &[413],
        kind: Kind::Media,
        reason: "the media is too large for {server}",
        hint: "use a smaller file",
        ..ANY
    },
    Row {
        statuses: &[413],
        kind: Kind::InvalidRequest,
        reason: "the request is too large for {server}",
        hint: "send less",
        ..ANY
    },
    Row {
        asks: &[Media],
        statuses: &[400, 415, 422],
        kind: Kind::Media,
        reason: "{server} rejected the media: {said}",
        hint: "use another file",
        ..ANY
    },
    Row {
        asks: &[Post],
        statuses: &[403],
        words: &["not permitted to perform this action"],
        kind: Kind::Forbidden,
        reason: "{server} rejected this post without giving a cause",
        hint: "shorten the text (often it is too long for an account without Premium), and check the account in a browser",
        ..ANY
    },
    // Everything else by status.
    Row {
        asks: &[Delete],
        statuses: &[404],
        kind: Kind::NotFound,
        reason: "there is no such post",
        hint: "check the id; it may be deleted already",
        ..ANY
    },
    Row {
        asks: &[Revocation],
        statuses: &[403, 404],
        kind: Kind::Forbidden,
        reason: "{server} did not revoke the token: {said}",
        hint: "remove the app at x.com under Settings, Security and account access, Connected apps; then {}",
        next: Some(Next::Remove),
        ..ANY
    },
    Row {
        statuses: &[404],
        kind: Kind::NotFound,
        reason: "not found: {said}",
        hint: "check the path and the id",
        ..ANY
    },
    Row {
        statuses: &[429],
        problems: &["usage-capped", "UsageCapExceeded"],
        kind: Kind::UsageCap,
        reason: "the plan has reached its usage cap",
        hint: "wait for the next period, or change the plan at console.x.com",
        ..ANY
    },
    Row {
        statuses: &[429],
        kind: Kind::RateLimited,
        reason: "too many requests",
        hint: "wait a few minutes, or use --wait",
        ..ANY
    },
    Row {
        asks: &[Post, Identity, Other, Delete],
        statuses: &[400, 422],
        kind: Kind::InvalidRequest,
        reason: "{server} says the request is invalid: {said}",
        hint: "fix the request",
        ..ANY
    },
    Row {
        statuses: &[503],
        kind: Kind::OverCapacity,
        reason: "{server} is over capacity",
        hint: "try again later",
        ..ANY
    },
];
