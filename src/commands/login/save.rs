//! Keeping what was granted: into the file, else into a rescue file, whatever happens in between.

use crate::account::Account;
use crate::error::{Failure, Kind};
use crate::harmless::harmless;
use crate::output::{Output, talk};
use crate::store::{Document, Store, shown};

use super::gather::{Place, Plan};

/// An account that is in no file yet. Dropped before it is saved (an error, an interruption), it goes to a rescue file.
#[derive(Debug)]
pub(super) struct Unsaved<'store> {
    store: &'store Store,
    account: Account,
    at_risk: bool,
}

impl<'store> Unsaved<'store> {
    pub(super) fn new(store: &'store Store, account: Account) -> Self {
        Self {
            store,
            account,
            at_risk: true,
        }
    }

    pub(super) fn account(&self) -> &Account {
        &self.account
    }

    pub(super) fn label(&mut self, screen_name: String, user_id: String) {
        self.account.screen_name = Some(screen_name);
        self.account.user_id = Some(user_id);
    }

    /// Lets the account go without a trace.
    pub(super) fn forget(&mut self) {
        self.at_risk = false;
    }

    /// Writes the account to the file.
    pub(super) fn save(mut self, plan: &Plan, output: Output) -> anyhow::Result<Account> {
        let account = self.account.clone();
        let saved = self.store.update(plan.force, |document| {
            placed(document, &account, plan.place)
        })?;
        self.at_risk = false;
        output.say(&format!(
            "saved {} in {}",
            harmless(&account.label()),
            self.store.shown()
        ));
        output.saved(&saved);
        Ok(account)
    }
}

impl Drop for Unsaved<'_> {
    fn drop(&mut self) {
        if !self.at_risk {
            return;
        }
        match self.store.rescue(&self.account) {
            Ok(path) => {
                talk(&format!(
                    "the new credentials are not lost: they are in {}",
                    shown(&path)
                ));
                talk(&format!(
                    "to take them over: twauth import {}",
                    shown(&path)
                ));
            }
            Err(error) => talk(&format!(
                "the new credentials could not be kept anywhere: {error}"
            )),
        }
    }
}

/// Puts the account where it belongs among the file's entries as they are now.
fn placed<'text>(
    document: Option<Document<'text>>,
    account: &Account,
    place: Place,
) -> Result<Option<Document<'text>>, Failure> {
    let Some(mut document) = document else {
        return Ok(Some(Document::of(account.clone())));
    };
    let same = document
        .accounts()
        .position(|entry| entry.same_person(account) || entry.same_token(account));
    let waiting = document.accounts().position(|entry| {
        entry.token.is_none() && entry.server == account.server && entry.client == account.client
    });
    let count = document.accounts().len();
    match (same.or(waiting), place) {
        (Some(index), _) => document.set(index, account.clone()),
        (None, Place::Add) => document.push(account.clone()),
        (None, Place::Replace) if count == 1 => document.set(0, account.clone()),
        (None, _) => {
            let reason = "another account has come into the file meanwhile";
            return Err(Failure::new(Kind::AccountExists, reason).hint("log in again with --add"));
        }
    }
    Ok(Some(document))
}
