//! `list`: the accounts in a file, offline.

use serde_json::json;

use super::sources::{self, Accounts, Origin};
use crate::account::{Account, masked};
use crate::cli::{List, Network, Source};
use crate::error::{Failure, Kind};
use crate::output::Output;
use crate::refusal::local_time;
use crate::store::PendingLogin;
use crate::terminal::text::harmless;

pub(super) fn run(arguments: &List, output: Output) -> anyhow::Result<()> {
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
        let headings = ["ACCOUNT", "USER ID", "SERVER", "API KEY", "MODE", "LOGIN"];
        let has_pending = rows.iter().any(|row| row.pending_since.is_some());
        let headings = &headings[..if has_pending { 6 } else { 5 }];
        let cells = rows.iter().map(|row| row.cells(output.is_on_terminal()));
        let rows: Vec<Vec<String>> = cells.collect();
        output.table(headings, &rows)?;
    }
    if let Some(accounts) = &accounts {
        remark(accounts, &chosen, mode, &network, output);
    }
    Ok(())
}

/// The pending logins to list. If their file cannot be read, the accounts are listed all the same.
fn pending(
    source: &Source,
    network: &Network,
    output: Output,
) -> Result<Vec<PendingLogin>, Failure> {
    let Origin::File(store) = sources::origin(source, network)? else {
        return Ok(Vec::new());
    };
    let named = sources::named_account(source)?;
    let mut all = store.pending().unwrap_or_else(|failure| {
        output.warn(&failure.to_string());
        Vec::new()
    });
    all.retain(|login| named.iter().all(|name| login.answers_to(name)));
    Ok(all)
}

/// When a pending login of the account started; that login is then removed from those without an account.
fn since(account: &Account, pending: &mut Vec<PendingLogin>) -> Option<i64> {
    let place = pending.iter().position(|login| {
        let name = login.account.as_deref();
        login.server == account.server && name.is_some_and(|name| account.answers_to(name))
    })?;
    Some(pending.remove(place).started_at)
}

/// An account or a pending login in the list.
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

    fn cells(&self, on_terminal: bool) -> Vec<String> {
        let at = if on_terminal { "@" } else { "" };
        let name = self.screen_name.as_ref().map(|name| format!("{at}{name}"));
        let known = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
        let mut cells = vec![
            known(&name),
            known(&self.user_id),
            self.server.clone(),
            self.consumer_key.clone(),
            known(&self.mode.map(octal)),
        ];
        let since = self.pending_since.and_then(local_time);
        cells.extend(since.map(|since| format!("login pending since {since}")));
        cells
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

/// Remarks about the file.
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
        output.warn("other users of this machine can read the file and its secrets");
        output.hint(&format!("chmod 600 {place}"));
    }
    if chosen.iter().any(|account| account.token.is_none()) {
        let login = accounts.invocation(network).command("login");
        output.hint(&format!(
            "to complete the account without an access token: `{login}`"
        ));
    }
}

fn octal(mode: u32) -> String {
    format!("{mode:04o}")
}
