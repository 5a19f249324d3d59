//! The failures that the program distinguishes: kind, class, exit code, and the hint of each.

use std::{fmt, io};

/// What a script should do next; each class has its own exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// A local file, an internal error, or several different failures.
    Local,
    /// Wrong usage, or a value that cannot be right; nothing was sent.
    Usage,
    /// The server could not be reached or failed; for a post only if nothing was sent.
    Unreachable,
    /// No credentials, or the server rejected them.
    Refused,
    /// Another account than the one expected.
    WrongAccount,
    /// The server understood the request and rejected it.
    Rejected,
    /// Rate limited, until a time that may be known.
    Limited,
    /// A post was sent, and it is unknown whether it was published.
    Unknown,
    /// `run` or `sandbox` found the command, but could not start it.
    NotExecutable,
    /// `run` or `sandbox` found no such command.
    NoSuchCommand,
    /// The user cancelled.
    Cancelled,
    /// The user cancelled after a request was sent, and it is unknown whether it took effect.
    CancelledUnknown,
}

impl Class {
    pub(crate) fn exit_code(self) -> u8 {
        match self {
            Self::Local => 1,
            Self::Usage => 2,
            Self::Unreachable => 3,
            Self::Refused => 4,
            Self::WrongAccount => 5,
            Self::Rejected => 6,
            Self::Limited => 7,
            Self::Unknown => 8,
            Self::NotExecutable => 126,
            Self::NoSuchCommand => 127,
            Self::Cancelled | Self::CancelledUnknown => 130,
        }
    }

    /// Whether a retry may succeed: `no`, `later`, or `look` (check first).
    pub(crate) fn retry(self) -> &'static str {
        match self {
            Self::Unreachable | Self::Limited => "later",
            Self::Unknown | Self::CancelledUnknown => "look",
            _ => "no",
        }
    }

    /// The class that several failures share, else [`Class::Local`].
    pub(crate) fn common(classes: &[Self]) -> Option<Self> {
        let (first, rest) = classes.split_first()?;
        let is_shared = rest.iter().all(|class| class == first);
        Some(if is_shared { *first } else { Self::Local })
    }
}

macro_rules! kinds {
    ($($variant:ident $word:literal $class:ident)+) => {
        /// The cause of a failure: a stable word for programs, and its class.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Kind { $($variant),+ }

        impl Kind {
            /// The stable word of the `kind` field in JSON output.
            pub(crate) fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            pub(crate) fn class(self) -> Class {
                match self { $(Self::$variant => Class::$class),+ }
            }
        }
    };
}

kinds! {
    Internal "internal" Local
    BadFile "bad-file" Local
    NotWritable "not-writable" Local
    NotIgnored "not-ignored-by-git" Local
    Locked "file-locked" Local
    FileChanged "file-changed" Local
    BadInput "bad-input" Local
    BadValueInFile "bad-value" Local
    Mixed "mixed" Local
    Usage "usage" Usage
    BadValue "bad-value" Usage
    NoInput "no-input" Usage
    NotAPin "not-a-pin" Usage
    SeveralPending "several-pending-logins" Usage
    SeveralAccounts "several-accounts" Usage
    AccountExists "account-exists" Usage
    OtherServer "other-server" Usage
    BadCertificateStore "bad-certificate-store" Usage
    BadProxy "bad-proxy" Usage
    TooLong "too-long" Usage
    Empty "empty" Usage
    Unreachable "unreachable" Unreachable
    NameNotResolved "name-not-resolved" Unreachable
    Certificate "certificate" Unreachable
    Proxy "proxy" Unreachable
    TimedOut "timed-out" Unreachable
    Redirect "redirect" Unreachable
    GatewayPage "gateway-page" Unreachable
    UnreadableReply "unreadable-reply" Unreachable
    OversizedReply "oversized-reply" Unreachable
    OverCapacity "over-capacity" Unreachable
    ServerError "server-error" Unreachable
    NoCredentials "no-credentials" Refused
    NoSuchAccount "no-such-account" Refused
    NoPendingLogin "no-pending-login" Refused
    BadConsumerKey "bad-consumer-key" Refused
    BadPin "bad-pin" Refused
    BadToken "bad-token" Refused
    Refused "refused" Refused
    ClockSkew "clock-skew" Refused
    AppSuspended "app-suspended" Refused
    CallbackRefused "callback-refused" Refused
    BadAuthentication "bad-authentication" Refused
    WrongAccount "wrong-account" WrongAccount
    ReadOnly "read-only" Rejected
    Duplicate "duplicate" Rejected
    TextTooLong "text-too-long" Rejected
    NoCredits "no-credits" Rejected
    SpendCap "spend-cap" Rejected
    NotEnrolled "not-enrolled" Rejected
    AccountLocked "locked" Rejected
    Suspended "suspended" Rejected
    Automated "automated" Rejected
    PostingLimit "posting-limit" Rejected
    ReplyRefused "reply-refused" Rejected
    Media "media" Rejected
    NotFound "not-found" Rejected
    CallbackNotApproved "callback-not-approved" Rejected
    UnsupportedAuthentication "unsupported-authentication" Rejected
    InvalidRequest "invalid-request" Rejected
    Forbidden "forbidden" Rejected
    RateLimited "rate-limited" Limited
    UsageCap "usage-cap" Limited
    UnknownFate "unknown-fate" Unknown
    NotExecutable "not-executable" NotExecutable
    NoSuchCommand "no-such-command" NoSuchCommand
    Cancelled "cancelled" Cancelled
    CancelledUnknown "unknown-fate" CancelledUnknown
}

/// The system's reason for an error, in the style of twauth's own reasons: lower case, no error number.
pub(crate) fn system_reason(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    // Windows ends its messages with a full stop.
    let text = text.trim_end_matches('.');
    let mut letters = text.chars();
    match (letters.next(), letters.clone().next()) {
        (Some(first), Some(second)) if second.is_lowercase() => {
            first.to_lowercase().chain(letters).collect()
        }
        _ => text.to_owned(),
    }
}

/// A next step with twauth. The dispatch turns it into a command with the account, the file and the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// A new token for the account.
    Login,
    /// The first token of an account that is not in the file.
    Add,
    Verify,
    /// Writes missing names and ids to the file.
    Update,
    Doctor,
    /// Revokes the token.
    Logout,
    /// Removes the account from the file.
    Remove,
}

impl Next {
    /// The command and its own options.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::Add => "login --add",
            Self::Verify => "verify",
            Self::Update => "verify --update",
            Self::Doctor => "doctor",
            Self::Logout => "logout",
            Self::Remove => "logout --local",
        }
    }
}

/// A failure that the program distinguishes. Its text is the reason only; the dispatch puts "could not ..." before it.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    pub(crate) kind: Kind,
    pub(crate) reason: String,
    /// A command or step, in lower case without a full stop.
    pub(crate) hint: Option<String>,
    /// The HTTP status, if a server replied.
    pub(crate) status: Option<u16>,
    /// X's numeric error code, if it gave one.
    pub(crate) code: Option<u32>,
    /// When the rate limit resets, in Unix seconds.
    pub(crate) reset_at: Option<i64>,
    /// The next step as one command that can be pasted.
    pub(crate) command: Option<Box<str>>,
    /// That step, and the words around its command, which replaces `{}`.
    pub(crate) next: Option<Box<(Next, String)>>,
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
            command: None,
            next: None,
        }
    }

    /// Wrong usage.
    pub(crate) fn usage(reason: impl Into<String>) -> Self {
        Self::new(Kind::Usage, reason)
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self.next = None;
        self
    }

    /// A hint whose `{}` is replaced by the command of the step.
    pub(crate) fn next(mut self, words: impl Into<String>, next: Next) -> Self {
        let words = words.into();
        self.hint = Some(words.replace("{}", &format!("`twauth {}`", next.words())));
        self.next = Some(Box::new((next, words)));
        self
    }

    /// A hint whose `{}` is replaced by this command.
    pub(crate) fn suggest(mut self, words: &str, command: String) -> Self {
        self.hint = Some(words.replace("{}", &format!("`{command}`")));
        self.command = Some(command.into());
        self.next = None;
        self
    }

    pub(crate) fn status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl std::error::Error for Failure {}
