//! Which of the accounts found are meant, and what of them cannot be.

use std::collections::HashSet;

use crate::account::Account;
use crate::cli::Import;
use crate::commands::sources;
use crate::error::{Failure, Kind};
use crate::terminal::text::harmless;

/// Before the nameless are labelled: those that are, or may turn out to be, the account named.
pub(super) fn choose_roughly(
    mut accounts: Vec<Account>,
    arguments: &Import,
) -> Result<Vec<Account>, Failure> {
    if let Some(name) = sources::named_account(&arguments.source)? {
        accounts.retain(|account| {
            account.answers_to(&name) || account.screen_name.is_none() || account.user_id.is_none()
        });
    }
    Ok(accounts)
}

/// The account named with `-a`, or all.
pub(super) fn choose(accounts: Vec<Account>, arguments: &Import) -> Result<Vec<Account>, Failure> {
    let Some(name) = sources::named_account(&arguments.source)? else {
        return Ok(accounts);
    };
    let (chosen, others): (Vec<Account>, Vec<Account>) = accounts
        .into_iter()
        .partition(|account| account.answers_to(&name));
    if chosen.is_empty() {
        let held = if others.is_empty() {
            "no account".to_owned()
        } else {
            sources::labels(&others)
        };
        let reason = format!("{} is not there; it holds {held}", harmless(&name));
        let failure = Failure::new(Kind::NoSuchAccount, reason);
        return Err(failure
            .hint("leave out -a to import all, or say --verify to have the nameless labelled"));
    }
    Ok(chosen)
}

/// One account twice with different values: which one is meant is not ours to guess.
pub(super) fn refuse_twins(accounts: &[Account]) -> Result<(), Failure> {
    let mut seen = HashSet::new();
    for account in accounts {
        let server = account.server.label();
        let name = account
            .screen_name
            .as_ref()
            .map(|name| ("name", name.to_ascii_lowercase()));
        let id = account.user_id.clone().map(|id| ("id", id));
        let token = account
            .token
            .as_ref()
            .map(|token| ("token", token.identifier.clone()));
        for key in [name, id, token].into_iter().flatten() {
            if !seen.insert((server, key)) {
                let reason = format!(
                    "{} is there twice, with different values",
                    harmless(&account.label())
                );
                return Err(Failure::new(Kind::BadFile, reason)
                    .hint("take the one that is not meant out of the file"));
            }
        }
    }
    Ok(())
}
