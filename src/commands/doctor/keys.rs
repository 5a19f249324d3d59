//! The values under the labels: present, in their places, of the shapes that X gives out.

use super::report::{Finding, Report};
use super::{Call, whose};
use crate::account::identity::check_owner;
use crate::account::{Account, Credentials, Server, check_pair, looks_like_token};
use crate::error::Kind;
use crate::terminal::text::harmless;

/// Checks labels and values; the accounts whose values may be sent.
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
            [_] if !call.in_file => "the four values are there".to_owned(),
            [only] => format!("all labels of {} are there", harmless(&only.label())),
            several => format!("all labels of {} accounts are there", several.len()),
        };
        report.add(Finding::ok("labels", message))?;
    }
    let mut sound = Vec::new();
    let mut pairs: Vec<&Credentials> = Vec::new();
    let mut wrong = false;
    for account in accounts {
        let pair = wrong_pair(account, call);
        let token = wrong_token(account, call);
        if pair.is_none() {
            sound.push(*account);
        }
        // Accounts of one app share its pair: said once.
        let pair = pair.filter(|_| !pairs.contains(&&account.client));
        pairs.push(&account.client);
        for finding in [pair, token].into_iter().flatten() {
            wrong = true;
            report.add(finding)?;
        }
    }
    if !wrong {
        report.add(Finding::ok("keys", "the keys have the shapes X gives out"))?;
    }
    Ok(sound)
}

/// Says which labels are missing; whether any is.
fn labels(accounts: &[&Account], call: &Call, report: &mut Report) -> anyhow::Result<bool> {
    let mut missing = false;
    for account in accounts {
        let finding = if account.token.is_none() {
            Finding::problem(
                "labels",
                Kind::NoCredentials,
                format!(
                    "{}access_token and access_token_secret are missing",
                    whose(account, call)
                ),
                call.login(account),
            )
        } else if call.in_file && (account.screen_name.is_none() || account.user_id.is_none()) {
            let label = match (&account.screen_name, &account.user_id) {
                (None, None) => "screen_name and user_id are",
                (None, _) => "screen_name is",
                _ => "user_id is",
            };
            Finding::warning(
                "labels",
                format!("{}{label} missing", whose(account, call)),
                format!("twauth verify --update{}", call.options),
            )
        } else {
            continue;
        };
        missing = true;
        report.add(finding)?;
    }
    Ok(missing)
}

fn wrong_pair(account: &Account, call: &Call) -> Option<Finding> {
    if account.server == Server::Sandbox {
        return None;
    }
    let pair = &account.client;
    let failure = check_pair(Some(&pair.identifier), Some(pair.secret.expose())).err()?;
    Some(Finding::problem(
        "keys",
        Kind::BadConsumerKey,
        format!("{}{}", whose(account, call), failure.reason),
        format!(
            "{} --consumer-key KEY, with the API Key from Keys & Tokens at console.x.com",
            call.login(account)
        ),
    ))
}

fn wrong_token(account: &Account, call: &Call) -> Option<Finding> {
    let token = account.token.as_ref()?;
    let wrong = |kind, reason: &str| {
        let message = format!("{}{reason}", whose(account, call));
        Some(Finding::problem("keys", kind, message, call.login(account)))
    };
    let is_odd = |value: &str| value.contains(|it: char| it.is_whitespace() || it.is_control());
    for (value, label) in [
        (token.identifier.as_str(), "access_token"),
        (token.secret.expose(), "access_token_secret"),
    ] {
        if is_odd(value) {
            return wrong(Kind::BadToken, &format!("{label} holds white space"));
        }
    }
    if account.server == Server::Sandbox {
        return None;
    }
    if looks_like_token(token.secret.expose()) {
        return wrong(
            Kind::BadToken,
            "the access token and its secret are swapped",
        );
    }
    if *token == account.client || token.identifier == account.client.identifier {
        return wrong(
            Kind::BadToken,
            "the consumer key stands in the place of the access token",
        );
    }
    let failure = check_owner(account).err()?;
    wrong(failure.kind, &failure.reason)
}
