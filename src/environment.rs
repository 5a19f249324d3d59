//! The TWAUTH_ variables, and the names under which other tools read credentials.

use std::env;
use std::ffi::OsString;
use std::process::Command;

use crate::account::{Credentials, Part};
use crate::error::{Failure, Kind};

/// The names of the four variables for one account.
pub(crate) const CONSUMER_KEY: &str = "TWAUTH_CONSUMER_KEY";
pub(crate) const CONSUMER_SECRET: &str = "TWAUTH_CONSUMER_SECRET";
pub(crate) const ACCESS_TOKEN: &str = "TWAUTH_ACCESS_TOKEN";
pub(crate) const ACCESS_TOKEN_SECRET: &str = "TWAUTH_ACCESS_TOKEN_SECRET";
pub(crate) const CREDS: &str = "TWAUTH_CREDS";
pub(crate) const SERVER: &str = "TWAUTH_SERVER";
/// The screen name of the account in the four variables, so that `-a` can select it.
pub(crate) const SCREEN_NAME: &str = "TWAUTH_SCREEN_NAME";

/// The four variables of an account.
pub(crate) const FOUR: [&str; 4] = [
    CONSUMER_KEY,
    CONSUMER_SECRET,
    ACCESS_TOKEN,
    ACCESS_TOKEN_SECRET,
];

/// The variable for a part of an account.
pub(crate) fn variable(part: Part) -> &'static str {
    match part {
        Part::ConsumerKey => CONSUMER_KEY,
        Part::ConsumerSecret => CONSUMER_SECRET,
        Part::AccessToken => ACCESS_TOKEN,
        Part::AccessTokenSecret => ACCESS_TOKEN_SECRET,
    }
}

/// All TWAUTH_ variables: only the children of `run` and `sandbox` get any of them.
const OURS: [&str; 9] = [
    CREDS,
    "TWAUTH_ACCOUNT",
    SERVER,
    SCREEN_NAME,
    "TWAUTH_TIMEOUT",
    CONSUMER_KEY,
    CONSUMER_SECRET,
    ACCESS_TOKEN,
    ACCESS_TOKEN_SECRET,
];

/// The names under which programs look for the four values: the plain ones, twauth's own, and those with the prefixes
/// `X_` and `TWITTER_`.
const CONSUMER_KEYS: [&str; 6] = [
    "CONSUMER_KEY",
    CONSUMER_KEY,
    "X_API_KEY",
    "X_CONSUMER_KEY",
    "TWITTER_API_KEY",
    "TWITTER_CONSUMER_KEY",
];
const CONSUMER_SECRETS: [&str; 7] = [
    "CONSUMER_SECRET",
    CONSUMER_SECRET,
    "X_API_SECRET",
    "X_CONSUMER_SECRET",
    "TWITTER_API_SECRET",
    "TWITTER_API_SECRET_KEY",
    "TWITTER_CONSUMER_SECRET",
];
const ACCESS_TOKENS: [&str; 5] = [
    "ACCESS_TOKEN",
    "ACCESS_KEY",
    ACCESS_TOKEN,
    "X_ACCESS_TOKEN",
    "TWITTER_ACCESS_TOKEN",
];
const ACCESS_TOKEN_SECRETS: [&str; 7] = [
    "ACCESS_TOKEN_SECRET",
    "ACCESS_SECRET",
    ACCESS_TOKEN_SECRET,
    "X_ACCESS_TOKEN_SECRET",
    "X_ACCESS_SECRET",
    "TWITTER_ACCESS_TOKEN_SECRET",
    "TWITTER_ACCESS_SECRET",
];

/// An account's values under each of those names. All are always set, so a child finds no values of another account.
pub(crate) fn account_variables<'a>(
    client: &'a Credentials,
    token: &'a Credentials,
) -> impl Iterator<Item = (&'static str, &'a str)> {
    let named = |names: &'static [&'static str], value: &'a str| {
        names.iter().map(move |name| (*name, value))
    };
    named(&CONSUMER_KEYS, &client.identifier)
        .chain(named(&CONSUMER_SECRETS, client.secret.expose()))
        .chain(named(&ACCESS_TOKENS, &token.identifier))
        .chain(named(&ACCESS_TOKEN_SECRETS, token.secret.expose()))
}

/// Removes our variables, including secrets, from a child's environment.
pub(crate) fn remove_ours(command: &mut Command) {
    for name in OURS {
        command.env_remove(name);
    }
}

/// `TWAUTH_CREDS`, any path that the system allows.
pub(crate) fn creds() -> Option<OsString> {
    env::var_os(CREDS).filter(|value| !value.is_empty())
}

/// The TWAUTH_ variables that are set.
pub(crate) fn names_set() -> Vec<&'static str> {
    let empty = names_empty();
    let is_set = |name: &&str| env::var_os(name).is_some() && !empty.contains(name);
    OURS.into_iter().filter(is_set).collect()
}

/// The TWAUTH_ variables that are set but empty, and so count as unset: a missing secret in CI does that.
pub(crate) fn names_empty() -> Vec<&'static str> {
    let is_empty = |name: &&str| {
        env::var_os(name).is_some_and(|value| value.to_str().is_some_and(|it| it.trim().is_empty()))
    };
    OURS.into_iter().filter(is_empty).collect()
}

pub(crate) fn account() -> Result<Option<String>, Failure> {
    text("TWAUTH_ACCOUNT")
}

pub(crate) fn server() -> Result<Option<String>, Failure> {
    text(SERVER)
}

pub(crate) fn screen_name() -> Result<Option<String>, Failure> {
    text(SCREEN_NAME)
}

/// Whether `TWAUTH_SECRETS` forbids secrets on standard output. Any value does.
pub(crate) fn keeps_secrets() -> bool {
    env::var_os("TWAUTH_SECRETS").is_some_and(|value| !value.is_empty())
}

pub(crate) fn timeout() -> Result<Option<String>, Failure> {
    text("TWAUTH_TIMEOUT")
}

pub(crate) fn consumer_key() -> Result<Option<String>, Failure> {
    text(CONSUMER_KEY)
}

pub(crate) fn consumer_secret() -> Result<Option<String>, Failure> {
    text(CONSUMER_SECRET)
}

/// The consumer pair, if both of its variables are set.
pub(crate) fn consumer_pair() -> Result<Option<Credentials>, Failure> {
    let pair = (consumer_key()?, consumer_secret()?);
    Ok(match pair {
        (Some(key), Some(secret)) => Some(Credentials::new(key, secret)),
        _ => None,
    })
}

/// The consumer pair and the token pair, if all four variables are set.
pub(crate) fn credentials() -> Result<Option<(Credentials, Credentials)>, Failure> {
    let values = (
        consumer_key()?,
        consumer_secret()?,
        text(ACCESS_TOKEN)?,
        text(ACCESS_TOKEN_SECRET)?,
    );
    Ok(match values {
        (Some(key), Some(secret), Some(token), Some(token_secret)) => Some((
            Credentials::new(key, secret),
            Credentials::new(token, token_secret),
        )),
        _ => None,
    })
}

/// The unset ones of the four while a part of the token pair is set: the user meant all four.
pub(crate) fn missing() -> Vec<&'static str> {
    let set = names_set();
    if !set.contains(&ACCESS_TOKEN) && !set.contains(&ACCESS_TOKEN_SECRET) {
        return Vec::new();
    }
    FOUR.into_iter()
        .filter(|name| !set.contains(name))
        .collect()
}

/// A variable's text; `None` if it is unset or empty.
fn text(name: &str) -> Result<Option<String>, Failure> {
    match env::var(name) {
        Ok(value) if value.trim().is_empty() => Ok(None),
        Ok(value) => Ok(Some(value.trim().to_owned())),
        Err(env::VarError::NotPresent) => Ok(None),
        Err(env::VarError::NotUnicode(_)) => Err(Failure::new(
            Kind::Usage,
            format!("the variable {name} is not UTF-8 text"),
        )),
    }
}
