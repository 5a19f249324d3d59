//! Checks the values of the labels: that they are present, in their places, and in X's format.

use super::report::{Check, Report};
use crate::account::identity::check_owner;
use crate::account::{Account, Credentials, Part, Server};
use crate::commands::sources::{Origin, check_variables};
use crate::error::Kind;

/// Checks labels and values; returns the accounts whose values may be sent.
pub(super) fn check<'a>(
    accounts: &[&'a Account],
    report: &mut Report,
) -> anyhow::Result<Vec<&'a Account>> {
    if accounts.is_empty() {
        return Ok(Vec::new());
    }
    let missing = accounts.iter().filter_map(|it| missing(it, report));
    let missing: Vec<Check> = missing.collect();
    if missing.is_empty() {
        let message = match accounts {
            [_] if is_in_variables(report) => "all four values are set".to_owned(),
            [only] => format!("all labels of {} are present", only.label()),
            several => format!("all labels of {} accounts are present", several.len()),
        };
        report.add(Check::ok("labels", message))?;
    }
    for check in missing {
        report.add(check)?;
    }
    let mut sound = Vec::new();
    let mut told: Vec<&Credentials> = Vec::new();
    for account in accounts {
        let Some(finding) = wrong(account, report) else {
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
        // Only values with a known format are called right.
        let is_foreign = |account: &&Account| matches!(account.server, Server::Other(_));
        report.add(if accounts.iter().any(is_foreign) {
            Check::skipped("keys", "only keys of X have a known format")
        } else {
            Check::ok("keys", "the keys have the right format")
        })?;
    }
    Ok(sound)
}

/// Labels that the account lacks.
fn missing(account: &Account, report: &Report) -> Option<Check> {
    let is_in_file = matches!(report.invocation.origin, Origin::File(_));
    let labels = match (&account.token, &account.screen_name, &account.user_id) {
        (None, ..) => {
            let reason = "access_token and access_token_secret are missing";
            let login = report.invocation.about(account).login();
            let check = Check::problem("labels", Kind::NoCredentials, reason, login);
            return Some(check.of(account).naming(account, report));
        }
        _ if !is_in_file => return None,
        (_, Some(_), Some(_)) => return None,
        (_, None, None) => "screen_name and user_id are",
        (_, None, _) => "screen_name is",
        _ => "user_id is",
    };
    let update = report.invocation.command("verify --update");
    let check = Check::warning("labels", format!("{labels} missing"), update);
    Some(check.of(account).naming(account, report))
}

/// A value that cannot be right, or a token of another account.
fn wrong(account: &Account, report: &Report) -> Option<Check> {
    let login = || report.invocation.about(account).login();
    let check = match account.mistake() {
        None => {
            let failure = check_owner(account).err()?;
            Check::problem("keys", failure.kind, failure.reason, login())
        }
        Some(_) if is_in_variables(report) => {
            Check::failure("keys", &check_variables(account).err()?)
        }
        Some((part, reason)) => {
            let fix = if is_of_pair(part) {
                report.invocation.new_app(account, false)
            } else {
                login()
            };
            let message = format!("{} {reason}", part.label());
            Check::problem("keys", Kind::BadValueInFile, message, fix)
        }
    };
    Some(check.naming(account, report))
}

fn is_in_variables(report: &Report) -> bool {
    matches!(report.invocation.origin, Origin::Variables(..))
}

fn is_of_pair(part: Part) -> bool {
    matches!(part, Part::ConsumerKey | Part::ConsumerSecret)
}
