//! `login`: from a consumer pair to a saved, verified account.

mod dance;
mod gather;
mod save;

use std::process::ExitCode;

use anyhow::Context as _;
use serde_json::json;

use super::connection;
use super::verify::{self, State};
use crate::account::Account;
use crate::api::AccessLevel;
use crate::cli::Login;
use crate::client::Client;
use crate::error::{Failure, Kind};
use crate::harmless::harmless;
use crate::oauth::Granted;
use crate::output::Output;
use gather::Plan;
pub(super) use gather::{check_pair, looks_like_token};
use save::Unsaved;

pub(super) async fn run(
    arguments: &Login,
    verbosity: u8,
    output: Output,
) -> anyhow::Result<ExitCode> {
    let outcome = log_in(arguments, verbosity, output).await;
    outcome.map_err(|error| {
        if is_cancelled(&error) {
            error
        } else {
            error.context("could not log in")
        }
    })
}

async fn log_in(arguments: &Login, verbosity: u8, output: Output) -> anyhow::Result<ExitCode> {
    let settings = connection::settings(&arguments.network, verbosity, output)?;
    let plan = gather::plan(arguments, output).await?;
    let connection = connection::connect(&plan.server, settings).await?;
    let http = &connection.http;

    let granted = if arguments.with_token {
        dance::existing_token().await?
    } else {
        dance::authorize(http, &plan, output).await?
    };
    let account = Account {
        screen_name: granted.screen_name,
        user_id: granted.user_id,
        client: plan.client.clone(),
        token: Some(granted.token),
        server: plan.server.clone(),
    };

    let mut unsaved = Unsaved::new(&plan.store, account);
    if unsaved.account().screen_name.is_none() || unsaved.account().user_id.is_none() {
        label(http, &plan, &mut unsaved, arguments, output).await?;
    }
    if let Err(failure) = plan.check_account(unsaved.account()) {
        unsaved.forget();
        return Err(failure.into());
    }
    let account = unsaved.save(&plan, output)?;
    let level = if arguments.no_verify {
        AccessLevel::Unknown
    } else {
        confirm(http, &account, output).await?
    };
    report(&account, &plan, level, output)
}

/// Whose token it is, asked of the server where the token's reply did not say.
async fn label(
    http: &Client,
    plan: &Plan,
    unsaved: &mut Unsaved<'_>,
    arguments: &Login,
    output: Output,
) -> anyhow::Result<()> {
    if arguments.no_verify && plan.named.is_none() {
        return Ok(());
    }
    let finding = verify::check(http, unsaved.account()).await;
    match (finding.identity, finding.failure) {
        (Some(identity), _) => {
            unsaved.label(identity.screen_name, identity.user_id);
            Ok(())
        }
        (None, Some(failure)) => {
            let refused = failure.kind.exit_code() == Kind::Refused.exit_code();
            if arguments.with_token || (refused && plan.named.is_none()) {
                // Nothing is lost: the token was typed in, or is worth nothing.
                unsaved.forget();
            }
            if arguments.with_token || refused || plan.named.is_some() {
                return Err(failure.into());
            }
            output.warn(&format!(
                "the account could not be asked for its name: {failure}"
            ));
            Ok(())
        }
        (None, None) => Ok(()),
    }
}

/// Verifies the saved account once. Only a refusal makes the login a failure.
async fn confirm(http: &Client, account: &Account, output: Output) -> anyhow::Result<AccessLevel> {
    let finding = verify::check(http, account).await;
    let level = finding.access_level();
    match finding.failure {
        Some(failure) if finding.state == State::Refused => {
            return Err(failure).context("the credentials are saved, but they do not work");
        }
        Some(failure) => output.warn(&format!("saved, but not verified: {failure}")),
        None => output.say(&format!("access level: {level}")),
    }
    if level == AccessLevel::Read {
        output.read_only();
    }
    Ok(level)
}

fn report(
    account: &Account,
    plan: &Plan,
    level: AccessLevel,
    output: Output,
) -> anyhow::Result<ExitCode> {
    if output.is_json() {
        output.document(&json!({
            "screen_name": account.screen_name,
            "user_id": account.user_id,
            "access_level": level.word(),
            "creds": plan.store.path().display().to_string(),
            "server": account.server.to_string(),
        }))?;
    } else {
        let name = account
            .screen_name
            .as_deref()
            .or(account.user_id.as_deref())
            .unwrap_or("");
        output.line(&harmless(name))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn is_cancelled(error: &anyhow::Error) -> bool {
    error
        .downcast_ref::<Failure>()
        .is_some_and(|failure| failure.kind == Kind::Cancelled)
}

/// Token credentials that came without the dance.
fn granted(token: crate::account::Credentials) -> Granted {
    Granted {
        token,
        screen_name: None,
        user_id: None,
    }
}
