//! Self-describing token credentials, valid in every process of the sandbox.

use crate::account::Credentials;

use super::CONSUMER_KEY;
use super::signature::hmac_sha1;
use super::users::User;

/// The key for the token secrets. It is public, because the sandbox protects nothing.
const KEY: &[u8] = b"sandbox-token-key";

/// The access level of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    Read,
    ReadWrite,
}

impl Level {
    fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::ReadWrite => "rw",
        }
    }

    /// The value of `x-access-level`.
    pub(super) fn header(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::ReadWrite => "read-write",
        }
    }
}

/// `USERID-sandbox-LEVEL-NAME-NONCE` and its secret.
pub(super) fn issued(user: &User, level: Level, nonce: &str) -> Credentials {
    let token = format!(
        "{}-sandbox-{}-{}-{nonce}",
        user.id,
        level.word(),
        user.screen_name
    );
    let secret = secret(&token);
    Credentials::new(token, secret)
}

/// A token's account, access level and secret; `None` if the sandbox issues no such token.
pub(super) fn described(token: &str) -> Option<(User, Level, String)> {
    let parts: Vec<&str> = token.split('-').collect();
    let [id, "sandbox", word, name, nonce] = parts.as_slice() else {
        return None;
    };
    let user = User::named(name).filter(|user| user.id.to_string() == *id)?;
    let level = [Level::Read, Level::ReadWrite]
        .into_iter()
        .find(|level| level.word() == *word)?;
    (1..=64)
        .contains(&nonce.len())
        .then(|| (user, level, secret(token)))
}

/// The app-only token of the sandbox's app.
pub(super) fn bearer() -> String {
    format!(
        "sandbox-bearer-{}",
        hex(&hmac_sha1(KEY, CONSUMER_KEY.as_bytes()))
    )
}

fn secret(token: &str) -> String {
    format!("sandbox-secret-{}", hex(&hmac_sha1(KEY, token.as_bytes())))
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|digit| char::from_digit(u32::from(digit), 16))
        .collect()
}
