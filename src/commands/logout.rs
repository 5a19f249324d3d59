//! `logout`: revokes an account's token at its server, then removes the account.

use anyhow::Context as _;
use serde_json::json;

use super::connection;
use super::sources::{self, Accounts, Origin};
use crate::account::{Account, Server};
use crate::cli::Logout;
use crate::client::Signer;
use crate::environment;
use crate::error::{Class, Failure, Kind, Next};
use crate::oauth;
use crate::output::Output;
use crate::prompt;
use crate::store::Store;
use crate::terminal::text::harmless;

const BY_HAND: &str = "revoke it by hand: signed in as the account at x.com, under Settings, Security and account access, \
    Apps and sessions, Connected apps";

pub(super) async fn run(arguments: &Logout, output: Output) -> anyhow::Result<()> {
    let accounts = sources::load(&arguments.source, &arguments.network, output)?;
    let settings = connection::settings(&arguments.network, output)?;
    let account = accounts.one()?;
    let store = accounts.file();
    if store.is_none() && arguments.local {
        return Err(not_here(&accounts).into());
    }
    let signer = if arguments.local {
        None
    } else {
        Some(Signer::of(account)?)
    };
    if let Some(store) = store {
        store.prepare(true).await?;
    }
    if !arguments.yes {
        confirm(account, &accounts, arguments.local, output).await?;
    }
    if let Some(signer) = signer {
        let connection = connection::connect(&account.server, settings).await?;
        oauth::revoke(&connection.http, signer)
            .await
            .map_err(|failure| advised(failure, &accounts, &account.server))
            .with_context(|| format!("{} was not removed", account.label()))?;
    }
    let kept = match store {
        Some(store) => remove(store, account, output).await?,
        None => false,
    };
    report(account, &accounts, arguments.local, kept, output)
}

/// An account from the variables or standard input can be revoked, but not removed.
fn not_here(accounts: &Accounts) -> Failure {
    let reason = format!("an account in {} cannot be removed", accounts.place());
    Failure::new(Kind::Usage, reason).hint(removal(accounts))
}

/// How to remove an account that is not in a file.
fn removal(accounts: &Accounts) -> String {
    match accounts.origin {
        Origin::Variables(..) => {
            format!(
                "unset {} (in CI: delete their secrets)",
                environment::FOUR.join(" ")
            )
        }
        _ => "name the file with --creds FILE".to_owned(),
    }
}

async fn confirm(
    account: &Account,
    accounts: &Accounts,
    local: bool,
    output: Output,
) -> anyhow::Result<()> {
    if !prompt::is_interactive() || output.is_json() {
        return Err(Failure::new(
            Kind::Usage,
            "logout needs confirmation, but there is no terminal",
        )
        .hint("use --yes to log out without confirmation")
        .into());
    }
    let who = account.label();
    let question = if accounts.file().is_none() {
        format!("Revoke the token in {}", accounts.place())
    } else if local {
        format!(
            "Remove {who} from {} (its token stays valid)",
            accounts.place()
        )
    } else {
        format!(
            "Revoke {who}'s token and remove it from {}",
            accounts.place()
        )
    };
    if prompt::confirm(&question).await? {
        return Ok(());
    }
    Err(prompt::cancelled().into())
}

/// If the server does not revoke the token, the account is kept; the next step depends on the cause.
fn advised(failure: Failure, accounts: &Accounts, server: &Server) -> Failure {
    let before = match (failure.kind.class(), server) {
        (Class::Unreachable | Class::Limited, _) => return failure,
        (Class::Refused, _) => "if the token no longer works, remove it: ".to_owned(),
        (_, Server::Other(_)) => format!("revoke it by hand at {}; then ", server.host()),
        _ => format!("{BY_HAND}; then "),
    };
    match accounts.file() {
        Some(_) => failure.next(format!("{before}{{}}"), Next::Remove),
        None => failure.hint(before + &removal(accounts)),
    }
}

/// Removes the account from the file. The app's keys of the last account stay: X shows them once, and new ones would
/// stop every other bot of the app. Returns whether they stayed.
async fn remove(store: &Store, account: &Account, output: Output) -> anyhow::Result<bool> {
    let mut kept = false;
    let update = store.update(true, |document| {
        kept = false;
        let Some(mut document) = document else {
            return Ok(None);
        };
        let same = |entry: &Account| {
            entry.server == account.server
                && entry.client == account.client
                && entry.token == account.token
        };
        let Some(index) = document.accounts().position(same) else {
            return Ok(Some(document));
        };
        let is_last = document.accounts().len() == 1;
        if is_last && account.token.is_none() {
            return Ok(None);
        }
        if is_last {
            kept = true;
            document.set(index, keys_of(account));
        } else {
            document.remove(index);
        }
        Ok(Some(document))
    });
    let saved = update.await?;
    for remark in saved.remarks() {
        output.warn(remark);
    }
    Ok(kept)
}

/// What belongs to the app rather than to one account.
fn keys_of(account: &Account) -> Account {
    Account {
        screen_name: None,
        user_id: None,
        token: None,
        ..account.clone()
    }
}

fn report(
    account: &Account,
    accounts: &Accounts,
    local: bool,
    kept: bool,
    output: Output,
) -> anyhow::Result<()> {
    if output.is_json() {
        output.document(&json!({
            "screen_name": account.screen_name.as_deref().map(harmless),
            "user_id": account.user_id.as_deref().map(harmless),
            "revoked": !local,
            "creds": accounts.file().map(|store| store.path().display().to_string()),
            "server": account.server.to_string(),
        }))?;
    }
    let Some(store) = accounts.file() else {
        output.say(&format!("revoked the token in {}", accounts.place()));
        if matches!(accounts.origin, Origin::Variables(..)) {
            output.hint(&removal(accounts));
        }
        return Ok(());
    };
    let who = account.label();
    if account.token.is_none() {
        output.say(&format!("removed {who}, which had no access token"));
    } else if local {
        output.say(&format!(
            "removed {who}; its token stays valid until it is revoked"
        ));
    } else {
        output.say(&format!("revoked {who}'s token and removed the account"));
    }
    if kept {
        output.say(&format!(
            "the app's keys stay in {0} for the next login; to remove them too, delete {0}",
            store.shown()
        ));
    }
    Ok(())
}
