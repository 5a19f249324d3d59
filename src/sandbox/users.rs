//! The sandbox's accounts: one for every valid screen name.

use crate::account::is_screen_name;

use super::signature::hmac_sha1;

/// The accounts offered on the pages, in order.
const OFFERED: [&str; 4] = ["sandbot", "weatherbot", "newsbot", "readerbot"];

/// Above 2^53, as at X: a program that reads ids as floating-point numbers gets another one.
const FIRST_ID: u64 = 1_900_000_000_000_000_001;

/// The number of ids for other names.
const IDS: u64 = 90_000_000_000_000_000;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct User {
    pub(super) id: u64,
    pub(super) screen_name: String,
}

impl User {
    /// The account with that name (any case, `@` optional); `None` if the name is not valid.
    pub(super) fn named(screen_name: &str) -> Option<Self> {
        let name = screen_name.strip_prefix('@').unwrap_or(screen_name);
        let user = |id, name: &str| Self {
            id,
            screen_name: name.to_owned(),
        };
        if let Some((id, name)) = (FIRST_ID..)
            .zip(OFFERED)
            .find(|(_, offered)| offered.eq_ignore_ascii_case(name))
        {
            return Some(user(id, name));
        }
        is_screen_name(name).then(|| {
            let hash = hmac_sha1(b"user", name.to_ascii_lowercase().as_bytes());
            let number = hash
                .iter()
                .take(8)
                .fold(0, |number, byte| number << 8 | u64::from(*byte));
            user(FIRST_ID + 1_000_000 + number % IDS, name)
        })
    }

    pub(super) fn offered() -> impl Iterator<Item = Self> {
        OFFERED.iter().filter_map(|name| Self::named(name))
    }

    /// Another account.
    pub(super) fn another(&self) -> Option<Self> {
        Self::offered().find(|other| other.id != self.id)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn every_valid_name_is_an_account_of_its_own() {
        let names = [
            "sandbot",
            "readerbot",
            "mybot",
            "mybot1",
            "a",
            "12345678901234567890",
        ];
        for name in names {
            let user = User::named(name).unwrap();
            assert_eq!(user.screen_name, name);
            let shouted = User::named(&format!("@{}", name.to_uppercase())).unwrap();
            assert_eq!(shouted.id, user.id);
            assert_ne!(user.another().unwrap().id, user.id);
            assert_eq!(
                names
                    .iter()
                    .filter(|other| User::named(other).unwrap().id == user.id)
                    .count(),
                1
            );
            assert!(user.id > 1 << 53 && user.id.to_string().len() == 19);
        }
        for none in ["", "@", "@@a", "a b", "a-b", "ä", "123456789012345678901"] {
            assert_eq!(User::named(none), None, "{none}");
        }
    }
}
