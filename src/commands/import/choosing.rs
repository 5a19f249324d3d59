//! Which of the accounts found to import, and conflicts among them.

use crate::account::identity::repeated;
use crate::account::{Account, masked};
use crate::commands::sources;
use crate::error::{Failure, Kind};
use crate::terminal::text::harmless;

/// First pass, before verification names the unnamed: keeps the account asked for and every account that might be it.
pub(super) fn choose_roughly(accounts: &mut Vec<Account>, name: Option<&str>) {
    if let Some(name) = name {
        accounts.retain(|account| {
            account.answers_to(name) || account.screen_name.is_none() || account.user_id.is_none()
        });
    }
}

/// The account of that name, or all.
pub(super) fn choose(accounts: Vec<Account>, name: Option<&str>) -> Result<Vec<Account>, Failure> {
    let Some(name) = name else {
        return Ok(accounts);
    };
    let (chosen, others): (Vec<Account>, Vec<Account>) = accounts
        .into_iter()
        .partition(|account| account.answers_to(name));
    if chosen.is_empty() {
        let held = if others.is_empty() {
            "no account".to_owned()
        } else {
            sources::labels(&others)
        };
        let reason = format!("{} is not in it (it has {held})", harmless(name));
        let failure = Failure::new(Kind::NoSuchAccount, reason);
        return Err(
            failure.hint("omit -a to import all, or use --verify to find the missing names")
        );
    }
    Ok(chosen)
}

/// Rejects an account that appears twice with different values.
pub(super) fn refuse_twins(accounts: &[Account]) -> Result<(), Failure> {
    let Some(twin) = repeated(accounts.iter()).and_then(|place| accounts.get(place)) else {
        return Ok(());
    };
    let label = twin.label();
    let reason = format!("it has {label} twice, with different values");
    Err(Failure::new(Kind::BadFile, reason)
        .hint("paste the four values, one a line: twauth import -"))
}

/// Rejects a consumer key with another secret or server than in the credentials file: one of them is wrong, and X shows a
/// secret once.
pub(super) fn refuse_other_pairs<'a>(
    in_file: impl Iterator<Item = &'a Account>,
    accounts: &[Account],
) -> Result<(), Failure> {
    for entry in in_file {
        let is_other = |account: &&Account| {
            account.client.identifier == entry.client.identifier
                && (account.client.secret != entry.client.secret || account.server != entry.server)
        };
        if let Some(account) = accounts.iter().find(is_other) {
            let what = if account.server == entry.server {
                "secret"
            } else {
                "server"
            };
            let key = masked(&account.client.identifier);
            let reason =
                format!("the credentials file already has the API Key {key}, with another {what}");
            return Err(Failure::new(Kind::AccountExists, reason)
                .hint("import into another credentials file with --creds FILE"));
        }
    }
    Ok(())
}
