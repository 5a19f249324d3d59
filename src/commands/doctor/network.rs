//! What a server has to say: whether it is reached, its clock, the app, the accounts and what they may do.

use std::time::Duration;

use super::report::{Finding, Report};
use super::{Call, whose};
use crate::account::{Account, Credentials, Server};
use crate::api::{self, AccessLevel};
use crate::client::{Client, Settings};
use crate::commands::connection;
use crate::commands::verify::{self, State};
use crate::error::{Failure, Kind};
use crate::harmless::harmless;
use crate::oauth;
use crate::output::Output;
use crate::refusal::clock_difference;

/// The most that looking up a name may take.
const LOOKUP: Duration = Duration::from_secs(10);

/// A clock further off than this many seconds will lead to refusals sooner or later.
const NOTABLE: u64 = 60;
/// A clock further off than this is the likely cause of a refusal; X does not say what it tolerates.
const REFUSED: u64 = 240;

/// Asks each server of the accounts; where there is no account, whether `fallback` can be reached.
pub(super) async fn check(
    accounts: &[&Account],
    fallback: &Server,
    settings: &Settings,
    call: &Call,
    output: Output,
    report: &mut Report,
) -> anyhow::Result<()> {
    let mut servers: Vec<&Server> = Vec::new();
    for account in accounts {
        if !servers.contains(&&account.server) {
            servers.push(&account.server);
        }
    }
    if servers.is_empty() {
        servers.push(fallback);
    }
    for server in servers {
        let here: Vec<&Account> = accounts
            .iter()
            .filter(|account| account.server == *server)
            .copied()
            .collect();
        if !reach(server, settings, &here, call, report).await? {
            for check in ["app", "account", "level"] {
                report.add(Finding::skipped(check, "the server was not asked"))?;
            }
            continue;
        }
        if here.is_empty() {
            for check in ["app", "account", "level"] {
                report.add(Finding::skipped(
                    check,
                    "there are no usable keys to ask with",
                ))?;
            }
            continue;
        }
        about_accounts(&here, settings, call, output, report).await?;
    }
    Ok(())
}

/// Proxy, name, TLS, clock and apps; whether the server can be asked about accounts.
async fn reach(
    server: &Server,
    settings: &Settings,
    accounts: &[&Account],
    call: &Call,
    report: &mut Report,
) -> anyhow::Result<bool> {
    let connection = match connection::connect(server, settings.clone()).await {
        Ok(connection) => connection,
        Err(failure) => {
            report.add(Finding::failure(place(failure.kind), &failure))?;
            return Ok(false);
        }
    };
    let http = &connection.http;
    report.add(Finding::ok(
        "proxy",
        match http.proxy_variable() {
            Some(name) => format!("the proxy in {name} is used"),
            None => "none is used".to_owned(),
        },
    ))?;
    if let Some(finding) = name(http).await {
        let failed = finding.is_problem();
        report.add(finding)?;
        if failed {
            return Ok(false);
        }
    }
    let reply = match api::greeting(http).await {
        Ok(reply) => reply,
        Err(failure) => {
            report.add(Finding::failure(place(failure.kind), &failure))?;
            return Ok(false);
        }
    };
    let shown = match server {
        Server::Sandbox => "the sandbox inside twauth".to_owned(),
        other => other.to_string(),
    };
    report.add(Finding::ok("connection", format!("{shown} answers")))?;
    report.add(Finding::ok(
        "tls",
        if http.base().starts_with("https:") {
            "its certificate is trusted"
        } else {
            "none: plain http that stays on this machine"
        },
    ))?;
    report.add(clock(reply.clock_ahead()))?;
    apps(http, accounts, call, report).await?;
    Ok(true)
}

/// The check that a failure to get a reply belongs to.
fn place(kind: Kind) -> &'static str {
    match kind {
        Kind::Proxy => "proxy",
        Kind::NameNotResolved => "name",
        Kind::Certificate => "tls",
        _ => "connection",
    }
}

/// Looks the server's name up, where that is done here.
async fn name(http: &Client) -> Option<Finding> {
    let (name, port) = http.name()?;
    let found = tokio::time::timeout(LOOKUP, tokio::net::lookup_host((name, port))).await;
    let count = found.ok().and_then(Result::ok).map_or(0, Iterator::count);
    Some(if count > 0 {
        Finding::ok("name", format!("{name} has {count} addresses"))
    } else {
        Finding::problem(
            "name",
            Kind::NameNotResolved,
            format!("the name {name} could not be looked up"),
            format!("nslookup {name}; nothing works until the network answers that"),
        )
    })
}

fn clock(ahead: Option<i64>) -> Finding {
    let Some(ahead) = ahead else {
        return Finding::skipped("clock", "the server does not tell the time");
    };
    let command = if cfg!(target_os = "macos") {
        "sudo sntp -sS time.apple.com"
    } else if cfg!(windows) {
        "w32tm /resync"
    } else {
        "sudo timedatectl set-ntp true"
    };
    let words = clock_difference(ahead);
    match ahead.unsigned_abs() {
        0..=NOTABLE => Finding::ok("clock", "it agrees with the server's"),
        off if off < REFUSED => Finding::warning("clock", words, command),
        _ => Finding::problem("clock", Kind::ClockSkew, words, command),
    }
}

/// Asks about each consumer pair alone.
async fn apps(
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
        let finding = match oauth::app_token(http, &account.client).await {
            Ok(_) => Finding::ok("app", "the server knows the consumer key and its secret"),
            Err(failure) if failure.kind.exit_code() == Kind::BadConsumerKey.exit_code() => {
                Finding::problem(
                    "app",
                    failure.kind,
                    format!("{}{}", whose(account, call), failure.reason),
                    format!(
                        "{} --consumer-key KEY, with the API Key from Keys & Tokens at console.x.com",
                        call.login(account)
                    ),
                )
            }
            // Not every server has this endpoint, nor is it open to every app; the accounts will tell.
            Err(failure) if failure.kind.exit_code() == Kind::Forbidden.exit_code() => {
                Finding::skipped(
                    "app",
                    format!("it could not be asked about: {}", failure.reason),
                )
            }
            Err(failure) => Finding::failure("app", &failure),
        };
        report.add(finding)?;
    }
    Ok(())
}

/// Asks about each account that has a token.
async fn about_accounts(
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
    let findings = verify::check_all(&with_token, settings, output).await;
    for (account, found) in with_token.iter().zip(&findings) {
        let level = found.access_level();
        report.add(account_finding(account, found, call))?;
        if found.failure.is_none() {
            report.add(level_finding(account, level, call))?;
        } else {
            report.add(Finding::skipped(
                "level",
                format!("{}it is not known", whose(account, call)),
            ))?;
        }
    }
    Ok(())
}

fn account_finding(account: &Account, found: &verify::Finding, call: &Call) -> Finding {
    let name = found
        .identity
        .as_ref()
        .map(|identity| identity.screen_name.as_str());
    match &found.failure {
        Some(failure) => {
            let failure = Failure {
                reason: format!("{}{}", whose(account, call), failure.reason),
                hint: Some(mending(account, failure, call)),
                ..failure.clone()
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
            format!("twauth verify --update{}", call.options),
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
        (Kind::BadToken | Kind::Refused | Kind::BadAuthentication | Kind::WrongAccount, _)
        | (_, None) => call.login(account),
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
                "set the app to Read and write (console.x.com, User authentication settings), save, then {}",
                call.login(account)
            ),
        ),
        AccessLevel::Unknown => Finding::skipped(
            "level",
            format!("{whose}the server does not say whether it can post"),
        ),
        level => Finding::ok("level", format!("{whose}{level}: it can post")),
    }
}
