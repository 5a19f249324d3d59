//! Token credentials that describe themselves, so that another process of the sandbox knows them too.

use crate::account::Credentials;

use super::CONSUMER_KEY;
use super::people::{self, Person};
use super::signature::hmac_sha1;

/// Derives the token secrets. Known to everybody, as the sandbox guards nothing.
const KEY: &[u8] = b"sandbox-token-key";

/// What a token may do.
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

/// `USERID-sandbox-LEVEL-NONCE` and its secret.
pub(super) fn issued(person: &Person, level: Level, nonce: &str) -> Credentials {
    let token = format!("{}-sandbox-{}-{nonce}", person.id, level.word());
    let secret = secret(&token);
    Credentials::new(token, secret)
}

/// Whose token it is, what it may do and its secret; none if the sandbox never issues such a token.
pub(super) fn described(token: &str) -> Option<(Person, Level, String)> {
    let mut parts = token.splitn(4, '-');
    let person = people::with_id(parts.next()?.parse().ok()?)?;
    if parts.next()? != "sandbox" {
        return None;
    }
    let word = parts.next()?;
    let level = [Level::Read, Level::ReadWrite]
        .into_iter()
        .find(|level| level.word() == word)?;
    parts
        .next()
        .filter(|nonce| (1..=64).contains(&nonce.len()))?;
    Some((person, level, secret(token)))
}

/// The one app-only token of the one app.
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
