//! The report of a finished login.

use anyhow::Context as _;
use serde_json::{Value, json};

use super::plan::{Plan, command};
use super::token::Authorized;
use crate::account::{Account, Server};
use crate::api::AccessLevel;
use crate::client::Client;
use crate::commands::checking::{self, Finding};
use crate::commands::sources::invocation::{is_default, network_of};
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
    plan: &Plan<'_>,
    (mut unsaved, finding): Authorized,
    output: Output,
) -> anyhow::Result<Done> {
    unsaved.save(plan, output).await?;
    let account = unsaved.account().clone();
    let level = if plan.options.no_verify {
        AccessLevel::Unknown
    } else {
        let finding = match finding {
            Some(finding) => finding,
            None => checking::check(http, &account).await,
        };
        confirm(finding, output)?
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
    pub(super) fn report(&self, plan: &Plan<'_>, output: Output) -> anyhow::Result<()> {
        if output.is_json() {
            output.say(&self.sentence(plan));
            output.document(&self.document(&plan.store))?;
        } else {
            if !output.is_on_terminal() {
                output.say(&self.sentence(plan));
            }
            self.brief(plan, output)?;
        }
        if self.level == AccessLevel::Read {
            let login = command("login", self.account.name(), &plan.server, &plan.store);
            checking::read_only(&self.account, &format!("`{login}`"), output);
        } else if output.is_on_terminal() && !output.is_json() {
            output.say(&format!("  Next: {}", self.next(plan)));
        }
        Ok(())
    }

    /// Reports one of several accounts, without the next step.
    pub(super) fn brief(&self, plan: &Plan<'_>, output: Output) -> anyhow::Result<()> {
        if output.is_on_terminal() {
            return output.success(&self.sentence(plan));
        }
        match self.account.name() {
            Some(name) => output.line(&harmless(name)),
            None => Ok(()),
        }
    }

    fn sentence(&self, plan: &Plan<'_>) -> String {
        let level = match self.level {
            AccessLevel::Unknown => "",
            AccessLevel::Read => " (read-only)",
            _ => " (read and write)",
        };
        let (name, file) = (self.account.label(), plan.store.shown());
        format!("Logged in as {name}{level}, saved in {file}")
    }

    /// The command that posts as the new account.
    fn next(&self, plan: &Plan<'_>) -> String {
        let has_others = matches!(plan.store.read(), Ok(Some(all)) if all.len() > 1);
        let name = self.account.screen_name.as_deref().filter(|_| has_others);
        let server = match plan.server {
            Server::Sandbox if is_default(&plan.store, &network_of(&plan.server)) => {
                &Server::Sandbox
            }
            // The account in the file names it.
            _ => &Server::X,
        };
        format!("{} \"hello\"", command("tweet", name, server, &plan.store))
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
