//! `login`: from a consumer pair to a saved, verified account.

mod authorization;
mod consumer_pair;
mod plan;
mod saving;

use std::process::ExitCode;

use anyhow::Context as _;
use serde_json::json;

use super::checking::{self, Finding};
use super::{connection, sources};
use crate::account::Account;
use crate::api::AccessLevel;
use crate::cli::Login;
use crate::client::Client;
use crate::error::{Class, Failure, Kind};
use crate::output::Output;
use crate::terminal::text::harmless;
use plan::Plan;
use saving::Unsaved;

pub(super) async fn run(arguments: &Login, output: Output) -> anyhow::Result<ExitCode> {
    let settings = connection::settings(&arguments.network, output)?;
    let plan = plan::plan(arguments, output).await?;
    let connection = connection::connect(&plan.server, settings).await?;
    let http = &connection.http;

    let granted = if arguments.with_token {
        authorization::existing_token().await?
    } else {
        authorization::authorize(http, &plan, output).await?
    };
    let account = Account {
        screen_name: granted.screen_name,
        user_id: granted.user_id,
        client: plan.client.clone(),
        token: Some(granted.token),
        server: plan.server.clone(),
    };

    let mut unsaved = Unsaved::new(&plan.store, account);
    let mut finding = None;
    if unsaved.account().screen_name.is_none() || unsaved.account().user_id.is_none() {
        finding = label(http, &plan, &mut unsaved, arguments, output).await?;
    }
    if let Err(failure) = plan.check_account(unsaved.account()) {
        unsaved.forget();
        return Err(failure.into());
    }
    save(&mut unsaved, &plan, output).await?;
    let account = unsaved.account();
    let level = if arguments.no_verify {
        AccessLevel::Unknown
    } else {
        let finding = match finding {
            Some(finding) => finding,
            None => checking::check(http, account).await,
        };
        confirm(finding, output)?
    };
    report(account, &plan, level, output)
}

/// Writes the account to the file; should another one have come into it meanwhile, a person is asked.
async fn save(unsaved: &mut Unsaved<'_>, plan: &Plan, output: Output) -> anyhow::Result<()> {
    match unsaved
        .save(plan.force, (plan.place, &plan.in_file), output)
        .await
    {
        Err(failure) if failure.kind == Kind::FileChanged && plan::can_ask(output) => {
            let in_file = plan.store.read()?.unwrap_or_default();
            let place = sources::ask_place(&plan.store, &in_file).await?;
            Ok(unsaved.save(plan.force, (place, &in_file), output).await?)
        }
        outcome => Ok(outcome?),
    }
}

/// Whose token it is, asked of the server where the token's reply did not say.
async fn label(
    http: &Client,
    plan: &Plan,
    unsaved: &mut Unsaved<'_>,
    arguments: &Login,
    output: Output,
) -> anyhow::Result<Option<Finding>> {
    if arguments.no_verify && plan.named.is_none() {
        return Ok(None);
    }
    let finding = checking::check(http, unsaved.account()).await;
    if let Some(identity) = &finding.identity {
        unsaved.label(identity.screen_name.clone(), identity.user_id.clone());
        output.say(&format!("the token belongs to @{}", identity.screen_name));
        return Ok(Some(finding));
    }
    let Some(failure) = &finding.failure else {
        return Ok(Some(finding));
    };
    let is_refused = is_refusal(failure);
    if arguments.with_token || (is_refused && plan.named.is_none()) {
        // Nothing is lost: the token was typed in, or is worth nothing.
        unsaved.forget();
    }
    if arguments.with_token || is_refused || plan.named.is_some() {
        return Err(failure.clone().into());
    }
    Ok(Some(finding))
}

/// What the one verification of a saved account found. Only a refusal makes the login a failure.
fn confirm(finding: Finding, output: Output) -> anyhow::Result<AccessLevel> {
    let level = finding.access_level();
    match finding.failure {
        Some(failure) if is_refusal(&failure) => {
            return Err(failure).context("the credentials are saved, but they do not work");
        }
        Some(failure) => output.warn(&format!("saved, but not verified: {failure}")),
        None => output.say(&format!("access level: {level}")),
    }
    if level == AccessLevel::Read {
        checking::read_only(output);
    }
    Ok(level)
}

fn is_refusal(failure: &Failure) -> bool {
    failure.kind.class() == Class::Refused
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
