//! Commands for hints: each can be pasted as it is.

use crate::account::{Account, Server};
use crate::commands::sources::invocation::{Invocation, is_default, network_of};
use crate::store::Store;

/// `twauth login` with `words`, for the account `name` of `store`, at `server`.
pub(super) fn login(words: &str, name: Option<&str>, server: &Server, store: &Store) -> String {
    Invocation::at(server, store)
        .named(name)
        .command(&format!("login{words}"))
}

/// The second half of a login, which has its own server. The PIN may be added at the end.
pub(super) fn finish(words: &str, name: Option<&str>, store: &Store) -> String {
    let login = login("", name, &Server::X, store);
    format!("{login}{words} --finish")
}

/// The next step with a new account.
pub(super) fn tweet(account: &Account, has_others: bool, store: &Store) -> String {
    let name = account.screen_name.as_deref().filter(|_| has_others);
    let server = match account.server {
        Server::Sandbox if is_default(store, &network_of(&account.server)) => &Server::Sandbox,
        _ => &Server::X,
    };
    let tweet = Invocation::at(server, store).named(name).command("tweet");
    format!("{tweet} \"hello\"")
}
