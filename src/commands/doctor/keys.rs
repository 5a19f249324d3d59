//! Checks the values of the labels: that they are present, in their places, and in X's format.

use super::report::{Check, Report};
use super::{Call, whose};
use crate::account::identity::check_owner;
use crate::account::{Account, Credentials, Part, Server};
use crate::commands::sources::check_variables;
use crate::commands::sources::invocation::Place;
use crate::error::Kind;

/// Checks labels and values; returns the accounts whose values may be sent.
pub(super) fn check<'a>(
    accounts: &[&'a Account],
    call: &Call,
    report: &mut Report,
) -> anyhow::Result<Vec<&'a Account>> {
    if accounts.is_empty() {
        return Ok(Vec::new());
    }
    let unlabelled = labels(accounts, call, report)?;
    if !unlabelled {
        let message = match accounts {
            [_] if call.invocation.place == Place::Variables => {
                "all four values are set".to_owned()
            }
            [only] => format!("all labels of {} are present", only.label()),
            several => format!("all labels of {} accounts are present", several.len()),
        };
        report.add(Check::ok("labels", message))?;
    }
    let mut sound = Vec::new();
    let mut told: Vec<&Credentials> = Vec::new();
    for account in accounts {
        let Some(finding) = wrong(account, call) else {
            sound.push(*account);
            continue;
        };
        // Accounts of one app share its pair: reported once.
        let of_pair = account.mistake().is_some_and(|(part, _)| is_of_pair(part));
        if of_pair && told.contains(&&account.client) {
            continue;
        }
        told.push(&account.client);
        report.add(finding.of(account))?;
    }
    if sound.len() == accounts.len() {
        report.add(right(accounts))?;
    }
    Ok(sound)
}

/// Only values with a known format are called right.
fn right(accounts: &[&Account]) -> Check {
    let is_foreign = |account: &&Account| matches!(account.server, Server::Other(_));
    if accounts.iter().any(is_foreign) {
        return Check::skipped("keys", "only keys of X have a known format");
    }
    Check::ok("keys", "the keys have the right format")
}

/// Reports missing labels; returns whether any is missing.
fn labels(accounts: &[&Account], call: &Call, report: &mut Report) -> anyhow::Result<bool> {
    let mut missing = false;
    for account in accounts {
        let finding = if account.token.is_none() {
            Check::problem(
                "labels",
                Kind::NoCredentials,
                format!(
                    "{}access_token and access_token_secret are missing",
                    whose(account, call)
                ),
                call.about(account).login(),
            )
        } else if call.invocation.place == Place::File
            && (account.screen_name.is_none() || account.user_id.is_none())
        {
            let label = match (&account.screen_name, &account.user_id) {
                (None, None) => "screen_name and user_id are",
                (None, _) => "screen_name is",
                _ => "user_id is",
            };
            Check::warning(
                "labels",
                format!("{}{label} missing", whose(account, call)),
                call.invocation.command("verify --update"),
            )
        } else {
            continue;
        };
        missing = true;
        report.add(finding.of(account))?;
    }
    Ok(missing)
}

/// A value that cannot be right, or a token of another account.
fn wrong(account: &Account, call: &Call) -> Option<Check> {
    let Some((part, reason)) = account.mistake() else {
        let failure = check_owner(account).err()?;
        let message = format!("{}{}", whose(account, call), failure.reason);
        return Some(Check::problem(
            "keys",
            failure.kind,
            message,
            call.about(account).login(),
        ));
    };
    if call.invocation.place == Place::Variables {
        return check_variables(account)
            .err()
            .map(|failure| Check::failure("keys", &failure));
    }
    let remedy = if is_of_pair(part) {
        call.new_app(account, false)
    } else {
        call.about(account).login()
    };
    let message = format!("{}{} {reason}", whose(account, call), part.label());
    Some(Check::problem(
        "keys",
        Kind::BadValueInFile,
        message,
        remedy,
    ))
}

fn is_of_pair(part: Part) -> bool {
    matches!(part, Part::ConsumerKey | Part::ConsumerSecret)
}
