//! `verify`: whose credentials are these, and do they still work?

use std::process::ExitCode;

use serde_json::{Value, json};

use super::checking::{Finding, State, check_all, read_only};
use super::connection;
use super::sources::{self, Accounts};
use crate::account::Account;
use crate::cli::Verify;
use crate::error::{Class, Failure, Kind};
use crate::output::{Output, described};
use crate::store::Store;
use crate::terminal::text::harmless;

pub(super) async fn run(arguments: &Verify, output: Output) -> anyhow::Result<ExitCode> {
    let accounts = sources::load(&arguments.source, &arguments.network, output)?;
    accounts.warn_of_others(output);
    if arguments.update {
        store_of(&accounts)?.prepare(true).await?;
    }
    let settings = connection::settings(&arguments.network, output)?;
    let chosen = accounts.chosen()?;
    let findings = check_all(&chosen, &settings, output).await;
    if arguments.update {
        update(&accounts, &chosen, &findings, output).await?;
    }
    report(&chosen, findings, arguments.update, output)
}

/// The file that `--update` writes.
fn store_of(accounts: &Accounts) -> Result<&Store, Failure> {
    accounts.file().ok_or_else(|| {
        Failure::new(Kind::Usage, "--update needs a credentials file to write to")
            .hint("name one with --creds FILE")
    })
}

/// Writes names and ids that the file lacks or that have changed.
async fn update(
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
    let update = store.update(true, |document| {
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
    });
    let saved = update.await?;
    output.say(&format!("{}: {} updated", store.shown(), changes.len()));
    for remark in saved.remarks() {
        output.warn(remark);
    }
    Ok(())
}

/// One line or one JSON entry for each account; the exit code that fits them all.
fn report(
    chosen: &[&Account],
    findings: Vec<Finding>,
    updates: bool,
    output: Output,
) -> anyhow::Result<ExitCode> {
    let classes: Vec<Class> = findings
        .iter()
        .filter_map(|finding| finding.failure.as_ref())
        .map(|failure| failure.kind.class())
        .collect();
    let exit_code = Class::common(&classes).map_or(0, Class::exit_code);
    if output.is_json() {
        let entries: Vec<Value> = chosen
            .iter()
            .zip(findings)
            .map(|(account, finding)| entry(account, finding))
            .collect();
        output.document(&entries)?;
        return Ok(ExitCode::from(exit_code));
    }
    let alone = chosen.len() == 1;
    for (account, finding) in chosen.iter().zip(findings) {
        let name = finding
            .identity
            .as_ref()
            .map(|identity| identity.screen_name.as_str());
        let shown = harmless(
            name.or(account.screen_name.as_deref())
                .or(account.user_id.as_deref())
                .unwrap_or("-"),
        );
        if !alone {
            output.line(&format!(
                "{shown}\t{}\t{}",
                finding.state.word(),
                finding.access_level()
            ))?;
        } else if finding.failure.is_none() {
            output.line(&shown)?;
        }
        remark(account, &finding, updates, output);
        if let Some(failure) = finding.failure {
            output.complain(
                &anyhow::Error::new(failure)
                    .context(format!("could not verify {}", harmless(&account.label()))),
            );
        }
    }
    Ok(ExitCode::from(exit_code))
}

/// Words about an account that works, where there is something to know.
fn remark(account: &Account, finding: &Finding, updates: bool, output: Output) {
    match finding.state {
        State::ReadOnly => read_only(output),
        State::Renamed if !updates => {
            output.warn(&format!(
                "{} has a new name; `twauth verify --update` writes it down",
                harmless(&account.label())
            ));
        }
        _ => {}
    }
}

fn entry(account: &Account, finding: Finding) -> Value {
    let level = finding.access_level().word();
    let (name, id) = finding
        .identity
        .map(|identity| (identity.screen_name, identity.user_id))
        .unzip();
    json!({
        "screen_name": name.or_else(|| account.screen_name.clone()),
        "user_id": id.or_else(|| account.user_id.clone()),
        "state": finding.state.word(),
        "access_level": level,
        "stored_screen_name": account.screen_name,
        "error": finding.failure.map(|failure| described(&failure.into())),
    })
}
