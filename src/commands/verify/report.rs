//! Reports the results of `verify` in lines, sentences or JSON; what many accounts share is reported once.

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
    results: &[(&Account, Finding)],
    updates: bool,
    invocation: &Invocation,
    output: Output,
) -> anyhow::Result<ExitCode> {
    let failures = results.iter().filter_map(|(_, it)| it.failure.as_ref());
    let classes: Vec<Class> = failures.map(|failure| failure.kind.class()).collect();
    let exit_code = ExitCode::from(Class::common(&classes).map_or(0, Class::exit_code));
    if output.is_json() {
        let entries = results.iter().map(|result| entry(result, invocation));
        output.document(&entries.collect::<Vec<_>>())?;
        return Ok(exit_code);
    }
    match results {
        [only] => alone(only, output)?,
        _ => lines(results, output)?,
    }
    remarks(results, updates, invocation, output);
    complaints(results, invocation, output);
    Ok(exit_code)
}

/// Reports one account: its name in a pipe, a sentence on a terminal.
fn alone(result: &(&Account, Finding), output: Output) -> anyhow::Result<()> {
    if result.1.failure.is_some() {
        return Ok(());
    }
    let name = name(result);
    if !output.is_on_terminal() {
        return output.line(&name);
    }
    let level = match result.1.access_level() {
        AccessLevel::Read => " (read-only)",
        AccessLevel::ReadWrite => " (read and write)",
        AccessLevel::ReadWriteDirectMessages => " (read, write and direct messages)",
        AccessLevel::Unknown => "",
    };
    output.success(&format!("@{name}: credentials work{level}"))
}

/// Reports several accounts: name, state and access level, in columns on a terminal.
fn lines(results: &[(&Account, Finding)], output: Output) -> anyhow::Result<()> {
    let rows = results.iter().map(|result| {
        let (account, finding) = result;
        let is_named = finding.identity.is_some() || account.screen_name.is_some();
        let at = if is_named && output.is_on_terminal() {
            "@"
        } else {
            ""
        };
        vec![
            format!("{at}{}", name(result)),
            finding.state.word().to_owned(),
            finding.access_level().to_string(),
        ]
    });
    output.table(&["ACCOUNT", "STATE", "ACCESS"], &rows.collect::<Vec<_>>())
}

/// Warnings about accounts that work.
fn remarks(
    results: &[(&Account, Finding)],
    updates: bool,
    invocation: &Invocation,
    output: Output,
) {
    let working = || results.iter().filter(|(_, it)| it.failure.is_none());
    let read_only = working().filter(|(_, it)| it.state == State::ReadOnly);
    let read_only: Vec<&Account> = read_only.map(|(account, _)| *account).collect();
    for server in servers(&read_only) {
        let here = read_only.iter().filter(|it| it.server == *server);
        let here: Vec<&Account> = here.copied().collect();
        let names: Vec<String> = here.iter().map(|account| account.label()).collect();
        output.warn(&match &*names {
            [one] => format!("{one}'s token is read-only and cannot post"),
            many => format!(
                "the tokens of {} are read-only and cannot post",
                together(many)
            ),
        });
        read_only_steps(server, &about_all(invocation, &here).relogin(), output);
    }
    if updates {
        return;
    }
    let mut is_updatable = false;
    for result in working() {
        let (account, finding) = result;
        if finding.state == State::Renamed {
            let (who, name) = (account.label(), name(result));
            output.warn(&format!("{who} has a new name: @{name}"));
        }
        is_updatable |= finding.state == State::Renamed
            || finding.identity.is_some() && account.screen_name.is_none();
    }
    if is_updatable {
        let update = invocation.command("verify --update");
        output.hint(&format!("save the names with `{update}`"));
    }
}

/// Reports each failure once, with its accounts.
fn complaints(results: &[(&Account, Finding)], invocation: &Invocation, output: Output) {
    let mut groups: Vec<(&Failure, Vec<String>, Vec<&Account>)> = Vec::new();
    for (place, (account, finding)) in results.iter().enumerate() {
        let Some(failure) = &finding.failure else {
            continue;
        };
        let is_same = |other: &Failure| {
            other.kind == failure.kind
                && other.reason == failure.reason
                && other.hint == failure.hint
        };
        let who = match account.name() {
            None if results.len() > 1 => format!("account {} (unnamed)", place + 1),
            _ => account.label(),
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

/// The name from the server, else the stored one.
fn name((account, finding): &(&Account, Finding)) -> String {
    let identity = finding.identity.as_ref();
    let name = identity.map(|identity| identity.screen_name.as_str());
    harmless(name.or(account.name()).unwrap_or("-"))
}

fn entry((account, finding): &(&Account, Finding), invocation: &Invocation) -> Value {
    let identity = finding.identity.as_ref();
    let invocation = invocation.about(account);
    let complete = |failure: Failure| described(&invocation.complete(failure).into());
    json!({
        "screen_name": identity.map(|it| &it.screen_name).or(account.screen_name.as_ref()),
        "user_id": identity.map(|it| &it.user_id).or(account.user_id.as_ref()),
        "state": finding.state.word(),
        "access_level": finding.access_level().word(),
        "stored_screen_name": account.screen_name,
        "error": finding.failure.clone().map(complete),
    })
}
