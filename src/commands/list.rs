//! `list`: the accounts of a file, without a word to any server.

use std::process::ExitCode;

use serde_json::json;

use super::sources::invocation::Invocation;
use super::sources::{self, Accounts, Origin};
use crate::account::{Account, masked};
use crate::cli::{List, Network, Source};
use crate::error::{Failure, Kind};
use crate::output::Output;
use crate::refusal::local_time;
use crate::store::PendingLogin;
use crate::terminal::text::harmless;

pub(super) fn run(arguments: &List, output: Output) -> anyhow::Result<ExitCode> {
    let network = Network {
        sandbox: arguments.sandbox,
        ..Network::default()
    };
    // The variables' account is at the server they name; a file's accounts name their own.
    let server = sources::named_server(&network)?;
    let mut pending = pending(&arguments.source, &network, output)?;
    let accounts = match sources::held(&arguments.source, &network, server.as_ref(), output) {
        Err(failure) if failure.kind == Kind::NoCredentials && !pending.is_empty() => None,
        outcome => Some(outcome?),
    };
    let chosen = match accounts.as_ref().map(Accounts::chosen) {
        None => Vec::new(),
        Some(Err(failure)) if failure.kind == Kind::NoSuchAccount && !pending.is_empty() => {
            Vec::new()
        }
        Some(outcome) => outcome?,
    };
    let origin = accounts.as_ref().map(|accounts| &accounts.origin);
    let mode = match origin {
        Some(Origin::File(store)) => store.mode(),
        _ => None,
    };
    let mut rows: Vec<Row> = chosen
        .iter()
        .map(|account| Row::of(account, mode, since(account, &mut pending)))
        .collect();
    rows.extend(pending.iter().map(Row::of_pending));
    if output.is_json() {
        let place = match sources::origin(&arguments.source, &network)? {
            Origin::File(store) => store.path().display().to_string(),
            _ => accounts.as_ref().map_or_else(String::new, Accounts::place),
        };
        let entries: Vec<_> = rows.iter().map(|row| row.entry(&place)).collect();
        output.document(&entries)?;
    } else {
        let lines: String = rows.iter().map(Row::line).collect();
        output.exact(lines.as_bytes())?;
    }
    if let Some(accounts) = &accounts {
        remark(accounts, &chosen, mode, &network, output);
    }
    Ok(ExitCode::SUCCESS)
}

/// The logins under way that are asked about. A file of them that cannot be read hides no account.
fn pending(
    source: &Source,
    network: &Network,
    output: Output,
) -> Result<Vec<PendingLogin>, Failure> {
    let Origin::File(store) = sources::origin(source, network)? else {
        return Ok(Vec::new());
    };
    let named = sources::named_account(source)?;
    let is_meant = |login: &PendingLogin| {
        let name = named.as_deref().map(|name| name.trim_start_matches('@'));
        let account = login.account.as_deref();
        name.is_none_or(|name| account.is_some_and(|it| it.eq_ignore_ascii_case(name)))
    };
    let all = store.pending().unwrap_or_else(|failure| {
        output.warn(&failure.to_string());
        Vec::new()
    });
    Ok(all.into_iter().filter(is_meant).collect())
}

/// Since when the account is being logged in again; that login is then taken out of those that have no account yet.
fn since(account: &Account, pending: &mut Vec<PendingLogin>) -> Option<i64> {
    let place = pending.iter().position(|login| {
        let name = login.account.as_deref();
        login.server == account.server && name.is_some_and(|name| account.answers_to(name))
    })?;
    Some(pending.remove(place).started_at)
}

/// What is listed of an account or of a login under way.
struct Row {
    screen_name: Option<String>,
    user_id: Option<String>,
    server: String,
    consumer_key: String,
    has_token: bool,
    mode: Option<u32>,
    pending_since: Option<i64>,
}

impl Row {
    fn of(account: &Account, mode: Option<u32>, pending_since: Option<i64>) -> Self {
        Self {
            screen_name: account.screen_name.as_deref().map(harmless),
            user_id: account.user_id.as_deref().map(harmless),
            server: harmless(&account.server.to_string()),
            consumer_key: masked(&account.client.identifier),
            has_token: account.token.is_some(),
            mode,
            pending_since,
        }
    }

    fn of_pending(login: &PendingLogin) -> Self {
        Self {
            screen_name: login.account.as_deref().map(harmless),
            user_id: None,
            server: harmless(&login.server.to_string()),
            consumer_key: masked(&login.client.identifier),
            has_token: false,
            mode: None,
            pending_since: Some(login.started_at),
        }
    }

    fn line(&self) -> String {
        let since = self.pending_since.and_then(local_time);
        let since = since.map(|since| format!("\tlogin pending since {since}"));
        format!(
            "{}\t{}\t{}\t{}\t{}{}\n",
            self.screen_name.as_deref().unwrap_or("-"),
            self.user_id.as_deref().unwrap_or("-"),
            self.server,
            self.consumer_key,
            self.mode.map_or("-".to_owned(), octal),
            since.unwrap_or_default()
        )
    }

    fn entry(&self, place: &str) -> serde_json::Value {
        let mut entry = json!({
            "screen_name": self.screen_name,
            "user_id": self.user_id,
            "server": self.server,
            "consumer_key": self.consumer_key,
            "has_token": self.has_token,
            "creds": place,
            "mode": self.mode.map(octal),
        });
        if let Some(since) = self.pending_since {
            entry["pending_since"] = since.into();
        }
        entry
    }
}

/// What there is to know about the file.
fn remark(
    accounts: &Accounts,
    chosen: &[&Account],
    mode: Option<u32>,
    network: &Network,
    output: Output,
) {
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
        let login = Invocation::new(&accounts.origin, network).command("login");
        output.hint(&format!(
            "an account without an access token is completed by `{login}`"
        ));
    }
}

fn octal(mode: u32) -> String {
    format!("{mode:04o}")
}
