//! The report of a finished login.

use anyhow::Context as _;
use serde_json::{Value, json};

use super::authorization::Authorized;
use super::command;
use super::plan::Plan;
use crate::account::Account;
use crate::api::AccessLevel;
use crate::client::Client;
use crate::commands::checking::{self, Finding};
use crate::error::Class;
use crate::output::Output;
use crate::store::Store;
use crate::terminal::text::harmless;

/// A saved account.
pub(super) struct Done {
    account: Account,
    level: AccessLevel,
}

/// Saves the account and verifies it once. Only a refusal makes the login a failure.
pub(super) async fn complete(
    http: &Client,
    plan: &Plan,
    (mut unsaved, finding): Authorized,
    output: Output,
) -> anyhow::Result<Done> {
    unsaved.save(plan, output).await?;
    let account = unsaved.account().clone();
    let level = if plan.verifies {
        let finding = match finding {
            Some(finding) => finding,
            None => checking::check(http, &account).await,
        };
        confirm(finding, output)?
    } else {
        AccessLevel::Unknown
    };
    Ok(Done { account, level })
}

fn confirm(finding: Finding, output: Output) -> anyhow::Result<AccessLevel> {
    let level = finding.access_level();
    match finding.failure {
        Some(failure) if failure.kind.class() == Class::Refused => {
            return Err(failure).context("the credentials are saved, but they do not work");
        }
        Some(failure) => output.warn(&format!("saved, but not verified: {failure}")),
        None => {}
    }
    Ok(level)
}

impl Done {
    /// The result: a sentence and the next command on a terminal, the name alone in a pipe.
    pub(super) fn report(&self, plan: &Plan, output: Output) -> anyhow::Result<()> {
        let sentence = self.sentence(plan);
        if output.is_json() {
            output.say(&sentence);
            output.document(&self.document(&plan.store))?;
        } else if output.is_on_terminal() {
            output.success(&sentence)?;
        } else {
            output.say(&sentence);
            output.line(&harmless(self.name()))?;
        }
        if self.level == AccessLevel::Read {
            let name = Some(self.name()).filter(|name| !name.is_empty());
            let login = command::login("", name, &plan.server, &plan.store);
            checking::read_only(&self.account, &login, output);
        } else if output.is_on_terminal() && !output.is_json() {
            let has_others = plan
                .store
                .read()
                .is_ok_and(|all| all.is_some_and(|all| all.len() > 1));
            let next = command::tweet(&self.account, has_others, &plan.store);
            output.say(&format!("  Next: {next}"));
        }
        Ok(())
    }

    fn sentence(&self, plan: &Plan) -> String {
        let level = match self.level {
            AccessLevel::Unknown => "",
            AccessLevel::Read => " (read-only)",
            _ => " (read and write)",
        };
        let name = self.account.label();
        format!(
            "Logged in as {name}{level}, saved in {}",
            plan.store.shown()
        )
    }

    fn name(&self) -> &str {
        let account = &self.account;
        let name = account
            .screen_name
            .as_deref()
            .or(account.user_id.as_deref());
        name.unwrap_or("")
    }

    /// Reports one of several accounts, without the next step.
    pub(super) fn brief(&self, plan: &Plan, output: Output) -> anyhow::Result<()> {
        if output.is_on_terminal() {
            return output.success(&self.sentence(plan));
        }
        output.line(&harmless(self.name()))
    }

    pub(super) fn document(&self, store: &Store) -> Value {
        json!({
            "screen_name": self.account.screen_name,
            "user_id": self.account.user_id,
            "access_level": self.level.word(),
            "creds": store.path().display().to_string(),
            "server": self.account.server.to_string(),
        })
    }
}
