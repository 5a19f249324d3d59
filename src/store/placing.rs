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
    let Some(document) = document else {
        return Ok(Some(Document::of(account.clone())));
    };
    let index = index_for(&document, account);
    put(document, index, account.clone(), place).map(Some)
}

/// The entry whose place the account takes: the same account, else a pair of its app that waits for a token.
fn index_for(document: &Document<'_>, account: &Account) -> Option<usize> {
    let mut waiting = None;
    for (index, entry) in document.accounts().enumerate() {
        if same_account(entry, account) {
            return Some(index);
        }
        if waiting.is_none() && waits_for(entry, account) {
            waiting = Some(index);
        }
    }
    waiting
}

fn put(
    mut document: Document<'_>,
    index: Option<usize>,
    account: Account,
    place: Place,
) -> Result<Document<'_>, Failure> {
    let is_only = document.accounts().len() == 1;
    match (index, place) {
        (Some(index), _) => document.set(index, account),
        (None, Place::Add) => document.push(account),
        (None, Place::Replace) if is_only => document.set(0, account),
        (None, _) => return Err(came_meanwhile()),
    }
    Ok(document)
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
        document = Some(match document {
            None => Document::of(account.clone()),
            Some(document) => {
                let index = index_for(&document, account);
                let entry = index.and_then(|index| document.accounts().nth(index));
                let account = completed(account, entry)?;
                put(document, index, account, place)?
            }
        });
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
