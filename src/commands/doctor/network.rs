//! Checks each server of the accounts: proxy, name, TLS and clock.

use std::time::Duration;

use super::report::{Check, Report};
use super::{Call, credentials};
use crate::account::{Account, Server};
use crate::api;
use crate::blocking;
use crate::client::{Client, Settings};
use crate::commands::connection;
use crate::error::Kind;
use crate::output::Output;
use crate::refusal::clock_difference;

/// The time limit for resolving a name.
const LOOKUP: Duration = Duration::from_secs(10);

/// A clock wrong by more than this, in seconds, will cause rejections sooner or later.
const NOTABLE: u64 = 60;
/// A clock wrong by more than this, in seconds, is the likely cause of a rejection; X does not document its limit.
const REFUSED: u64 = 240;

/// Checks each server of the accounts; without an account, checks that `fallback` can be reached.
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
                report.add(Check::skipped(check, "the server was not checked"))?;
            }
            continue;
        }
        if here.is_empty() {
            for check in ["app", "account", "level"] {
                report.add(Check::skipped(check, "there are no usable keys"))?;
            }
            continue;
        }
        credentials::accounts(&here, settings, call, output, report).await?;
    }
    Ok(())
}

/// Checks proxy, name, TLS, clock and apps; returns whether the server can be asked about accounts.
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
            report.add(Check::failure(place(failure.kind), &failure))?;
            return Ok(false);
        }
    };
    let http = &connection.http;
    report.add(Check::ok(
        "proxy",
        match http.proxy_variable() {
            Some(name) => format!("using the proxy in {name}"),
            None => "no proxy".to_owned(),
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
            report.add(Check::failure(place(failure.kind), &failure))?;
            return Ok(false);
        }
    };
    let shown = match server {
        Server::Sandbox => "the sandbox inside twauth".to_owned(),
        other => other.to_string(),
    };
    report.add(Check::ok("connection", format!("{shown} answers")))?;
    report.add(Check::ok(
        "tls",
        if http.base().starts_with("https:") {
            "the certificate is trusted"
        } else {
            "not needed: plain http on this machine"
        },
    ))?;
    report.add(clock(reply.clock_ahead()))?;
    // The check sends the secret itself, where a signature would only prove it.
    if matches!(server, Server::X | Server::Sandbox) {
        credentials::apps(http, accounts, call, report).await?;
    } else {
        report.add(Check::skipped(
            "app",
            "not checked: the check would send the consumer secret itself, which twauth sends to X only",
        ))?;
    }
    Ok(true)
}

/// The check to which a failure to get a reply belongs.
fn place(kind: Kind) -> &'static str {
    match kind {
        Kind::Proxy | Kind::BadProxy => "proxy",
        Kind::NameNotResolved => "name",
        Kind::Certificate | Kind::BadCertificateStore => "tls",
        _ => "connection",
    }
}

/// Resolves the server's name, if this machine has to.
async fn name(http: &Client) -> Option<Check> {
    let (name, port) = http.name()?;
    let found = tokio::time::timeout(LOOKUP, blocking::addresses(name.to_owned(), port)).await;
    let count = found
        .ok()
        .and_then(Result::ok)
        .map_or(0, |found| found.len());
    Some(if count > 0 {
        Check::ok("name", format!("{name} has {count} addresses"))
    } else {
        Check::problem(
            "name",
            Kind::NameNotResolved,
            format!("could not resolve {name}"),
            format!("nslookup {name}"),
        )
    })
}

fn clock(ahead: Option<i64>) -> Check {
    let Some(ahead) = ahead else {
        return Check::skipped("clock", "the server's reply has no date");
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
        0..=NOTABLE => Check::ok("clock", "in sync with the server"),
        off if off < REFUSED => Check::warning("clock", words, command),
        _ => Check::problem("clock", Kind::ClockSkew, words, command),
    }
}
