//! Other tools' credential files: recognised, read into accounts, written from them.

mod accounts;
mod assignments;
mod cursor;
mod dotenv;
mod env;
mod fields;
mod harvest;
mod ini;
mod json;
mod labels;
mod lines;
mod literal;
mod python;
mod query;
mod quoted;
mod recognise;
#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests;
mod tree;
mod twarc;
mod twurl;
mod xurl;
mod yaml;
mod yaml_document;

use crate::account::{Account, Credentials, Server};
use tree::Spot;

/// A layout some program keeps its credentials in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// The classic object or list, strict or pasted with missing commas and single quotes.
    Json,
    /// Shell: `export NAME='value'`.
    Env,
    /// `.env` as python-dotenv reads it.
    Dotenv,
    /// Sections as Python's configparser reads them.
    Ini,
    Yaml,
    /// Four bare lines, or six that start with screen name and user id.
    Lines,
    Twurl,
    Xurl,
    /// A dict, a list of them, or a module of `NAME = 'value'`.
    Python,
    /// t's `.trc` and x's `.xrc`: twurl's layout.
    T,
    /// twarc 1's INI and twarc 2's quoted, section-less file.
    Twarc,
    /// bti's and oysttyer's `ck=&cs=&at=&ats=`.
    OneLine,
    /// The body of a reply to `POST /oauth/access_token`.
    TokenReply,
}

impl Format {
    pub(crate) const ALL: [Self; 13] = [
        Self::Json,
        Self::Env,
        Self::Dotenv,
        Self::Ini,
        Self::Yaml,
        Self::Lines,
        Self::Twurl,
        Self::Xurl,
        Self::Python,
        Self::T,
        Self::Twarc,
        Self::OneLine,
        Self::TokenReply,
    ];

    /// The word that names the format on the command line.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Env => "env",
            Self::Dotenv => "dotenv",
            Self::Ini => "ini",
            Self::Yaml => "yaml",
            Self::Lines => "lines",
            Self::Twurl => "twurl",
            Self::Xurl => "xurl",
            Self::Python => "python",
            Self::T => "t",
            Self::Twarc => "twarc",
            Self::OneLine => "bti",
            Self::TokenReply => "reply",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }

    pub(crate) fn can_write(self) -> bool {
        !matches!(
            self,
            Self::T | Self::Twarc | Self::OneLine | Self::TokenReply
        )
    }

    /// Whether one file of this format holds several accounts.
    pub(crate) fn can_write_many(self) -> bool {
        matches!(
            self,
            Self::Json | Self::Ini | Self::Yaml | Self::Twurl | Self::Xurl | Self::Python
        )
    }
}

/// What a file held.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) format: Format,
    /// In file order. A file with nothing but a consumer pair gives one account without token.
    pub(crate) accounts: Vec<Account>,
    /// In file order: tokens whose consumer pair the file does not hold.
    pub(crate) tokens: Vec<UnownedToken>,
    /// What a person should know (names guessed, things left out), without secrets.
    pub(crate) notes: Vec<String>,
}

/// A token that still needs the consumer pair of the app it was made for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UnownedToken {
    pub(crate) screen_name: Option<String>,
    pub(crate) user_id: Option<String>,
    pub(crate) token: Credentials,
    pub(crate) server: Server,
}

impl UnownedToken {
    pub(crate) fn owned_by(self, client: Credentials) -> Account {
        Account {
            screen_name: self.screen_name,
            user_id: self.user_id,
            client,
            token: Some(self.token),
            server: self.server,
        }
    }
}

/// Why a file gave nothing. The reason never repeats the file's text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Broken {
    pub(crate) reason: String,
    /// Counted from 1.
    pub(crate) line: Option<usize>,
    /// In characters, counted from 1.
    pub(crate) column: Option<usize>,
    /// What to do instead, where mending the file is no way.
    pub(crate) hint: Option<&'static str>,
}

impl Broken {
    fn new(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            line: None,
            column: None,
            hint: None,
        }
    }

    fn hint(mut self, hint: &'static str) -> Self {
        self.hint = Some(hint);
        self
    }

    fn at(spot: Spot, reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            line: Some(spot.line),
            column: Some(spot.column),
            hint: None,
        }
    }
}

/// Reads `text` as the format named, else as the one it looks like.
pub(crate) fn read(text: &str, format: Option<Format>) -> Result<Found, Broken> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim().is_empty() {
        return Err(Broken::new("it is empty"));
    }
    if text.contains('\0') {
        return Err(Broken::new("it is not text, or not UTF-8"));
    }
    let unix;
    let text = if text.contains('\r') {
        unix = text.replace("\r\n", "\n").replace('\r', "\n");
        &unix
    } else {
        text
    };
    let format = format.unwrap_or_else(|| recognise::recognise(text));
    match format {
        Format::Json => json::read(text),
        Format::Python => python::read(text),
        Format::Env => env::read(text),
        Format::Dotenv => dotenv::read(text),
        Format::Ini => ini::read(text),
        Format::Yaml => yaml::read(text),
        Format::Lines => lines::read(text),
        Format::Twurl | Format::T => twurl::read(text, format),
        Format::Xurl => xurl::read(text),
        Format::Twarc => twarc::read(text),
        Format::OneLine => query::read_one_line(text),
        Format::TokenReply => query::read_token_reply(text),
    }
}

/// The file `format` would keep these accounts in, or why it cannot hold them.
///
/// What was written is read again, so a value that a format would bend is refused, never bent.
pub(crate) fn write(format: Format, accounts: &[Account]) -> Result<String, String> {
    if accounts.is_empty() {
        return Err("there is no account to write".to_owned());
    }
    if accounts.len() > 1 && !format.can_write_many() {
        return Err(format!("{} holds one account only", format.name()));
    }
    for account in accounts {
        check(account)?;
    }
    let text = match format {
        Format::Json => Ok(json::write(accounts)),
        Format::Env => Ok(env::write(accounts)),
        Format::Dotenv => dotenv::write(accounts),
        Format::Ini => ini::write(accounts),
        Format::Yaml => Ok(yaml::write(accounts)),
        Format::Lines => lines::write(accounts),
        Format::Twurl => twurl::write(accounts),
        Format::Xurl => xurl::write(accounts),
        Format::Python => Ok(python::write(accounts)),
        Format::T | Format::Twarc | Format::OneLine | Format::TokenReply => {
            Err(format!("{} is read only", format.name()))
        }
    }?;
    let same = read(&text, Some(format)).is_ok_and(|found| {
        found.accounts.len() == accounts.len()
            && found
                .accounts
                .iter()
                .zip(accounts)
                .all(|(read, meant)| read.client == meant.client && read.token == meant.token)
    });
    if same {
        Ok(text)
    } else {
        Err(format!("{} cannot hold these values", format.name()))
    }
}

/// Refuses what no format here can hold: empty values, control characters, line breaks.
fn check(account: &Account) -> Result<(), String> {
    for (name, value) in tree::labelled(account) {
        if let Some(fault) = labels::fault(value) {
            return Err(format!("{name} {fault}"));
        }
    }
    Ok(())
}
