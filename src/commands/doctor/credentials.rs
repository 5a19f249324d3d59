//! Checks the credentials with their server: apps, accounts, and access levels.

use super::report::{Check, Report, without_doctor};
use crate::account::{Account, Credentials, Server};
use crate::api::AccessLevel;
use crate::client::{Client, Settings, Signer};
use crate::commands::checking::{self, Finding, State};
use crate::error::{Class, Failure, Kind};
use crate::oauth;

/// Checks each consumer pair.
pub(super) async fn apps(
    http: &Client,
    accounts: &[&Account],
    report: &mut Report,
) -> anyhow::Result<()> {
    let mut asked: Vec<&Credentials> = Vec::new();
    for account in accounts {
        if asked.contains(&&account.client) {
            continue;
        }
        asked.push(&account.client);
        let mut sharing = accounts.iter().filter(|it| it.client == account.client);
        let is_shared = sharing.nth(1).is_some();
        let app = Signer::of_app(&account.server, &account.client);
        let finding = match oauth::app_token(http, app).await {
            Ok(_) => Check::ok("app", "the server accepts the API Key and API Key Secret"),
            Err(failure) if failure.kind.class() == Class::Refused => {
                let new = report.invocation.new_app(account, is_shared);
                Check::problem("app", failure.kind, failure.reason, new).naming(account, report)
            }
            // Not every app may use this endpoint; the accounts' checks decide.
            Err(failure) if failure.kind.class() == Class::Rejected => {
                let reason = format!("could not check the app: {}", failure.reason);
                Check::skipped("app", reason)
            }
            Err(failure) => Check::failure("app", &without_doctor(failure)),
        };
        report.add(if is_shared {
            finding
        } else {
            finding.of(account)
        })?;
    }
    Ok(())
}

/// Checks each account that has a token.
pub(super) async fn accounts(
    accounts: &[&Account],
    settings: &Settings,
    report: &mut Report,
) -> anyhow::Result<()> {
    let with_token = accounts.iter().filter(|account| account.token.is_some());
    let with_token: Vec<&Account> = with_token.copied().collect();
    if with_token.is_empty() {
        report.add(Check::skipped("account", "there is no access token"))?;
        return report.add(Check::skipped("level", "there is no access token"));
    }
    let findings = checking::check_all(&with_token, settings, report.output).await;
    for (account, found) in with_token.iter().zip(&findings) {
        report.add(account_check(account, found, report).of(account))?;
        let level = level_check(account, found, report);
        report.add(level.of(account).naming(account, report))?;
    }
    Ok(())
}

fn account_check(account: &Account, found: &Finding, report: &Report) -> Check {
    let name = found.identity.as_ref().map(|it| it.screen_name.as_str());
    let name = name.unwrap_or_default();
    match &found.failure {
        Some(failure) => {
            let invocation = report.invocation.about(account);
            let mut failure = invocation.complete(without_doctor(failure.clone()));
            failure.hint = Some(fix(account, &failure, report));
            Check::failure("account", &failure).naming(account, report)
        }
        None if found.state == State::Renamed => Check::warning(
            "account",
            format!("{} is now called @{name}", account.label()),
            report.invocation.command("verify --update"),
        ),
        None => Check::ok("account", format!("the token works and belongs to @{name}")),
    }
}

/// The command that fixes it, else the step.
fn fix(account: &Account, failure: &Failure, report: &Report) -> String {
    match (failure.kind, &failure.hint) {
        (Kind::BadConsumerKey, _) => report.invocation.new_app(account, false),
        (Kind::BadToken | Kind::Refused | Kind::BadAuthentication | Kind::WrongAccount, _)
        | (_, None) => report.invocation.about(account).login(),
        (_, Some(hint)) => hint.clone(),
    }
}

fn level_check(account: &Account, found: &Finding, report: &Report) -> Check {
    match found.access_level() {
        _ if found.failure.is_some() => Check::skipped("level", "unknown"),
        AccessLevel::Read => {
            let login = report.invocation.about(account).relogin();
            let steps = format!("{}, then {login}", allow_writing(&account.server));
            Check::warning("level", "read-only: it cannot post", steps)
        }
        AccessLevel::Unknown => {
            Check::skipped("level", "the server does not say whether it can post")
        }
        level => Check::ok("level", format!("{level}: it can post")),
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
