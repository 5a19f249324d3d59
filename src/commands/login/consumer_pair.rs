//! The consumer pair of a login: from options and variables, else from the file, else from the person.

use anyhow::Context as _;

use crate::account::{Account, Credentials, Server, check_pair, masked};
use crate::cli::Login;
use crate::environment;
use crate::error::{Failure, Kind};
use crate::output::Output;
use crate::prompt;
use crate::sandbox;
use crate::store::Store;

/// What options and variables say of the consumer pair.
pub(super) fn given(arguments: &Login) -> Result<(Option<String>, Option<String>), Failure> {
    let key = match &arguments.consumer_key {
        Some(key) => Some(key.trim().to_owned()).filter(|key| !key.is_empty()),
        None => environment::consumer_key()?,
    };
    let secret = environment::consumer_secret()?;
    check_pair(key.as_deref(), secret.as_deref())?;
    Ok((key, secret))
}

/// The consumer pair: from options and variables, else from the file, else asked for.
pub(super) async fn pair(
    (key, secret): (Option<String>, Option<String>),
    server: &Server,
    in_file: &[Account],
    known: Option<&Account>,
    store: &Store,
    output: Output,
) -> anyhow::Result<Credentials> {
    // The sandbox knows no other; a real pair in the environment is left alone.
    if *server == Server::Sandbox {
        return Ok(Credentials::new(
            sandbox::CONSUMER_KEY,
            sandbox::CONSUMER_SECRET,
        ));
    }
    if let (Some(key), Some(secret)) = (&key, &secret) {
        return Ok(Credentials::new(key, secret));
    }
    if let Some(pair) = stored(key.as_deref(), server, in_file, known)? {
        output.say(&format!(
            "using the consumer key {} of {}",
            masked(&pair.identifier),
            store.shown()
        ));
        return Ok(pair);
    }
    let key = match key {
        Some(key) => key,
        None => prompt::or_leave(&prompt::line("API Key (consumer key)").await?)?.to_owned(),
    };
    check_pair(Some(&key), None)?;
    let secret = match secret {
        Some(secret) => secret,
        None => {
            prompt::or_leave(&prompt::hidden("API Key Secret (consumer secret)").await?)?.to_owned()
        }
    };
    check_pair(Some(&key), Some(&secret)).context("these keys cannot be right")?;
    Ok(Credentials::new(key, secret))
}

/// The pair of the file's accounts at this server: the known account's, else the one they share.
fn stored(
    key: Option<&str>,
    server: &Server,
    in_file: &[Account],
    known: Option<&Account>,
) -> Result<Option<Credentials>, Failure> {
    let at_server = in_file
        .iter()
        .filter(|account| {
            account.server == *server || in_file.len() == 1 && account.waits_at(server)
        })
        .map(|account| &account.client);
    let mut candidates: Vec<&Credentials> = match (key, known) {
        (Some(key), _) => at_server.filter(|pair| pair.identifier == key).collect(),
        (None, Some(account)) => vec![&account.client],
        (None, None) => at_server.collect(),
    };
    candidates.dedup();
    match candidates.as_slice() {
        [] => Ok(None),
        [first, rest @ ..] if rest.iter().all(|pair| pair == first) => Ok(Some((*first).clone())),
        _ => Err(
            Failure::new(Kind::Usage, "the file holds several consumer keys")
                .hint("name one with --consumer-key KEY"),
        ),
    }
}
