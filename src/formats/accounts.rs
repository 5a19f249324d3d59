//! The accounts of one file, in its order, each kept once.

use std::collections::HashMap;

use crate::account::Account;

/// Accounts in file order, each once: files often repeat one under a second heading.
#[derive(Default)]
pub(super) struct Accounts {
    pub(super) list: Vec<Account>,
    /// Where accounts with that token (or, without one, that consumer key) stand.
    places: HashMap<String, Vec<usize>>,
}

impl Accounts {
    pub(super) fn add(&mut self, account: Account) {
        let identifier = match &account.token {
            Some(token) => token.identifier.clone(),
            None => account.client.identifier.clone(),
        };
        let places = self.places.entry(identifier).or_default();
        let twin = places.iter().find(|place| {
            self.list
                .get(**place)
                .is_some_and(|earlier| same(earlier, &account))
        });
        if let Some(earlier) = twin.and_then(|place| self.list.get_mut(*place)) {
            earlier.screen_name = earlier.screen_name.take().or(account.screen_name);
            earlier.user_id = earlier.user_id.take().or(account.user_id);
            return;
        }
        // More of one token than this are not worth telling apart.
        if places.len() < 8 {
            places.push(self.list.len());
        }
        self.list.push(account);
    }
}

fn same(one: &Account, other: &Account) -> bool {
    one.client == other.client
        && one.token == other.token
        && one.server == other.server
        && (one.screen_name.is_none()
            || other.screen_name.is_none()
            || one.screen_name == other.screen_name)
}
