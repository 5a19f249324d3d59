//! `list`: the accounts in a file, offline.

use serde_json::{Value, json};

use super::sources::{self, Accounts, Origin};
use crate::account::{Account, masked};
use crate::cli::{List, Network};
use crate::error::{Failure, Kind};
use crate::output::Output;
use crate::refusal::local_time;
use crate::store::{PendingLogin, Store};
use crate::terminal::text::harmless;

pub(super) fn run(arguments: &List, output: Output) -> anyhow::Result<()> {
    let network = arguments.network();
    let file = match sources::origin(&arguments.source, &network)? {
        Origin::File(store) => Some(store),
        _ => None,
    };
    let mut pending = match &file {
        Some(store) => pending(store, arguments, output)?,
        None => Vec::new(),
    };
    let accounts = match sources::held(&arguments.source, &network, output) {
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
    let mode = file.as_ref().filter(|_| accounts.is_some());
    let mode = mode.and_then(Store::mode);
    let place = match (&file, &accounts) {
        (Some(store), _) => store.path().display().to_string(),
        (None, Some(accounts)) => accounts.place(),
        (None, None) => String::new(),
    };
    let mut rows: Vec<Value> = Vec::new();
    for account in &chosen {
        let since = since(account, &mut pending);
        rows.push(entry(account, mode, since, &place));
    }
    for login in pending {
        let since = Some(login.started_at);
        rows.push(entry(&account_of(login), None, since, &place));
    }
    if output.is_json() {
        output.document(&rows)?;
    } else {
        let headings = ["ACCOUNT", "USER ID", "SERVER", "API KEY", "MODE", "LOGIN"];
        let has_pending = rows.iter().any(|row| row.get(SINCE).is_some());
        let headings = &headings[..if has_pending { 6 } else { 5 }];
        let cells = rows.iter().map(|row| cells(row, output.is_on_terminal()));
        output.table(headings, &cells.collect::<Vec<_>>())?;
    }
    if let Some(accounts) = &accounts {
        remark(accounts, &chosen, mode, &network, output);
    }
    Ok(())
}

/// The pending logins to list. If their file cannot be read, the accounts are listed all the same.
fn pending(store: &Store, arguments: &List, output: Output) -> Result<Vec<PendingLogin>, Failure> {
    let named = sources::named_account(&arguments.source)?;
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

/// What a pending login knows of its account.
fn account_of(login: PendingLogin) -> Account {
    Account {
        screen_name: login.account,
        ..Account::of_app(login.client, login.server)
    }
}

/// When a pending login of an account started, in Unix seconds.
const SINCE: &str = "pending_since";

fn entry(account: &Account, mode: Option<u32>, since: Option<i64>, place: &str) -> Value {
    let mut entry = json!({
        "screen_name": account.screen_name.as_deref().map(harmless),
        "user_id": account.user_id.as_deref().map(harmless),
        "server": harmless(&account.server.to_string()),
        "consumer_key": masked(&account.client.identifier),
        "has_token": account.token.is_some(),
        "creds": place,
        "mode": mode.map(octal),
    });
    if let Some(since) = since {
        entry[SINCE] = since.into();
    }
    entry
}

/// The columns of an entry.
fn cells(entry: &Value, on_terminal: bool) -> Vec<String> {
    let labels = ["screen_name", "user_id", "server", "consumer_key", "mode"];
    let known = labels.map(|label| match entry[label].as_str() {
        Some(name) if label == "screen_name" && on_terminal => format!("@{name}"),
        Some(text) => text.to_owned(),
        None => "-".to_owned(),
    });
    let since = entry[SINCE].as_i64().and_then(local_time);
    let since = since.map(|since| format!("login pending since {since}"));
    known.into_iter().chain(since).collect()
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
