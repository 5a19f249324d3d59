//! Saves a new token: in the file, else in a rescue file, whatever happens in between.

use std::path::Path;

use super::plan::{Plan, can_ask};
use crate::account::{Account, Server};
use crate::commands::sources;
use crate::commands::sources::invocation::Invocation;
use crate::error::{Failure, Kind, system_reason};
use crate::output::Output;
use crate::store::{
    Place, Store, came_meanwhile, holds_others, kept, placed, shown, takes_place_of, typed,
};
use crate::terminal::stderr::talk;

/// An account that is not saved yet. If it is dropped (an error, an interruption), it is written to a rescue file.
#[derive(Debug)]
pub(super) struct Unsaved {
    store: Store,
    account: Account,
    at_risk: bool,
}

impl Unsaved {
    pub(super) fn new(store: &Store, account: Account) -> Self {
        Self {
            store: store.clone(),
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

    /// Drops the account without saving it.
    pub(super) fn forget(&mut self) {
        self.at_risk = false;
    }

    /// Writes the account to the file; asks the user if another account was added meanwhile.
    pub(super) async fn save(&mut self, plan: &Plan<'_>, output: Output) -> anyhow::Result<()> {
        let force = plan.options.force;
        let known = (plan.place(), plan.in_file.as_slice());
        match self.write(force, known, output).await {
            Err(failure) if failure.kind == Kind::FileChanged && can_ask(output) => {
                let in_file = self.store.read()?.unwrap_or_default();
                let place = sources::ask_place(&self.store, &in_file).await?;
                Ok(self.write(force, (place, &in_file), output).await?)
            }
            outcome => Ok(outcome?),
        }
    }

    /// The account replaces only what was in the file when the user chose that.
    async fn write(
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
        for remark in done.remarks() {
            output.warn(remark);
        }
        Ok(())
    }
}

impl Unsaved {
    /// The command that imports the rescue file.
    fn import(&self, rescued: &Path) -> String {
        let others = self.store.read().ok().flatten().unwrap_or_default();
        let has_place = |entry: &Account| takes_place_of(&self.account, entry);
        let add = if others.is_empty() || others.iter().any(has_place) {
            ""
        } else {
            " --add"
        };
        let words = format!("import {}{add}", typed(rescued));
        Invocation::at(&Server::X, &self.store).command(&words)
    }
}

impl Drop for Unsaved {
    fn drop(&mut self) {
        if !self.at_risk {
            return;
        }
        match self.store.rescue(&self.account) {
            Ok(path) => {
                talk(&format!(
                    "the new credentials are not lost: twauth saved them in {}",
                    shown(&path)
                ));
                talk(&format!("to import them: {}", self.import(&path)));
            }
            Err(error) => talk(&format!(
                "the new credentials could not be saved anywhere: {}",
                system_reason(&error)
            )),
        }
    }
}

/// After a failed login, saves an accepted pair that the user typed: as a pair without a token, and only if nothing else
/// has to change for it.
pub(super) async fn keep_pair(plan: &Plan<'_>, output: Output) {
    if !plan.keeps_pair() {
        return;
    }
    let pair = Account::of_app(plan.pair.credentials.clone(), plan.server.clone());
    let may_join = plan.place == Some(Place::Add);
    let mut is_kept = false;
    let update = plan.store.update(plan.options.force, |document| {
        let (document, done) = kept(document, &pair, may_join);
        is_kept = done;
        Ok(document)
    });
    match update.await {
        Ok(_) if is_kept => output.say(&format!(
            "saved the API Key and its secret in {} for the next login",
            plan.store.shown()
        )),
        Ok(_) => {}
        Err(failure) => output.warn(&format!("the API Key could not be saved: {failure}")),
    }
}
