//! `verify`: checks that saved credentials still work, and which account they belong to.

mod report;

use std::process::ExitCode;

use super::checking::{Finding, check_all};
use super::connection;
use super::sources::{self, Accounts};
use crate::account::Account;
use crate::cli::Verify;
use crate::error::Failure;
use crate::output::Output;
use crate::store::Store;

pub(super) async fn run(arguments: &Verify, output: Output) -> anyhow::Result<ExitCode> {
    let settings = connection::settings(&arguments.network, output)?;
    let accounts = sources::load(&arguments.source, &arguments.network, output)?;
    accounts.warn_of_others(output);
    if arguments.update {
        store_of(&accounts)?.prepare(true).await?;
    }
    let chosen = accounts.chosen()?;
    let findings = check_all(&chosen, &settings, output).await;
    let mut results: Vec<(&Account, Finding)> = chosen.into_iter().zip(findings).collect();
    if arguments.update {
        update(store_of(&accounts)?, &results, output).await?;
    }
    if arguments.can_post {
        for (_, finding) in &mut results {
            finding.refuse_read_only();
        }
    }
    let invocation = accounts.invocation(&arguments.network);
    report::report(&results, arguments.update, &invocation, output)
}

/// The file that `--update` writes.
fn store_of(accounts: &Accounts) -> Result<&Store, Failure> {
    accounts.file().ok_or_else(|| {
        Failure::usage("--update needs a credentials file to write to")
            .hint("name one with --creds FILE")
    })
}

/// Writes names and ids that are missing or have changed to the file.
async fn update(
    store: &Store,
    results: &[(&Account, Finding)],
    output: Output,
) -> anyhow::Result<()> {
    let labelled = results.iter().filter_map(|(account, finding)| {
        let identity = finding.identity.as_ref()?;
        let labelled = Account {
            screen_name: Some(identity.screen_name.clone()),
            user_id: Some(identity.user_id.clone()),
            ..(*account).clone()
        };
        (finding.failure.is_none() && labelled != **account).then_some(labelled)
    });
    let changes: Vec<Account> = labelled.collect();
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
