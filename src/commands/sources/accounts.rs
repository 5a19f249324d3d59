//! The accounts of one origin, and which of them a command is about.

use super::Origin;
use super::invocation::Invocation;
use crate::account::{Account, Server, is_user_id};
use crate::cli::Network;
use crate::environment;
use crate::error::{Failure, Kind, Next};
use crate::output::Output;
use crate::prompt;
use crate::shell;
use crate::store::{Place, Store};
use crate::terminal::text::harmless;

/// The accounts, and the selection among them.
#[derive(Clone, Debug)]
pub(in crate::commands) struct Accounts {
    pub(in crate::commands) origin: Origin,
    pub(in crate::commands) list: Vec<Account>,
    /// The name given with `-a` or `TWAUTH_ACCOUNT`.
    pub(in crate::commands) named: Option<String>,
    /// The server given; it distinguishes accounts with the same name.
    pub(in crate::commands) server: Option<Server>,
}

impl Accounts {
    /// The named account, or all of them.
    pub(in crate::commands) fn chosen(&self) -> Result<Vec<&Account>, Failure> {
        match &self.named {
            Some(_) => Ok(vec![self.one()?]),
            None => Ok(self.list.iter().collect()),
        }
    }

    /// The named account, or the only one. Never a guess.
    pub(in crate::commands) fn one(&self) -> Result<&Account, Failure> {
        let Some(name) = &self.named else {
            return match self.list.as_slice() {
                [only] => Ok(only),
                _ => Err(self.several()),
            };
        };
        let found = named(&self.list, name, self.server.as_ref()).map_err(|hint| {
            let reason = format!("{} has several accounts with this name", self.place());
            Failure::new(Kind::SeveralAccounts, reason).hint(hint)
        })?;
        found.ok_or_else(|| self.no_such(name))
    }

    pub(in crate::commands) fn several(&self) -> Failure {
        let all = labels(&self.list);
        let reason = format!("{} has several accounts: {all}", self.place());
        Failure::new(Kind::SeveralAccounts, reason).hint("choose one with -a NAME")
    }

    fn no_such(&self, name: &str) -> Failure {
        let name = harmless(name.trim_start_matches('@'));
        let at = if is_user_id(&name) { "" } else { "@" };
        let reason = format!(
            "{at}{name} is not in {} (it has {})",
            self.place(),
            labels(&self.list)
        );
        let failure = Failure::new(Kind::NoSuchAccount, reason);
        if let Origin::Variables(..) = &self.origin {
            let unset = shell::unset(&environment::FOUR);
            return failure.hint(format!("to use the credentials file instead: {unset}"));
        }
        failure.next("log in the account with {}", Next::Add)
    }

    /// The command of this call, for hints.
    pub(in crate::commands) fn invocation(&self, network: &Network) -> Invocation {
        Invocation::new(&self.origin, network).alone(self.list.len() == 1)
    }

    /// The file of the accounts, if they come from one.
    pub(in crate::commands) fn file(&self) -> Option<&Store> {
        match &self.origin {
            Origin::File(store) => Some(store),
            Origin::StandardInput | Origin::Variables(..) => None,
        }
    }

    /// Warns if another user could have changed the file.
    pub(in crate::commands) fn warn_of_others(&self, output: Output) {
        if let Some(doubt) = self.file().and_then(Store::doubt) {
            output.warn(&doubt);
        }
    }

    pub(in crate::commands) fn place(&self) -> String {
        match &self.origin {
            Origin::File(store) => store.shown(),
            Origin::StandardInput => "standard input".to_owned(),
            Origin::Variables(..) => "the environment".to_owned(),
        }
    }
}

/// The account that `name` means. `server` only chooses between accounts with the same name: an account at another
/// server is still found, so that it can be rejected. `Err` is the hint if several match.
pub(in crate::commands) fn named<'a>(
    accounts: &'a [Account],
    name: &str,
    server: Option<&Server>,
) -> Result<Option<&'a Account>, &'static str> {
    let matching = accounts.iter().filter(|account| account.answers_to(name));
    let matching: Vec<&Account> = matching.collect();
    let there = matching.iter().filter(|it| server == Some(&it.server));
    let there: Vec<&Account> = there.copied().collect();
    match (matching.as_slice(), there.as_slice()) {
        ([], _) => Ok(None),
        ([only], _) | (_, [only]) => Ok(Some(only)),
        ([first, rest @ ..], _) if rest.iter().any(|other| other.server != first.server) => {
            Err("choose one with --server URL, or by its user id with -a ID")
        }
        _ => Err("choose one by its user id with -a ID"),
    }
}

/// Rejects a server that is not the account's own: its secrets are sent to no other.
pub(in crate::commands) fn check_server(
    account: &Account,
    named: Option<&Server>,
) -> Result<(), Failure> {
    match named {
        Some(named) if *named != account.server => {
            let (who, server) = (account.label(), &account.server);
            let reason = format!("{who} belongs to {server}, not to the server you gave");
            Err(Failure::new(Kind::OtherServer, reason).hint(
                "omit --server and --sandbox, and unset TWAUTH_SERVER: twauth uses the account's own server",
            ))
        }
        _ => Ok(()),
    }
}

/// The accounts' labels, the first ten of them.
pub(in crate::commands) fn labels(accounts: &[Account]) -> String {
    let mut shown: Vec<String> = accounts.iter().take(10).map(Account::label).collect();
    if accounts.len() > shown.len() {
        shown.push(format!("and {} more", accounts.len() - shown.len()));
    }
    shown.join(", ")
}

/// Asks whether to add another account to those of the file, replace the only one, or cancel.
pub(in crate::commands) async fn ask_place(
    store: &Store,
    in_file: &[Account],
) -> anyhow::Result<Place> {
    let choices: &[&str] = if in_file.len() == 1 {
        &["add the new account", "replace the old one", "cancel"]
    } else {
        &["add the new account", "cancel"]
    };
    let question = format!("{} already has {}.", store.shown(), labels(in_file));
    match prompt::choice(&question, choices).await? {
        0 => Ok(Place::Add),
        1 if choices.len() == 3 => Ok(Place::Replace),
        _ => Err(prompt::cancelled().into()),
    }
}
