//! What a server says of the credentials: the apps, the accounts and what they may do.

use super::report::{Finding, Report};
use super::{Call, whose};
use crate::account::{Account, Credentials, Server};
use crate::api::AccessLevel;
use crate::client::{Client, Settings, Signer};
use crate::commands::checking::{self, State};
use crate::error::{Class, Failure, Kind};
use crate::oauth;
use crate::output::Output;
use crate::terminal::text::harmless;

/// Asks about each consumer pair alone.
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
                Ok(_) => Finding::ok("app", "the server knows the consumer key and its secret"),
                Err(failure) if failure.kind.class() == Class::Refused => Finding::problem(
                    "app",
                    failure.kind,
                    format!("{}{}", whose(account, call), failure.reason),
                    call.new_app(account, others),
                ),
                // Not every app may use this endpoint; the accounts will tell.
                Err(failure) if failure.kind.class() == Class::Rejected => Finding::skipped(
                    "app",
                    format!("it could not be asked about: {}", failure.reason),
                ),
                Err(failure) => Finding::failure("app", &failure),
            };
        report.add(if others { finding } else { finding.of(account) })?;
    }
    Ok(())
}

/// Asks about each account that has a token.
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
        report.add(Finding::skipped(
            "account",
            "there is no access token to ask with",
        ))?;
        return report.add(Finding::skipped(
            "level",
            "there is no access token to ask with",
        ));
    }
    let findings = checking::check_all(&with_token, settings, output).await;
    for (account, found) in with_token.iter().zip(&findings) {
        let level = found.access_level();
        report.add(account_finding(account, found, call).of(account))?;
        let level = if found.failure.is_none() {
            level_finding(account, level, call)
        } else {
            Finding::skipped("level", format!("{}it is not known", whose(account, call)))
        };
        report.add(level.of(account))?;
    }
    Ok(())
}

fn account_finding(account: &Account, found: &checking::Finding, call: &Call) -> Finding {
    let name = found
        .identity
        .as_ref()
        .map(|identity| identity.screen_name.as_str());
    match &found.failure {
        Some(failure) => {
            let failure = call.about(account).complete(failure.clone());
            let failure = Failure {
                reason: format!("{}{}", whose(account, call), failure.reason),
                hint: Some(mending(account, &failure, call)),
                ..failure
            };
            Finding::failure("account", &failure)
        }
        None if found.state == State::Renamed => Finding::warning(
            "account",
            format!(
                "{} is now called @{}",
                harmless(&account.label()),
                name.unwrap_or_default()
            ),
            call.invocation.command("verify --update"),
        ),
        None => Finding::ok(
            "account",
            format!(
                "the token works and belongs to @{}",
                name.unwrap_or_default()
            ),
        ),
    }
}

/// The command where one mends it, else the step.
fn mending(account: &Account, failure: &Failure, call: &Call) -> String {
    match (failure.kind, &failure.hint) {
        (Kind::BadConsumerKey, _) => call.new_app(account, false),
        (Kind::BadToken | Kind::Refused | Kind::BadAuthentication | Kind::WrongAccount, _)
        | (_, None) => call.about(account).login(),
        (_, Some(hint)) => hint.clone(),
    }
}

fn level_finding(account: &Account, level: AccessLevel, call: &Call) -> Finding {
    let whose = whose(account, call);
    match level {
        AccessLevel::Read => Finding::warning(
            "level",
            format!("{whose}read: it cannot post"),
            format!(
                "{}, then {}",
                let_write(&account.server),
                call.about(account).relogin()
            ),
        ),
        AccessLevel::Unknown => Finding::skipped(
            "level",
            format!("{whose}the server does not say whether it can post"),
        ),
        level => Finding::ok("level", format!("{whose}{level}: it can post")),
    }
}

/// What has to be changed at the server before a login can get a token that posts.
fn let_write(server: &Server) -> String {
    match server {
        Server::Other(url) => format!("let the app write, at {url}"),
        Server::X | Server::Sandbox => {
            "set the app to Read and write (console.x.com, User authentication settings) and save"
                .to_owned()
        }
    }
}
