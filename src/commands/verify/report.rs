//! Reports the results of `verify` in lines, sentences or JSON; what many accounts share is reported once.

use std::io::{self, IsTerminal};
use std::process::ExitCode;

use serde_json::{Value, json};

use super::super::checking::{Finding, State, read_only_steps, servers};
use super::super::sources::invocation::Invocation;
use crate::account::Account;
use crate::api::AccessLevel;
use crate::error::{Class, Failure};
use crate::output::{Output, described};
use crate::terminal::text::harmless;

/// How many accounts a message names at most.
const NAMED: usize = 5;

/// Prints a line or JSON entry for each account; returns the common exit code.
pub(super) fn report(
    chosen: &[&Account],
    findings: Vec<Finding>,
    updates: bool,
    invocation: &Invocation,
    output: Output,
) -> anyhow::Result<ExitCode> {
    let failures = findings
        .iter()
        .filter_map(|finding| finding.failure.as_ref());
    let classes: Vec<Class> = failures.map(|failure| failure.kind.class()).collect();
    let exit_code = ExitCode::from(Class::common(&classes).map_or(0, Class::exit_code));
    if output.is_json() {
        let entries = chosen.iter().zip(findings);
        let entries: Vec<Value> = entries
            .map(|(account, finding)| {
                let invocation = invocation.about(account);
                entry(account, finding, &invocation)
            })
            .collect();
        output.document(&entries)?;
        return Ok(exit_code);
    }
    match (chosen, &*findings) {
        ([account], [finding]) => alone(account, finding, output)?,
        _ => lines(chosen, &findings, output)?,
    }
    remarks(chosen, &findings, updates, invocation, output);
    complaints(chosen, &findings, invocation, output);
    Ok(exit_code)
}

/// Reports one account: its name in a pipe, a sentence on a terminal.
fn alone(account: &Account, finding: &Finding, output: Output) -> anyhow::Result<()> {
    if finding.failure.is_some() {
        return Ok(());
    }
    let name = name(account, finding);
    if !io::stdout().is_terminal() {
        return output.line(&name);
    }
    let level = match finding.access_level() {
        AccessLevel::Read => " (read-only)",
        AccessLevel::ReadWrite => " (read and write)",
        AccessLevel::ReadWriteDirectMessages => " (read, write and direct messages)",
        AccessLevel::Unknown => "",
    };
    output.success(&format!("@{name}: credentials work{level}"))
}

/// Reports several accounts: name, state and access level, in columns on a terminal.
fn lines(chosen: &[&Account], findings: &[Finding], output: Output) -> anyhow::Result<()> {
    let findings = chosen.iter().zip(findings);
    let rows = findings.map(|(account, finding)| {
        let level = finding.access_level().to_string();
        let is_named = finding.identity.is_some() || account.screen_name.is_some();
        let at = if is_named && output.is_on_terminal() {
            "@"
        } else {
            ""
        };
        vec![
            format!("{at}{}", name(account, finding)),
            finding.state.word().to_owned(),
            level,
        ]
    });
    output.table(&["ACCOUNT", "STATE", "ACCESS"], &rows.collect::<Vec<_>>())
}

/// Warnings about accounts that work.
fn remarks(
    chosen: &[&Account],
    findings: &[Finding],
    updates: bool,
    invocation: &Invocation,
    output: Output,
) {
    let all = || chosen.iter().copied().zip(findings);
    let in_state = |state| all().filter(move |(_, finding)| finding.state == state);
    for server in servers(chosen) {
        let here = in_state(State::ReadOnly)
            .filter(|(account, finding)| account.server == *server && finding.failure.is_none());
        let here: Vec<&Account> = here.map(|(account, _)| account).collect();
        let read_only: Vec<String> = here.iter().map(|account| label(account)).collect();
        match &*read_only {
            [] => continue,
            [one] => output.warn(&format!("{one}'s token is read-only and cannot post")),
            many => output.warn(&format!(
                "the tokens of {} are read-only and cannot post",
                together(many)
            )),
        }
        let login = about_all(invocation, &here).login();
        read_only_steps(server, &login, output);
    }
    if updates {
        return;
    }
    let mut is_updatable = false;
    for (account, finding) in in_state(State::Renamed) {
        let who = label(account);
        output.warn(&format!(
            "{who} has a new name: @{}",
            name(account, finding)
        ));
        is_updatable = true;
    }
    is_updatable |= all().any(|(account, finding)| {
        finding.identity.is_some() && finding.failure.is_none() && account.screen_name.is_none()
    });
    if is_updatable {
        let update = invocation.command("verify --update");
        output.hint(&format!("save the names with `{update}`"));
    }
}

/// Reports each failure once, with its accounts.
fn complaints(chosen: &[&Account], findings: &[Finding], invocation: &Invocation, output: Output) {
    let mut groups: Vec<(&Failure, Vec<String>, Vec<&Account>)> = Vec::new();
    for (place, (account, finding)) in chosen.iter().zip(findings).enumerate() {
        let Some(failure) = &finding.failure else {
            continue;
        };
        let is_same = |other: &Failure| {
            other.kind == failure.kind
                && other.reason == failure.reason
                && other.hint == failure.hint
        };
        let who = match (&account.screen_name, &account.user_id) {
            (None, None) if chosen.len() > 1 => format!("account {} (unnamed)", place + 1),
            _ => label(account),
        };
        match groups.iter_mut().find(|(other, ..)| is_same(other)) {
            Some((_, names, accounts)) => {
                names.push(who);
                accounts.push(account);
            }
            None => groups.push((failure, vec![who], vec![account])),
        }
    }
    for (failure, names, accounts) in groups {
        let failure = about_all(invocation, &accounts).complete(failure.clone());
        let error = anyhow::Error::new(failure);
        output.complain(&error.context(format!("could not verify {}", together(&names))));
    }
}

/// A command for these accounts.
fn about_all(invocation: &Invocation, accounts: &[&Account]) -> Invocation {
    match accounts {
        [only] => invocation.about(only),
        _ => invocation.about_several(),
    }
}

/// The accounts by name; of many, the first ones and the total.
fn together(accounts: &[String]) -> String {
    match accounts {
        [first @ .., last] if !first.is_empty() && first.len() < NAMED => {
            format!("{} and {last}", first.join(", "))
        }
        [.., last] if accounts.len() == 1 => last.clone(),
        _ => format!(
            "{} accounts ({} and {} more)",
            accounts.len(),
            accounts[..NAMED].join(", "),
            accounts.len() - NAMED
        ),
    }
}

fn label(account: &Account) -> String {
    account.label()
}

/// The name from the server, else the stored one.
fn name(account: &Account, finding: &Finding) -> String {
    let identity = finding.identity.as_ref();
    let name = identity.map(|identity| identity.screen_name.as_str());
    harmless(name.or(account.name()).unwrap_or("-"))
}

fn entry(account: &Account, finding: Finding, invocation: &Invocation) -> Value {
    let level = finding.access_level().word();
    let (name, id) = finding
        .identity
        .map(|identity| (identity.screen_name, identity.user_id))
        .unzip();
    json!({
        "screen_name": name.or_else(|| account.screen_name.clone()),
        "user_id": id.or_else(|| account.user_id.clone()),
        "state": finding.state.word(),
        "access_level": level,
        "stored_screen_name": account.screen_name,
        "error": finding.failure.map(|failure| described(&invocation.complete(failure).into())),
    })
}
