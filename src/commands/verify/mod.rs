//! `verify`: whose credentials are these, and do they still work?

mod check;
mod report;

use std::process::ExitCode;

use anyhow::Context as _;

pub(super) use check::{Finding, State, check, check_all};
pub(super) use report::read_only;

use super::accounts::{self, Accounts};
use super::{connection, saved};
use crate::account::Account;
use crate::cli::Verify;
use crate::error::{Failure, Kind};
use crate::output::Output;
use crate::store::Store;

pub(super) async fn run(
    arguments: &Verify,
    verbosity: u8,
    output: Output,
) -> anyhow::Result<ExitCode> {
    let outcome = verify(arguments, verbosity, output).await;
    outcome.context("could not verify")
}

async fn verify(arguments: &Verify, verbosity: u8, output: Output) -> anyhow::Result<ExitCode> {
    let accounts = accounts::load(&arguments.source, &arguments.network, verbosity)?;
    if arguments.update {
        store_of(&accounts)?.prepare(true)?;
    }
    let settings = connection::settings(&arguments.network, verbosity, output)?;
    let chosen = accounts.chosen()?;
    let findings = check_all(&chosen, &settings, output).await;
    if arguments.update {
        update(&accounts, &chosen, &findings, output)?;
    }
    report::report(&chosen, findings, arguments.update, output)
}

/// The file that `--update` writes.
fn store_of(accounts: &Accounts) -> Result<&Store, Failure> {
    accounts.file().ok_or_else(|| {
        Failure::new(Kind::Usage, "--update needs a credentials file to write to")
            .hint("name one with --creds FILE")
    })
}

/// Writes names and ids that the file lacks or that have changed.
fn update(
    accounts: &Accounts,
    chosen: &[&Account],
    findings: &[Finding],
    output: Output,
) -> anyhow::Result<()> {
    let store = store_of(accounts)?;
    let mut changes: Vec<Account> = Vec::new();
    for (account, finding) in chosen.iter().zip(findings) {
        let Some(identity) = finding
            .identity
            .as_ref()
            .filter(|_| finding.failure.is_none())
        else {
            continue;
        };
        let labelled = Account {
            screen_name: Some(identity.screen_name.clone()),
            user_id: Some(identity.user_id.clone()),
            ..(*account).clone()
        };
        if labelled != **account {
            changes.push(labelled);
        }
    }
    if changes.is_empty() {
        return Ok(());
    }
    let saved = store.update(true, |document| {
        let Some(mut document) = document else {
            return Ok(None);
        };
        for change in &changes {
            let place = document
                .accounts()
                .position(|account| account.token == change.token);
            if let Some(place) = place {
                document.set(place, change.clone());
            }
        }
        Ok(Some(document))
    })?;
    output.say(&format!("{}: {} updated", store.shown(), changes.len()));
    saved::tell(&saved, output);
    Ok(())
}
