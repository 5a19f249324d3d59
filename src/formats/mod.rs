//! Other tools' credential files: recognised, read into accounts, written from them.

mod extract;
mod format;
mod groups;
mod json;
mod labels;
mod lines;
mod pairs;
mod query;
mod recognition;
mod scanner;
mod stores;
#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests;
mod words;
mod write;
mod yaml;

use crate::account::{Account, Credentials, Server};
pub(crate) use format::{Format, Names};
use groups::Groups;
pub(crate) use write::write;

/// What a file held.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) format: Format,
    /// In file order. A file with nothing but a consumer pair gives one account without token.
    pub(crate) accounts: Vec<Account>,
    /// In file order: tokens from a layout that has no room for their consumer pair.
    pub(crate) tokens: Vec<UnownedToken>,
    /// What a person should know (what was left out), without secrets.
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Broken {
    pub(crate) reason: String,
    /// Counted from 1.
    pub(crate) line: Option<usize>,
    /// Whether a value can only be a mistake, rather than the file.
    pub(crate) is_value: bool,
    /// Whether there is no access token in it: a login helps.
    pub(crate) needs_login: bool,
}

impl Broken {
    fn new(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            line: None,
            is_value: false,
            needs_login: false,
        }
    }

    fn without_token(reason: &str) -> Self {
        Self {
            needs_login: true,
            ..Self::new(reason)
        }
    }

    fn at(line: usize, reason: impl Into<String>) -> Self {
        Self {
            line: Some(line),
            ..Self::new(reason)
        }
    }
}

/// Reads `text` as the format named, else as what it looks like.
///
/// Accounts are at `home` where the file does not say otherwise: what values are taken depends on it.
pub(crate) fn read(text: &str, format: Option<Format>, home: &Server) -> Result<Found, Broken> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim().is_empty() {
        return Err(Broken::new("it is empty"));
    }
    if text.contains('\0') {
        return Err(Broken::new("it is not text"));
    }
    let unix;
    let text = if text.contains('\r') {
        unix = text.replace("\r\n", "\n").replace('\r', "\n");
        &unix
    } else {
        text
    };
    match format {
        Some(format) => read_as(text, format, home),
        None => recognition::read(text, home),
    }
}

fn read_as(text: &str, format: Format, home: &Server) -> Result<Found, Broken> {
    let mut groups = Groups::new();
    read_into(&mut groups, text, format)?;
    if format.has_lines() && (*home != Server::X || groups.name_another_server()) {
        // Values of another server may be named like labels: `sandbox-consumer-key`.
        groups = Groups::new();
        groups.takes_names = Some(format);
        read_into(&mut groups, text, format)?;
    }
    let mut groups = groups.list;
    stores::decode_secrets(&mut groups);
    let format = match format {
        Format::Json | Format::Yaml if stores::is_xurl(&groups) => Format::Xurl,
        Format::Yaml if stores::is_twurl(&groups) => Format::Twurl,
        format => format,
    };
    extract::accounts(&groups, format, home)
}

fn read_into(groups: &mut Groups, text: &str, format: Format) -> Result<(), Broken> {
    match format {
        Format::Json => json::read(text, groups)?,
        Format::Xurl if text.trim_start().starts_with('{') => json::read(text, groups)?,
        Format::Yaml | Format::Twurl | Format::T | Format::Xurl => yaml::read(text, groups)?,
        Format::Lines => lines::read(text, groups)?,
        Format::TokenReply => query::read_token_reply(text, groups)?,
        Format::Env
        | Format::Fish
        | Format::PowerShell
        | Format::Dotenv
        | Format::Ini
        | Format::Python
        | Format::Twarc
        | Format::OneLine
        | Format::Text => scanner::scan(text, 1, groups),
    }
    if groups.overflowed {
        return Err(Broken::new("it has too many labels"));
    }
    Ok(())
}
