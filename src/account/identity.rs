//! Whether two entries are the same account, and which user a token belongs to.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::{Account, Server, is_user_id};
use crate::error::{Failure, Kind, Next};
use crate::terminal::text::harmless;

/// The user id at the front of an access token of X's form, `ID-REST`.
pub(crate) fn owner_of_token(token: &str) -> Option<&str> {
    let (id, rest) = token.split_once('-')?;
    (is_user_id(id) && !rest.is_empty()).then_some(id)
}

/// The account's user id: its label, else the number at the front of its token. At servers other than X that number may
/// mean something else.
pub(crate) fn user_id(account: &Account) -> Option<&str> {
    let says = || {
        let owner = owner_of_token(&account.token.as_ref()?.identifier)?;
        let is_certain = !matches!(account.server, Server::Other(_)) || owner.len() >= 5;
        is_certain.then_some(owner)
    };
    account.user_id.as_deref().or_else(says)
}

/// Whether both are the same account: same server, and the same user id if both have one, else the same name in any
/// case. An account with neither is identified by its token.
pub(crate) fn same_account(one: &Account, other: &Account) -> bool {
    if one.server != other.server {
        return false;
    }
    if let (Some(one), Some(other)) = (user_id(one), user_id(other)) {
        return one == other;
    }
    if let (Some(one), Some(other)) = (&one.screen_name, &other.screen_name) {
        return lower_case(one) == lower_case(other);
    }
    match (&one.token, &other.token) {
        (Some(one), Some(other)) => one.identifier == other.identifier,
        _ => false,
    }
}

/// The index of the first account that is the same as an earlier one: [`same_account`] for all pairs, in linear time,
/// because a file may have thousands of accounts.
pub(crate) fn repeated<'a>(
    mut accounts: impl ExactSizeIterator<Item = &'a Account>,
) -> Option<usize> {
    let count = accounts.len();
    let mut ids = HashSet::with_capacity(count);
    let mut names: HashMap<_, Seen> = HashMap::with_capacity(count);
    let mut tokens: HashMap<_, Seen> = HashMap::with_capacity(count);
    accounts.position(|account| {
        let server = account.server.label();
        let id = user_id(account);
        let name = account.screen_name.as_deref();
        let labels = (id.is_some(), name.is_some());
        let seen_id = id.is_some_and(|id| !ids.insert((server, id)));
        let seen_name = name.is_some_and(|name| {
            let seen = names.entry((server, lower_case(name))).or_default();
            seen.add(labels, |earlier| !(labels.0 && earlier.0))
        });
        let seen_token = account.token.as_ref().is_some_and(|token| {
            let seen = tokens.entry((server, &token.identifier)).or_default();
            seen.add(labels, |earlier| {
                !(labels.0 && earlier.0 || labels.1 && earlier.1)
            })
        });
        seen_id || seen_name || seen_token
    })
}

/// Which pairs of labels (has an id, has a name) the earlier accounts with one key have.
#[derive(Default)]
struct Seen([bool; 4]);

impl Seen {
    const PAIRS: [(bool, bool); 4] = [(false, false), (false, true), (true, false), (true, true)];

    /// Adds an account's labels; returns whether one of the earlier accounts `matters`.
    fn add(&mut self, labels: (bool, bool), matters: impl Fn((bool, bool)) -> bool) -> bool {
        let mut earlier = Self::PAIRS.into_iter().zip(self.0);
        let repeated = earlier.any(|(pair, seen)| seen && matters(pair));
        for (pair, seen) in Self::PAIRS.into_iter().zip(&mut self.0) {
            *seen |= pair == labels;
        }
        repeated
    }
}

/// Rejects a token of another account than the one it is stored for: at X a token begins with its user id.
pub(crate) fn check_owner(account: &Account) -> Result<(), Failure> {
    let (Some(stored), Some(token)) = (&account.user_id, &account.token) else {
        return Ok(());
    };
    match owner_of_token(&token.identifier) {
        Some(owner) if account.server == Server::X && owner != stored => {
            let label = account.label();
            let reason = format!(
                "the access token of {label} belongs to user {owner}, but the stored user_id is {}",
                harmless(stored)
            );
            Err(Failure::new(Kind::WrongAccount, reason).next(
                "log in the right account with {}, or correct user_id in the file",
                Next::Login,
            ))
        }
        _ => Ok(()),
    }
}

fn lower_case(name: &str) -> Cow<'_, str> {
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) || !name.is_ascii() {
        return Cow::Owned(name.to_lowercase());
    }
    Cow::Borrowed(name)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::account::Credentials;

    fn any_account() -> impl Strategy<Value = Account> {
        let name = prop::option::of(prop::sample::select(vec!["bob", "BOB", "eve", "\u{c9}mil"]));
        let id = prop::option::of(prop::sample::select(vec!["7", "8"]));
        let token = prop::option::of(prop::sample::select(vec!["7-x", "8-x", "odd"]));
        let server = prop::sample::select(vec![Server::X, Server::Sandbox]);
        (name, id, token, server).prop_map(|(name, id, token, server)| Account {
            screen_name: name.map(str::to_owned),
            user_id: id.map(str::to_owned),
            client: Credentials::new("key", "secret"),
            token: token.map(|token| Credentials::new(token, "secret")),
            server,
        })
    }

    proptest! {
        #[test]
        fn the_first_repeated_account_is_the_first_that_equals_an_earlier_one(
            accounts in prop::collection::vec(any_account(), 0..6)
        ) {
            let pairwise = (0..accounts.len()).find(|&index| {
                accounts[..index].iter().any(|earlier| same_account(earlier, &accounts[index]))
            });
            prop_assert_eq!(repeated(accounts.iter()), pairwise);
        }

        #[test]
        fn an_account_is_the_same_as_another_whichever_is_asked(one in any_account(), other in any_account()) {
            prop_assert_eq!(same_account(&one, &other), same_account(&other, &one));
        }

        #[test]
        fn a_token_of_another_user_is_refused_at_x_alone(account in any_account()) {
            let owner = account.token.as_ref().and_then(|token| owner_of_token(&token.identifier));
            let differs = owner.is_some() && account.user_id.is_some() && owner != account.user_id.as_deref();
            prop_assert_eq!(check_owner(&account).is_err(), differs && account.server == Server::X);
        }
    }

    #[test]
    fn two_ids_with_one_name_are_two_accounts() {
        let account = |id: &str| Account {
            screen_name: Some("bob".to_owned()),
            user_id: Some(id.to_owned()),
            client: Credentials::new("key", "secret"),
            token: None,
            server: Server::X,
        };
        assert!(!same_account(&account("7"), &account("8")));
        assert!(same_account(&account("7"), &account("7")));
    }

    #[test]
    fn a_token_says_whose_it_is() {
        assert_eq!(
            owner_of_token("931657239872432861-AbC"),
            Some("931657239872432861")
        );
        for odd in ["", "-x", "12-", "12", "a1-x", "12345678901234567890-x"] {
            assert_eq!(owner_of_token(odd), None, "{odd}");
        }
    }
}
