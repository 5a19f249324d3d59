//! Checks the credentials with their server: apps, accounts, and access levels.

use super::report::{Check, Report};
use super::{Call, whose};
use crate::account::{Account, Credentials, Server};
use crate::api::AccessLevel;
use crate::client::{Client, Settings, Signer};
use crate::commands::checking::{self, State};
use crate::error::{Class, Failure, Kind};
use crate::oauth;
use crate::output::Output;

/// Checks each consumer pair.
pub(super) async fn apps(
    http: &Client,
    accounts: &[&Account],
    call: &Call,
    report: &mut Report,
) -> anyhow::Result<()> {
    let mut asked: Vec<&Credentials> = Vec::new();
    for account in accounts {
        if asked.contains(&&account.client) {
            continue;
        }
        asked.push(&account.client);
        let sharing = accounts.iter().filter(|it| it.client == account.client);
        let others = sharing.count() > 1;
        let finding =
            match oauth::app_token(http, Signer::of_app(&account.server, &account.client)).await {
                Ok(_) => Check::ok("app", "the server accepts the API Key and API Key Secret"),
                Err(failure) if failure.kind.class() == Class::Refused => Check::problem(
                    "app",
                    failure.kind,
                    format!("{}{}", whose(account, call), failure.reason),
                    call.new_app(account, others),
                ),
                // Not every app may use this endpoint; the accounts' checks decide.
                Err(failure) if failure.kind.class() == Class::Rejected => Check::skipped(
                    "app",
                    format!("could not check the app: {}", failure.reason),
                ),
                Err(failure) => Check::failure("app", &failure),
            };
        report.add(if others { finding } else { finding.of(account) })?;
    }
    Ok(())
}

/// Checks each account that has a token.
pub(super) async fn accounts(
    accounts: &[&Account],
    settings: &Settings,
    call: &Call,
    output: Output,
    report: &mut Report,
) -> anyhow::Result<()> {
    let with_token: Vec<&Account> = accounts
        .iter()
        .filter(|account| account.token.is_some())
        .copied()
        .collect();
    if with_token.is_empty() {
        report.add(Check::skipped("account", "there is no access token"))?;
        return report.add(Check::skipped("level", "there is no access token"));
    }
    let findings = checking::check_all(&with_token, settings, output).await;
    for (account, found) in with_token.iter().zip(&findings) {
        let level = found.access_level();
        report.add(account_check(account, found, call).of(account))?;
        let level = if found.failure.is_none() {
            level_check(account, level, call)
        } else {
            Check::skipped("level", format!("{}unknown", whose(account, call)))
        };
        report.add(level.of(account))?;
    }
    Ok(())
}

fn account_check(account: &Account, found: &checking::Finding, call: &Call) -> Check {
    let name = found
        .identity
        .as_ref()
        .map(|identity| identity.screen_name.as_str());
    match &found.failure {
        Some(failure) => {
            let failure = call.about(account).complete(failure.clone());
            let failure = Failure {
                reason: format!("{}{}", whose(account, call), failure.reason),
                hint: Some(fix(account, &failure, call)),
                ..failure
            };
            Check::failure("account", &failure)
        }
        None if found.state == State::Renamed => Check::warning(
            "account",
            format!(
                "{} is now called @{}",
                account.label(),
                name.unwrap_or_default()
            ),
            call.invocation.command("verify --update"),
        ),
        None => Check::ok(
            "account",
            format!(
                "the token works and belongs to @{}",
                name.unwrap_or_default()
            ),
        ),
    }
}

/// The command that fixes it, else the step.
fn fix(account: &Account, failure: &Failure, call: &Call) -> String {
    match (failure.kind, &failure.hint) {
        (Kind::BadConsumerKey, _) => call.new_app(account, false),
        (Kind::BadToken | Kind::Refused | Kind::BadAuthentication | Kind::WrongAccount, _)
        | (_, None) => call.about(account).login(),
        (_, Some(hint)) => hint.clone(),
    }
}

fn level_check(account: &Account, level: AccessLevel, call: &Call) -> Check {
    let whose = whose(account, call);
    match level {
        AccessLevel::Read => Check::warning(
            "level",
            format!("{whose}read-only: it cannot post"),
            format!(
                "{}, then {}",
                allow_writing(&account.server),
                call.about(account).relogin()
            ),
        ),
        AccessLevel::Unknown => Check::skipped(
            "level",
            format!("{whose}the server does not say whether it can post"),
        ),
        level => Check::ok("level", format!("{whose}{level}: it can post")),
    }
}

/// The change needed at the server before a login gives a token that can post.
fn allow_writing(server: &Server) -> String {
    match server {
        Server::Other(url) => format!("give the app write permission at {url}"),
        Server::X | Server::Sandbox => {
            "set the app to Read and write (console.x.com, User authentication settings) and save"
                .to_owned()
        }
    }
}
