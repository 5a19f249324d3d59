//! What other programs call the labels, and what their values and section names may be.

use crate::account::is_screen_name;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Label {
    ConsumerKey,
    ConsumerSecret,
    AccessToken,
    AccessTokenSecret,
    ScreenName,
    UserId,
    Server,
}

impl Label {
    pub(super) const ALL: [Self; 7] = [
        Self::ConsumerKey,
        Self::ConsumerSecret,
        Self::AccessToken,
        Self::AccessTokenSecret,
        Self::ScreenName,
        Self::UserId,
        Self::Server,
    ];

    /// Our own word for it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::ConsumerKey => "consumer_key",
            Self::ConsumerSecret => "consumer_secret",
            Self::AccessToken => "access_token",
            Self::AccessTokenSecret => "access_token_secret",
            Self::ScreenName => "screen_name",
            Self::UserId => "user_id",
            Self::Server => "server",
        }
    }

    /// Whether this is one of the four values that sign.
    pub(super) fn is_credential(self) -> bool {
        !matches!(self, Self::ScreenName | Self::UserId | Self::Server)
    }

    /// Its names, lower case, without `_`, `-` and spaces.
    fn aliases(self) -> &'static [&'static str] {
        match self {
            Self::ConsumerKey => &[
                "consumerkey",
                "apikey",
                "appkey",
                "clientkey",
                "oauthconsumerkey",
                "ck",
            ],
            Self::ConsumerSecret => &[
                "consumersecret",
                "apisecret",
                "apikeysecret",
                "apisecretkey",
                "appsecret",
                "oauthconsumersecret",
                "cs",
            ],
            Self::AccessToken => &[
                "accesstoken",
                "accesskey",
                "accesstokenkey",
                "oauthtoken",
                "oauthaccesstoken",
                "resourceownerkey",
                "at",
            ],
            Self::AccessTokenSecret => &[
                "accesstokensecret",
                "accesssecret",
                "tokensecret",
                "oauthtokensecret",
                "oauthaccesstokensecret",
                "resourceownersecret",
                "ats",
            ],
            Self::ScreenName => &["screenname", "myscreenname"],
            Self::UserId => &["userid"],
            Self::Server => &["server"],
        }
    }

    /// A name too common to win against a clear one in the same group.
    fn weak_alias(self) -> Option<&'static str> {
        match self {
            Self::AccessToken => Some("token"),
            Self::AccessTokenSecret => Some("secret"),
            Self::ScreenName => Some("username"),
            _ => None,
        }
    }
}

/// What some programs put before each name.
const PREFIXES: [&str; 4] = ["twitter", "twauth", "tw", "x"];

/// What only OAuth 2 has.
const OAUTH2: [&str; 11] = [
    "clientid",
    "clientsecret",
    "refreshtoken",
    "bearertoken",
    "bearer",
    "tokentype",
    "expiresin",
    "expiresat",
    "expirationtime",
    "scope",
    "oauth2accesstoken",
];

/// Section, profile and key names that describe a place and are nobody's screen name.
const GENERIC: &[&str] = &[
    "access",
    "account",
    "accounts",
    "api",
    "app",
    "application",
    "apps",
    "auth",
    "authentication",
    "base",
    "bot",
    "bots",
    "client",
    "common",
    "config",
    "configuration",
    "consumer",
    "credential",
    "credentials",
    "creds",
    "data",
    "default",
    "defaults",
    "dev",
    "development",
    "env",
    "environment",
    "general",
    "global",
    "key",
    "keys",
    "local",
    "login",
    "main",
    "oauth",
    "oauth1",
    "oauth1a",
    "oauth1token",
    "oauth1tokens",
    "prod",
    "production",
    "profile",
    "profiles",
    "root",
    "secret",
    "secrets",
    "settings",
    "shared",
    "staging",
    "t",
    "tests",
    "test",
    "testing",
    "token",
    "tokens",
    "tweepy",
    "twarc",
    "twauth",
    "twitter",
    "twitterapi",
    "twurl",
    "tw",
    "user",
    "users",
    "x",
    "xapi",
    "xcom",
    "xurl",
];

fn squeezed(name: &str) -> String {
    name.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// Calls `test` with the squeezed name, then without each prefix it carries.
fn with_prefixes<T>(name: &str, test: impl Fn(&str) -> Option<T>) -> Option<T> {
    let name = squeezed(name);
    test(&name).or_else(|| {
        PREFIXES
            .iter()
            .find_map(|prefix| name.strip_prefix(prefix).and_then(&test))
    })
}

/// The label a name stands for, and whether the name is clear enough to win against a common one.
pub(super) fn label(name: &str) -> Option<(Label, bool)> {
    with_prefixes(name, |name| {
        Label::ALL.into_iter().find_map(|label| {
            if label.aliases().contains(&name) {
                Some((label, true))
            } else {
                (label.weak_alias() == Some(name)).then_some((label, false))
            }
        })
    })
}

/// Whether `name` is the consumer key of programs that call it after RFC 5849's client.
pub(super) fn is_client_key(name: &str) -> bool {
    with_prefixes(name, |name| (name == "clientkey").then_some(())).is_some()
}

/// Whether `name` is such a program's consumer secret (or, with `client_id`, OAuth 2's).
pub(super) fn is_client_secret(name: &str) -> bool {
    with_prefixes(name, |name| (name == "clientsecret").then_some(())).is_some()
}

pub(super) fn is_oauth2(name: &str) -> bool {
    with_prefixes(name, |name| OAUTH2.contains(&name).then_some(())).is_some()
}

/// Takes `CONSUMER_KEY_MYBOT`, `MYBOT_CONSUMER_KEY` and the like apart: the label's own name, and what is left.
pub(super) fn affixed(name: &str) -> Option<(String, String)> {
    if label(name).is_some() || is_oauth2(name) {
        return None;
    }
    let words: Vec<&str> = name.split('_').filter(|word| !word.is_empty()).collect();
    // Two words at least make the label: a lone TOKEN or SECRET says too little here.
    for length in (2..words.len().min(6)).rev() {
        for start in [0, words.len() - length] {
            let inner = words.get(start..start + length)?.join("_");
            if label(&inner).is_some_and(|(label, clear)| clear && label != Label::Server) {
                let mut left = words.clone();
                left.drain(start..start + length);
                let first = left.first().map(|first| squeezed(first));
                let prefixed =
                    left.len() > 1 && first.is_some_and(|first| PREFIXES.contains(&first.as_str()));
                return Some((inner, left.split_off(usize::from(prefixed)).join("_")));
            }
        }
    }
    None
}

/// The screen name a section, profile or parent key may stand for.
pub(super) fn name_of_section(section: &str) -> Option<&str> {
    let name = section.strip_prefix('@').unwrap_or(section);
    let plain = squeezed(name);
    let stem = plain.trim_end_matches(|c: char| c.is_ascii_digit());
    (is_screen_name(name)
        && !stem.is_empty()
        && !GENERIC.contains(&plain.as_str())
        && !GENERIC.contains(&stem)
        && label(name).is_none())
    .then_some(name)
}

/// What makes a value no credential and no label, as the end of a sentence.
pub(super) fn fault(value: &str) -> Option<&'static str> {
    if value.is_empty() {
        Some("is empty")
    } else if value
        .chars()
        .any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}'))
    {
        Some("holds a line break or control character")
    } else {
        None
    }
}
