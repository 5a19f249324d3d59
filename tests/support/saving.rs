//! The quickest login: a token entered and not verified, so that it only saves.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::canary::made_up;
use super::home::Home;
use super::run::Run;

/// A server nobody listens at; nothing is asked of it.
pub(crate) const NOWHERE: &str = "http://127.0.0.1:9";

/// The access token that [`token_login`] types in for `n`; it may be seen.
pub(crate) fn token(n: usize) -> String {
    format!("{n}-{}", made_up("canaryT", 40, 40 + n as u64))
}

/// Takes the `n`th token into `~/tw.json`, beside those that are there.
pub(crate) fn token_login(home: &Home, n: usize) -> Run {
    token_login_asking(home).stdin(answers(home, n))
}

/// The same login, which reads its two answers from somebody else.
pub(crate) fn token_login_asking(home: &Home) -> Run {
    home.twauth(["login", "--with-token", "--no-verify", "--add"])
        .args(["--server", NOWHERE])
        .env("TWAUTH_CONSUMER_KEY", &home.canaries.consumer_key)
        .env("TWAUTH_CONSUMER_SECRET", &home.canaries.consumer_secret)
}

/// What is typed for the `n`th token and its secret.
pub(crate) fn answers(home: &Home, n: usize) -> String {
    format!("{}\n{}\n", token(n), home.canaries.access_token_secret)
}

/// A whole account for a file that is there before, at the server that is nowhere.
pub(crate) fn write_first_account(home: &Home) -> String {
    home.write_account(NOWHERE);
    home.read("tw.json")
}

/// The access tokens of a file, in order. Panics where the file is not whole.
pub(crate) fn tokens_in(path: &Path) -> Vec<String> {
    let text = fs::read_to_string(path).unwrap();
    let file: Value =
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}:\n{text}"));
    let accounts = file.as_array().cloned().unwrap_or_else(|| vec![file]);
    let label = |account: &Value, name: &str| account[name].as_str().unwrap().to_owned();
    for account in &accounts {
        for name in ["consumer_key", "consumer_secret", "access_token_secret"] {
            label(account, name);
        }
    }
    accounts
        .iter()
        .map(|account| label(account, "access_token"))
        .collect()
}

/// The file that kept a token which could not be saved, by what was said of it; it has to be private.
pub(crate) fn rescued(stderr: &str, home: &Home) -> Vec<String> {
    let line = stderr.lines().find(|line| line.contains("are not lost"));
    let line = line.unwrap_or_else(|| panic!("no rescue file is named:\n{stderr}"));
    let named = line.rsplit("twauth saved them in ").next().unwrap();
    let path = match named.strip_prefix("~/") {
        Some(rest) => home.path(rest),
        None => named.into(),
    };
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{}", path.display());
    }
    let tokens = tokens_in(&path);
    fs::remove_file(path).unwrap();
    tokens
}
