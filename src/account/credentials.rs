//! Credentials, and how much of them may be shown.

use std::fmt;

use zeroize::Zeroizing;

use crate::terminal::text::harmless;

/// A text that gives access to an account. Only [`Secret::expose`] reads it, so a search for that word finds every use;
/// it is wiped when dropped.
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

/// An identifier and its shared secret (RFC 5849 section 1.1): the client's, a temporary or a token pair.
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

/// Identifiers are masked too: they show which account a secret belongs to.
impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(masked)")
    }
}

/// A key masked except for its last four characters.
pub(crate) fn masked(key: &str) -> String {
    let shown = if key.len() >= 12 {
        key.get(key.len() - 4..).unwrap_or("")
    } else {
        ""
    };
    format!("...{}", harmless(shown))
}
