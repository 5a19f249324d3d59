//! Commands for hints: each can be pasted as it is.

use crate::account::{Account, Server};
use crate::cli::Network;
use crate::commands::sources;
use crate::error::Failure;
use crate::store::{Store, typed};
use crate::terminal::text::harmless;

/// The failure with a hint of these words, in which `{}` stands for the command; programs get it by itself too.
pub(super) fn suggest(failure: Failure, words: &str, command: String) -> Failure {
    let mut failure = failure.hint(words.replace("{}", &format!("`{command}`")));
    failure.command = Some(command);
    failure
}

/// `twauth login` with `words`, for the account `name` of `store`, at `server`.
pub(super) fn login(words: &str, name: Option<&str>, server: &Server, store: &Store) -> String {
    let at = match server {
        Server::X => String::new(),
        Server::Sandbox => " --sandbox".to_owned(),
        Server::Other(url) => format!(" --server {}", shell_words::quote(url)),
    };
    format!("twauth login{words}{at}{}", of(name, server, store))
}

/// The second half of a login, which knows its server by itself. The PIN may be added at the end.
pub(super) fn finish(words: &str, name: Option<&str>, store: &Store) -> String {
    format!(
        "twauth login{}{words} --finish",
        of(name, &Server::X, store)
    )
}

/// What a new account is for.
pub(super) fn tweet(account: &Account, has_others: bool, store: &Store) -> String {
    let at = match account.server {
        Server::Sandbox if is_default(store, &account.server) => " --sandbox",
        _ => "",
    };
    let name = account.screen_name.as_deref().filter(|_| has_others);
    format!(
        "twauth tweet{at}{} \"hello\"",
        of(name, &account.server, store)
    )
}

fn of(name: Option<&str>, server: &Server, store: &Store) -> String {
    let file = if is_default(store, server) {
        String::new()
    } else {
        format!(" -c {}", typed(store.path()))
    };
    let name = name.map(|name| format!(" -a {}", shell_words::quote(&harmless(name))));
    file + &name.unwrap_or_default()
}

fn is_default(store: &Store, server: &Server) -> bool {
    let network = Network {
        sandbox: *server == Server::Sandbox,
        ..Network::default()
    };
    sources::default_file(&network).is_ok_and(|default| default.path() == store.path())
}
