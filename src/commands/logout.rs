//! `logout`: revokes an account's token at its server, then removes the account.

use anyhow::Context as _;
use serde_json::json;

use super::connection;
use super::sources::{self, Accounts, Origin};
use crate::account::{Account, Server};
use crate::cli::Logout;
use crate::client::Signer;
use crate::environment;
use crate::error::{Class, Failure, Next};
use crate::oauth;
use crate::output::Output;
use crate::prompt;
use crate::store::Store;
use crate::terminal::text::harmless;

const BY_HAND: &str = "revoke it by hand: signed in as the account at x.com, under Settings, Security and account access, \
    Apps and sessions, Connected apps";

pub(super) async fn run(arguments: &Logout, output: Output) -> anyhow::Result<()> {
    let settings = connection::settings(&arguments.network, output)?;
    let accounts = sources::load(&arguments.source, &arguments.network, output)?;
    let account = accounts.one()?;
    let store = accounts.file();
    let is_local = arguments.local;
    if store.is_none() && is_local {
        // It could be revoked, but not removed.
        let reason = format!("an account in {} cannot be removed", accounts.place());
        return Err(Failure::usage(reason).hint(removal(&accounts)).into());
    }
    let signer = if is_local {
        None
    } else {
        Some(Signer::of(account)?)
    };
    if let Some(store) = store {
        store.prepare(true).await?;
    }
    if !arguments.yes {
        confirm(account, &accounts, is_local, output).await?;
    }
    if let Some(signer) = signer {
        let connection = connection::connect(&account.server, settings).await?;
        oauth::revoke(&connection.http, signer)
            .await
            .map_err(|failure| advised(failure, &accounts, &account.server))
            .with_context(|| format!("{} was not removed", account.label()))?;
    }
    let has_kept_keys = match store {
        Some(store) => remove(store, account, output).await?,
        None => false,
    };
    if output.is_json() {
        output.document(&json!({
            "screen_name": account.screen_name.as_deref().map(harmless),
            "user_id": account.user_id.as_deref().map(harmless),
            "revoked": !is_local,
            "creds": store.map(|store| store.path().display().to_string()),
            "server": account.server.to_string(),
        }))?;
    }
    report(account, &accounts, is_local, has_kept_keys, output);
    Ok(())
}

/// How to remove an account that is not in a file.
fn removal(accounts: &Accounts) -> String {
    match accounts.origin {
        Origin::Variables(..) => {
            let names = environment::FOUR.join(" ");
            format!("unset {names} (in CI: delete their secrets)")
        }
        _ => "name the file with --creds FILE".to_owned(),
    }
}

async fn confirm(
    account: &Account,
    accounts: &Accounts,
    is_local: bool,
    output: Output,
) -> Result<(), Failure> {
    if !prompt::is_interactive() || output.is_json() {
        let reason = "logout needs confirmation, but there is no terminal";
        return Err(Failure::usage(reason).hint("use --yes to log out without confirmation"));
    }
    let (who, place) = (account.label(), accounts.place());
    let question = if accounts.file().is_none() {
        format!("Revoke the token in {place}")
    } else if is_local {
        format!("Remove {who} from {place} (its token stays valid)")
    } else {
        format!("Revoke {who}'s token and remove it from {place}")
    };
    if prompt::confirm(&question).await? {
        return Ok(());
    }
    Err(prompt::cancelled())
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
        if document.accounts().len() > 1 {
            document.remove(index);
        } else if account.token.is_none() {
            return Ok(None);
        } else {
            kept = true;
            let keys = Account::of_app(account.client.clone(), account.server.clone());
            document.set(index, keys);
        }
        Ok(Some(document))
    });
    let saved = update.await?;
    for remark in saved.remarks() {
        output.warn(remark);
    }
    Ok(kept)
}

fn report(
    account: &Account,
    accounts: &Accounts,
    is_local: bool,
    has_kept_keys: bool,
    output: Output,
) {
    let Some(store) = accounts.file() else {
        output.say(&format!("revoked the token in {}", accounts.place()));
        if matches!(accounts.origin, Origin::Variables(..)) {
            output.hint(&removal(accounts));
        }
        return;
    };
    let who = account.label();
    output.say(&if account.token.is_none() {
        format!("removed {who}, which had no access token")
    } else if is_local {
        format!("removed {who}; its token stays valid until it is revoked")
    } else {
        format!("revoked {who}'s token and removed the account")
    });
    if has_kept_keys {
        output.say(&format!(
            "the app's keys stay in {0} for the next login; to remove them too, delete {0}",
            store.shown()
        ));
    }
}
