//! Decides where accounts go among those of the credentials file.

use super::document::Document;
use crate::account::Account;
use crate::account::identity::same_account;
use crate::error::{Failure, Kind};

/// What to do with an account that the file does not contain yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// The file is new, lacks only the token, or already contains this account.
    Obvious,
    Add,
    Replace,
}

/// Puts the account among the file's current entries.
pub(crate) fn placed<'text>(
    document: Option<Document<'text>>,
    account: &Account,
    place: Place,
) -> Result<Option<Document<'text>>, Failure> {
    let Some(mut document) = document else {
        return Ok(Some(Document::of(account.clone())));
    };
    let same = document
        .accounts()
        .position(|entry| same_account(entry, account));
    let waiting = document
        .accounts()
        .position(|entry| waits_for(entry, account));
    let count = document.accounts().len();
    match (same.or(waiting), place) {
        (Some(index), _) => document.set(index, account.clone()),
        (None, Place::Add) => document.push(account.clone()),
        (None, Place::Replace) if count == 1 => document.set(0, account.clone()),
        (None, _) => return Err(came_meanwhile()),
    }
    Ok(Some(document))
}

/// Puts a consumer pair without a token into the file if it replaces no entry: into a new file, over a pair for the
/// same server, or at the end of a list. Returns whether it is in the file now.
pub(crate) fn kept<'text>(
    document: Option<Document<'text>>,
    pair: &Account,
    may_become_list: bool,
) -> (Option<Document<'text>>, bool) {
    let Some(mut document) = document else {
        return (Some(Document::of(pair.clone())), true);
    };
    let has_it = |entry: &Account| entry.server == pair.server && entry.client == pair.client;
    if document.accounts().any(has_it) {
        return (Some(document), true);
    }
    let waiting = document
        .accounts()
        .position(|entry| entry.token.is_none() && entry.server == pair.server);
    let is_only = document.accounts().len() == 1;
    match waiting {
        Some(index) if is_only => {
            let account = document.accounts().nth(index).cloned();
            let account = account.unwrap_or_else(|| pair.clone());
            document.set(
                index,
                Account {
                    client: pair.client.clone(),
                    ..account
                },
            );
        }
        _ if may_become_list || document.is_list() => document.push(pair.clone()),
        _ => return (Some(document), false),
    }
    (Some(document), true)
}

/// Whether the file contains an account that is neither `account` nor one of the known ones.
pub(crate) fn holds_others(
    document: Option<&Document<'_>>,
    known: &[Account],
    account: &Account,
) -> bool {
    let is_known = |entry: &Account| {
        let mut known = known.iter();
        known.any(|known| *known == *entry || same_account(known, entry))
    };
    document.is_some_and(|document| {
        let mut entries = document.accounts();
        entries.any(|entry| !is_known(entry) && !same_account(entry, account))
    })
}

pub(crate) fn came_meanwhile() -> Failure {
    let reason = "another program added an account to the file meanwhile";
    Failure::new(Kind::FileChanged, reason).hint("log in again with --add")
}

/// Puts several accounts among the file's entries.
pub(crate) fn placed_all<'text>(
    mut document: Option<Document<'text>>,
    accounts: &[Account],
    place: Place,
) -> Result<Option<Document<'text>>, Failure> {
    for account in accounts {
        let entry = document
            .iter()
            .flat_map(Document::accounts)
            .find(|entry| takes_place_of(account, entry));
        let account = completed(account, entry)?;
        let place = if document.is_none() {
            Place::Add
        } else {
            place
        };
        document = placed(document, &account, place)?;
    }
    Ok(document)
}

/// The account with the labels that its entry has and it lacks. Fails if a token would be lost to a pair without one.
fn completed(account: &Account, entry: Option<&Account>) -> Result<Account, Failure> {
    let mut account = account.clone();
    if let Some(entry) = entry {
        if account.token.is_none() && entry.token.is_some() {
            let reason = format!("{} would lose its access token", entry.label());
            return Err(Failure::new(Kind::AccountExists, reason)
                .hint("choose another credentials file with --creds FILE"));
        }
        account.screen_name = account.screen_name.or_else(|| entry.screen_name.clone());
        account.user_id = account.user_id.or_else(|| entry.user_id.clone());
    }
    Ok(account)
}

/// Whether `entry` is the same account, or a pair of its app that waits for a token.
pub(crate) fn takes_place_of(account: &Account, entry: &Account) -> bool {
    same_account(entry, account) || waits_for(entry, account)
}

/// Whether `entry` is only the consumer pair of `account`.
fn waits_for(entry: &Account, account: &Account) -> bool {
    entry.waits_at(&account.server) && entry.client.identifier == account.client.identifier
}
