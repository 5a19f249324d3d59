//! Keeping what was granted: into the file, else into a rescue file, whatever happens in between.

use crate::account::Account;
use crate::error::{Failure, system_reason};
use crate::output::Output;
use crate::store::{Place, Store, came_meanwhile, holds_others, placed, shown};
use crate::terminal::stderr::talk;
use crate::terminal::text::harmless;

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

    /// Writes the account to the file. What it replaces is what was in the file when that was chosen.
    pub(super) async fn save(
        &mut self,
        force: bool,
        (place, in_file): (Place, &[Account]),
        output: Output,
    ) -> Result<(), Failure> {
        let account = &self.account;
        let update = self.store.update(force, |document| {
            if place == Place::Replace && holds_others(document.as_ref(), in_file, account) {
                return Err(came_meanwhile());
            }
            placed(document, account, place)
        });
        let done = update.await?;
        self.at_risk = false;
        output.say(&format!(
            "saved {} in {}",
            harmless(&account.label()),
            self.store.shown()
        ));
        for remark in done.remarks() {
            output.warn(remark);
        }
        Ok(())
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
                "the new credentials could not be kept anywhere: {}",
                system_reason(&error)
            )),
        }
    }
}
