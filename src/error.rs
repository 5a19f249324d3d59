//! The failures the program tells apart: the word, the exit code and the advice that go with each.

use std::{fmt, io};

macro_rules! kinds {
    ($($variant:ident $word:literal $code:literal)+) => {
        /// The cause of a failure: a stable word for programs and the exit code it leads to.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Kind { $($variant),+ }

        impl Kind {
            /// The stable word of the `kind` field in JSON output.
            pub(crate) fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// The exit code (contract: a code exists because a script does something different).
            pub(crate) fn exit_code(self) -> u8 {
                match self { $(Self::$variant => $code),+ }
            }
        }
    };
}

kinds! {
    // local
    Internal "internal" 1
    BadFile "bad-file" 1
    NotWritable "not-writable" 1
    NotIgnored "not-ignored-by-git" 1
    Locked "file-locked" 1
    FileChanged "file-changed" 1
    BadInput "bad-input" 1
    Mixed "mixed" 1
    // wrong usage: nothing was sent
    Usage "usage" 2
    SeveralAccounts "several-accounts" 2
    AccountExists "account-exists" 2
    OtherServer "other-server" 2
    TooLong "too-long" 2
    Empty "empty" 2
    // not reached, or trouble at the server
    Unreachable "unreachable" 3
    NameNotResolved "name-not-resolved" 3
    Certificate "certificate" 3
    Proxy "proxy" 3
    TimedOut "timed-out" 3
    Redirect "redirect" 3
    GatewayPage "gateway-page" 3
    UnreadableReply "unreadable-reply" 3
    OversizedReply "oversized-reply" 3
    OverCapacity "over-capacity" 3
    ServerError "server-error" 3
    // no credentials, or refused
    NoCredentials "no-credentials" 4
    NoSuchAccount "no-such-account" 4
    BadConsumerKey "bad-consumer-key" 4
    BadPin "bad-pin" 4
    BadToken "bad-token" 4
    Refused "refused" 4
    ClockSkew "clock-skew" 4
    AppSuspended "app-suspended" 4
    CallbackRefused "callback-refused" 4
    BadAuthentication "bad-authentication" 4
    // somebody else
    WrongAccount "wrong-account" 5
    // understood and refused
    ReadOnly "read-only" 6
    Duplicate "duplicate" 6
    TextTooLong "text-too-long" 6
    NoCredits "no-credits" 6
    SpendCap "spend-cap" 6
    NotEnrolled "not-enrolled" 6
    AccountLocked "locked" 6
    Suspended "suspended" 6
    Automated "automated" 6
    PostingLimit "posting-limit" 6
    ReplyRefused "reply-refused" 6
    Media "media" 6
    NotFound "not-found" 6
    CallbackNotApproved "callback-not-approved" 6
    UnsupportedAuthentication "unsupported-authentication" 6
    InvalidRequest "invalid-request" 6
    Forbidden "forbidden" 6
    // wait
    RateLimited "rate-limited" 7
    UsageCap "usage-cap" 7
    // look before repeating
    UnknownFate "unknown-fate" 8
    // the user left
    Cancelled "cancelled" 130
}

/// What the system says of an error, in the form of the program's own reasons: lower case, without a number.
pub(crate) fn system_reason(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut letters = text.chars();
    match (letters.next(), letters.clone().next()) {
        (Some(first), Some(second)) if second.is_lowercase() => {
            first.to_lowercase().chain(letters).collect()
        }
        _ => text.to_owned(),
    }
}

/// The exit code of several pieces of work whose failures have these codes: the one they share.
pub(crate) fn common_exit_code(codes: &[u8]) -> u8 {
    match codes.split_first() {
        None => 0,
        Some((first, rest)) if rest.iter().all(|code| code == first) => *first,
        Some(_) => Kind::Mixed.exit_code(),
    }
}

/// A failure the program tells apart. Its text is the reason alone; commands put "could not ..." before it.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    pub(crate) kind: Kind,
    pub(crate) reason: String,
    /// A command or step, lower case, no full stop.
    pub(crate) hint: Option<String>,
    /// HTTP status, where a server answered.
    pub(crate) status: Option<u16>,
    /// X's numeric error code, where it gave one.
    pub(crate) code: Option<u32>,
    /// When the rate limit resets, in Unix seconds.
    pub(crate) reset_at: Option<i64>,
}

impl Failure {
    pub(crate) fn new(kind: Kind, reason: impl Into<String>) -> Self {
        Self {
            kind,
            reason: reason.into(),
            hint: None,
            status: None,
            code: None,
            reset_at: None,
        }
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl std::error::Error for Failure {}
