//! Each server of the accounts: the proxy, its name, TLS and clock, and what stops the questions to it.

use std::time::Duration;

use super::report::{Finding, Report};
use super::{Call, credentials};
use crate::account::{Account, Server};
use crate::api;
use crate::blocking;
use crate::client::{Client, Settings};
use crate::commands::connection;
use crate::error::Kind;
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
        credentials::accounts(&here, settings, call, output, report).await?;
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
            let failure = call.invocation.complete(failure);
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
            let failure = call.invocation.complete(failure);
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
    // The question sends the secret itself, where a signature would only prove it.
    if matches!(server, Server::X | Server::Sandbox) {
        credentials::apps(http, accounts, call, report).await?;
    } else {
        report.add(Finding::skipped(
            "app",
            "asking about it would send the consumer secret itself, which is done at X alone",
        ))?;
    }
    Ok(true)
}

/// The check that a failure to get a reply belongs to.
fn place(kind: Kind) -> &'static str {
    match kind {
        Kind::Proxy | Kind::BadProxy => "proxy",
        Kind::NameNotResolved => "name",
        Kind::Certificate | Kind::BadCertificateStore => "tls",
        _ => "connection",
    }
}

/// Looks the server's name up, where that is done here.
async fn name(http: &Client) -> Option<Finding> {
    let (name, port) = http.name()?;
    let found = tokio::time::timeout(LOOKUP, blocking::addresses(name.to_owned(), port)).await;
    let count = found
        .ok()
        .and_then(Result::ok)
        .map_or(0, |found| found.len());
    Some(if count > 0 {
        Finding::ok("name", format!("{name} has {count} addresses"))
    } else {
        Finding::problem(
            "name",
            Kind::NameNotResolved,
            format!("could not resolve {name}"),
            format!("nslookup {name}"),
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
        "w32tm /resync (in a terminal that runs as administrator)"
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
