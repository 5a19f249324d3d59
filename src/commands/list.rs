//! `list`: the accounts of a file, without a word to any server.

use std::process::ExitCode;

use serde_json::json;

use super::sources::{self, Accounts, Origin};
use crate::account::{Account, masked};
use crate::cli::{List, Network};
use crate::output::Output;
use crate::terminal::text::harmless;

pub(super) fn run(arguments: &List, output: Output) -> anyhow::Result<ExitCode> {
    let network = Network {
        sandbox: arguments.sandbox,
        ..Network::default()
    };
    // The variables' account lives where their server says; a file's accounts say so themselves.
    let server = sources::named_server(&network)?;
    let accounts = sources::held(&arguments.source, &network, server.as_ref(), output)?;
    let chosen = accounts.chosen()?;
    let mode = match &accounts.origin {
        Origin::File(store) => store.mode(),
        Origin::StandardInput | Origin::Variables(..) => None,
    };
    if output.is_json() {
        let place = match &accounts.origin {
            Origin::File(store) => store.path().display().to_string(),
            Origin::StandardInput | Origin::Variables(..) => accounts.place(),
        };
        let entries: Vec<_> = chosen
            .iter()
            .map(|account| entry(account, &place, mode))
            .collect();
        output.document(&entries)?;
    } else {
        let lines: String = chosen.iter().map(|account| line(account, mode)).collect();
        output.exact(lines.as_bytes())?;
    }
    remark(&accounts, &chosen, mode, output);
    Ok(ExitCode::SUCCESS)
}

fn line(account: &Account, mode: Option<u32>) -> String {
    let shown = |text: &Option<String>| text.as_deref().map_or("-".to_owned(), harmless);
    format!(
        "{}\t{}\t{}\t{}\t{}\n",
        shown(&account.screen_name),
        shown(&account.user_id),
        harmless(&account.server.to_string()),
        masked(&account.client.identifier),
        mode.map_or("-".to_owned(), octal)
    )
}

fn entry(account: &Account, place: &str, mode: Option<u32>) -> serde_json::Value {
    json!({
        "screen_name": account.screen_name.as_deref().map(harmless),
        "user_id": account.user_id.as_deref().map(harmless),
        "server": harmless(&account.server.to_string()),
        "consumer_key": masked(&account.client.identifier),
        "has_token": account.token.is_some(),
        "creds": place,
        "mode": mode.map(octal),
    })
}

/// What there is to know about the file.
fn remark(accounts: &Accounts, chosen: &[&Account], mode: Option<u32>, output: Output) {
    let place = accounts.place();
    match mode {
        Some(mode) => output.say(&format!("{place}, mode {}", octal(mode))),
        None => output.say(&place),
    }
    if mode.is_some_and(|mode| mode & 0o077 != 0) {
        output.warn("others on this machine can read the file, and the secrets in it");
        output.hint(&format!("chmod 600 {place}"));
    }
    if chosen.iter().any(|account| account.token.is_none()) {
        output.hint("an account without an access token is completed by `twauth login`");
    }
}

fn octal(mode: u32) -> String {
    format!("{mode:04o}")
}
