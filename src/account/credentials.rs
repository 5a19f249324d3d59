//! Credentials, and the shapes of X's keys, by which mistakes are recognised.

use std::fmt;

use zeroize::Zeroizing;

use crate::error::{Failure, Kind};
use crate::terminal::text::harmless;

/// A text that opens an account. It is read with [`Secret::expose`] alone, so that a search for that word finds every
/// place that does; it is wiped when it is dropped.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(Zeroizing<String>);

impl Secret {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(masked)")
    }
}

/// An identifier with its shared secret (RFC 5849 section 1.1): the client's, a temporary or a token pair.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Credentials {
    pub(crate) identifier: String,
    pub(crate) secret: Secret,
}

impl Credentials {
    pub(crate) fn new(identifier: impl Into<String>, secret: impl Into<String>) -> Self {
        Self {
            identifier: identifier.into(),
            secret: Secret::new(secret),
        }
    }
}

/// Identifiers are masked too: with a secret's name beside them they say whose it is.
impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(masked)")
    }
}

/// Refuses what can only be a mistake, judged by the shapes of X's keys.
pub(crate) fn check_pair(key: Option<&str>, secret: Option<&str>) -> Result<(), Failure> {
    let wrong = |reason: &str| {
        Err(Failure::new(Kind::Usage, reason)
            .hint("copy the API Key and the API Key Secret from Keys & Tokens of the app at console.x.com"))
    };
    for (value, name) in [(key, "consumer key"), (secret, "consumer secret")] {
        let Some(value) = value else { continue };
        if value.contains(char::is_whitespace) {
            return wrong(&format!("the {name} holds white space"));
        }
        if value.contains(char::is_control) || !value.is_ascii() {
            return wrong(&format!("the {name} holds characters that no key has"));
        }
        if looks_like_token(value) {
            return wrong(&format!(
                "an access token stands in the place of the {name}"
            ));
        }
    }
    match (key, secret) {
        // At X the key has 25 characters and the secret 50.
        (Some(key), Some(secret)) if key.len() >= 40 && secret.len() <= 30 => {
            wrong("the consumer key and secret are swapped")
        }
        (Some(key), Some(secret)) if key == secret => {
            wrong("the consumer key and secret are the same")
        }
        _ => Ok(()),
    }
}

/// Whether it has the shape of X's access tokens: the user's id, a hyphen, the rest.
pub(crate) fn looks_like_token(value: &str) -> bool {
    value.split_once('-').is_some_and(|(id, rest)| {
        id.len() >= 5
            && id.bytes().all(|byte| byte.is_ascii_digit())
            && rest.len() >= 20
            && !rest.contains("sandbox")
    })
}

/// A key as it may be shown: its last four characters.
pub(crate) fn masked(key: &str) -> String {
    let shown = if key.len() >= 12 {
        key.get(key.len() - 4..).unwrap_or("")
    } else {
        ""
    };
    format!("...{}", harmless(shown))
}
