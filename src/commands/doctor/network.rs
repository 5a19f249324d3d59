//! Checks each server of the accounts: proxy, name, TLS and clock.

use std::time::Duration;

use super::credentials;
use super::report::{Check, Report, without_doctor};
use crate::account::{Account, Server};
use crate::api;
use crate::blocking;
use crate::client::{Client, Settings};
use crate::commands::checking::servers;
use crate::commands::connection;
use crate::error::{Failure, Kind};
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
    report: &mut Report,
) -> anyhow::Result<()> {
    let mut servers = servers(accounts);
    if servers.is_empty() {
        servers.push(fallback);
    }
    for server in servers {
        let here = accounts.iter().filter(|it| it.server == *server);
        let here: Vec<&Account> = here.copied().collect();
        let unchecked = if !reach(server, settings, &here, report).await? {
            "the server was not checked"
        } else if here.is_empty() {
            "there are no usable keys"
        } else {
            credentials::accounts(&here, settings, report).await?;
            continue;
        };
        for check in ["app", "account", "level"] {
            report.add(Check::skipped(check, unchecked))?;
        }
    }
    Ok(())
}

/// Checks proxy, name, TLS, clock and apps; returns whether the server can be asked about accounts.
async fn reach(
    server: &Server,
    settings: &Settings,
    accounts: &[&Account],
    report: &mut Report,
) -> anyhow::Result<bool> {
    let connection = match connection::connect(server, settings.clone()).await {
        Ok(connection) => connection,
        Err(failure) => return unreached(failure, report),
    };
    let http = &connection.http;
    let proxy = match http.proxy_variable() {
        Some(name) => format!("using the proxy in {name}"),
        None => "no proxy".to_owned(),
    };
    report.add(Check::ok("proxy", proxy))?;
    if let Some(finding) = name(http).await {
        let is_resolved = !finding.is_problem();
        report.add(finding)?;
        if !is_resolved {
            return Ok(false);
        }
    }
    let reply = match api::greeting(http).await {
        Ok(reply) => reply,
        Err(failure) => return unreached(failure, report),
    };
    let shown = match server {
        Server::Sandbox => "the sandbox inside twauth".to_owned(),
        other => other.to_string(),
    };
    report.add(Check::ok("connection", format!("{shown} answers")))?;
    let tls = if http.base().starts_with("https:") {
        "the certificate is trusted"
    } else {
        "not needed: plain http on this machine"
    };
    report.add(Check::ok("tls", tls))?;
    report.add(clock(reply.clock_ahead()))?;
    // The check sends the secret itself, where a signature would only prove it.
    if accounts.is_empty() {
        return Ok(true);
    }
    if let Server::Other(_) = server {
        report.add(Check::skipped(
            "app",
            "not checked: the check would send the consumer secret itself, which twauth sends to X only",
        ))?;
    } else {
        credentials::apps(http, accounts, report).await?;
    }
    Ok(true)
}

fn unreached(failure: Failure, report: &mut Report) -> anyhow::Result<bool> {
    let failure = report.invocation.complete(without_doctor(failure));
    let check = match failure.kind {
        Kind::Proxy | Kind::BadProxy => "proxy",
        Kind::NameNotResolved => "name",
        Kind::Certificate | Kind::BadCertificateStore => "tls",
        _ => "connection",
    };
    report.add(Check::failure(check, &failure))?;
    Ok(false)
}

/// Resolves the server's name, if this machine has to.
async fn name(http: &Client) -> Option<Check> {
    let (name, port) = http.name()?;
    let found = tokio::time::timeout(LOOKUP, blocking::addresses(name.to_owned(), port)).await;
    Some(match found {
        Ok(Ok(found)) if !found.is_empty() => {
            Check::ok("name", format!("{name} has {} addresses", found.len()))
        }
        _ => {
            let (kind, reason) = (Kind::NameNotResolved, format!("could not resolve {name}"));
            Check::problem("name", kind, reason, format!("nslookup {name}"))
        }
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
